/**
 * Reasons that say more than the text of their code in `reasons.ts`. The database keeps them in English, alone or one after the other, and
 * `inLanguage` reads them back.
 */
import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";
import { REASONS } from "./reasons.ts";

const SENTENCES = {
  held_because: { en: "A person held it: {why}", fr: "Une personne l'a suspendu : {why}" },
  all_held_because: { en: "All imports are held: {why}", fr: "Tous les imports sont suspendus : {why}" },
  gate_held_because: {
    en: "Imports are held ({why}). Release them with: {command}",
    fr: "Les imports sont suspendus ({why}). Pour les libérer : {command}",
  },
  gate_held: {
    en: "Imports are held. Release them with: {command}",
    fr: "Les imports sont suspendus. Pour les libérer : {command}",
  },
  without_resume: {
    en: "A person decided to send it without its resume.",
    fr: "Une personne a décidé de l'envoyer sans son CV.",
  },
  duplicate_of: { en: "It is import {id} already.", fr: "C'est déjà l'import {id}." },
  fixes: {
    en: "It fixes import {id}, which is updated with what is submitted here and goes on.",
    fr: "Il corrige l'import {id}, qui reprend ce qui est soumis ici et continue.",
  },

  // What the account shows.
  person_deleted: {
    en: "The person was in the account and has been deleted there. Release it to create them again, or drop it.",
    fr: "La personne était dans le compte et y a été supprimée. Libérez l'import pour la recréer, ou abandonnez-le.",
  },
  application_deleted: {
    en: "The application was in the account and has been deleted there. Release it to create them again, or drop it.",
    fr: "La candidature était dans le compte et y a été supprimée. Libérez l'import pour la recréer, ou abandonnez-le.",
  },
  campaign_elsewhere: {
    en: "Campaign {campaign} is of another company, as far as the mirror knows. Release it to send it anyway.",
    fr: "L'offre {campaign} est d'une autre société, d'après la copie locale. Libérez l'import pour l'envoyer quand même.",
  },

  // What the API answered.
  exists_without_id: {
    en: "The API says that it is there already (HTTP {status}), without its id.",
    fr: "L'API indique qu'il existe déjà (HTTP {status}), sans donner son identifiant.",
  },
  accepted_without_id: {
    en: "The API accepted it (HTTP {status}) without an id that can be read.",
    fr: "L'API l'a accepté (HTTP {status}) sans identifiant lisible.",
  },
  resume_too_large: {
    en: "The resume is too large for the API (HTTP 413).",
    fr: "Le CV est trop volumineux pour l'API (HTTP 413).",
  },
  resume_refused: {
    en: "The API refuses it with its resume (HTTP {status}), while it answers other requests.",
    fr: "L'API le refuse avec son CV (HTTP {status}), alors qu'elle répond aux autres requêtes.",
  },
  resume_or_scope: {
    en: "The API refuses it with its resume (HTTP 403), or the key lacks applicants_write.",
    fr: "L'API le refuse avec son CV (HTTP 403), ou il manque applicants_write à la clé.",
  },
  resume_no_larger: {
    en: "The API refused a resume that is no larger (import {id}).",
    fr: "L'API a refusé un CV qui n'est pas plus gros (import {id}).",
  },
  offer_refused: {
    en: "The API refuses applications for this offer (HTTP {status}), while it answers other requests.",
    fr: "L'API refuse les candidatures à cette offre (HTTP {status}), alors qu'elle répond aux autres requêtes.",
  },
  offer_or_scope: {
    en: "The API refuses applications for this offer (HTTP 403), or the key lacks applications_write.",
    fr: "L'API refuse les candidatures à cette offre (HTTP 403), ou il manque applications_write à la clé.",
  },
  offer_refused_before: {
    en: "The API refuses applications for campaign {campaign} (import {id}).",
    fr: "L'API refuse les candidatures à l'offre {campaign} (import {id}).",
  },

  // What lookups found.
  outcome_unknown: { en: "The outcome of the request is unknown.", fr: "On ne sait pas si la requête a abouti." },
  not_found: { en: "It could not be found.", fr: "Il est resté introuvable." },
  resent_already: { en: "It was sent once more already.", fr: "Il a déjà été envoyé une seconde fois." },
  person_unknown: {
    en: "It is unknown whether the person is there.",
    fr: "On ne sait pas si la personne est dans le compte.",
  },
  lookup_refused: {
    en: "The API does not let it be looked up ({code}).",
    fr: "L'API ne permet pas de le rechercher ({code}).",
  },
  list_anonymous: {
    en: "The list of applications does not show whose they are.",
    fr: "La liste des candidatures ne montre pas de qui elles sont.",
  },
  jobboard_blind: {
    en: "A jobboard cannot look up an applicant without an application.",
    fr: "Un jobboard ne peut pas rechercher un candidat sans candidature.",
  },
  list_incomplete: {
    en: "The list announces rows that it does not return.",
    fr: "La liste annonce des lignes qu'elle ne donne pas.",
  },
  not_among_newest: {
    en: "It is not among the newest {count} of the list.",
    fr: "Il n'est pas parmi les {count} plus récents de la liste.",
  },
  proven_absent: {
    en: "Absent in {count} lookups over {seconds} s: it is sent once more.",
    fr: "Absent de {count} recherches en {seconds} s : il est envoyé une nouvelle fois.",
  },
  then_resolve: {
    en: "Check the account, then: applicant-sync imports resolve {id}",
    fr: "Vérifiez le compte, puis : applicant-sync imports resolve {id}",
  },
  then_release: {
    en: "Check the account, then release it to send it, or drop it.",
    fr: "Vérifiez le compte, puis libérez-le pour l'envoyer, ou abandonnez-le.",
  },
} as const satisfies Readonly<Record<string, Text>>;

type ImportSentenceCode = keyof typeof SENTENCES;

/** A sentence as the database keeps it. */
export function sentence(code: ImportSentenceCode, facts: Facts = {}): string {
  return fill(SENTENCES[code], facts).en;
}

export function sentenceIn(language: Language, code: ImportSentenceCode, facts: Facts): string {
  return fill(SENTENCES[code], facts)[language];
}

/** Texts to be read back, the longest first: one may be the beginning of another. */
const KNOWN = [...Object.values(SENTENCES), ...Object.values(REASONS).map(({ text }): Text => text)]
  .toSorted((a, b) => b.en.length - a.en.length)
  .map((text) => ({ text, pattern: patternOf(text.en) }));

/** What a person wrote may be anything; other facts are words. */
function patternOf(text: string): RegExp {
  const escaped = text.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(
    escaped.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      name === "why" || name === "command" ? `(?<${name}>.+)` : String.raw`(?<${name}>[\w-]+)`,
    ),
    "gsu",
  );
}

/** Returns a reason that stands in the database in a language. What the API or a person said stays as it is. */
export function inLanguage(language: Language, written: string): string {
  if (language === "en") return written;
  return KNOWN.reduce(
    (text, known) =>
      text.replace(known.pattern, (...found) => {
        const facts: unknown = found.at(-1);
        return fill(known.text, isFacts(facts) ? facts : {})[language];
      }),
    written,
  );
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null;
}
