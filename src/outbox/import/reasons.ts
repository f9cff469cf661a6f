/**
 * Why an import is where it is: one row for each reason, with everything that depends on it. A new reason is a new row here, and a
 * `because` where it arises.
 */
import { fill, type Facts } from "../../platform/language.ts";
import { ALL_HELD, AWAIT_APPROVAL, FIX, GIVEN_UP, OF_API, type Reason } from "./reason.ts";

const DROP = "applicant-sync imports drop {id}";
const RELEASE = "applicant-sync imports release {id}";

export const REASONS = {
  // Held: a person decides.
  kill_switch: {
    state: "held",
    text: { en: "All imports are held.", fr: "Tous les imports sont suspendus." },
    many: ALL_HELD,
    next: { en: "All imports are held: {reset}", fr: "Tous les imports sont suspendus : {reset}" },
    bulk: "switch",
  },
  by_hand: { state: "held", text: { en: "A person held it.", fr: "Une personne l'a suspendu." } },
  consent_evidence: {
    state: "held",
    text: {
      en: "It says that the person agreed, but consent_at, consent_how or consent_wording is missing. If you release it as it is, the person is e-mailed.",
      fr: "Il indique que la personne a donné son accord, mais consent_at, consent_how ou consent_wording manque. Si vous le libérez tel quel, la personne reçoit un e-mail.",
    },
    many: {
      en: "{count|it says|they say} that the person agreed, without consent_at, consent_how and consent_wording",
      fr: "{count|il indique|ils indiquent} l'accord de la personne, sans consent_at, consent_how ni consent_wording",
    },
    next: {
      en: `Release it as it is, and the person is e-mailed: ${RELEASE}. Or drop it (${DROP}) and import it again with consent_at, consent_how and consent_wording.`,
      fr: `Libérez-le tel quel, et la personne reçoit un e-mail : ${RELEASE}. Ou abandonnez-le (${DROP}) et importez-le de nouveau avec consent_at, consent_how et consent_wording.`,
    },
    lifts: true,
    overrules: true,
  },
  source_approval: {
    state: "held",
    text: {
      en: "One of the first of a new source: check it, then release it.",
      fr: "C'est l'un des premiers d'une nouvelle source : vérifiez-le, puis libérez-le.",
    },
    many: {
      en: "{count|it is|they are} the first of a new source: look at {count|it|them}, then release {count|it|them}",
      fr: "{count|c'est le premier|ce sont les premiers} d'une nouvelle source : vérifiez-{count|le|les}, puis libérez-{count|le|les}",
    },
  },
  awaits_source_approval: {
    state: "held",
    text: {
      en: "Waits for the first ones of its source.",
      fr: "Attend la décision sur les premiers imports de sa source.",
    },
    many: AWAIT_APPROVAL,
    next: {
      en: 'It is released once the first imports of its source have been decided: applicant-sync imports list --source "{source}" --state held',
      fr: 'Il sera libéré quand les premiers imports de sa source auront été décidés : applicant-sync imports list --source "{source}" --state held',
    },
    bulk: "approval",
  },
  deleted_there: {
    state: "held",
    text: {
      en: "The person or the application was in the account and has been deleted there. Release it to create them again, or drop it.",
      fr: "La personne ou la candidature était dans le compte et y a été supprimée. Libérez l'import pour la recréer, ou abandonnez-le.",
    },
    many: {
      en: "{count|its person was|their people were} deleted in the account: released, {count|it is|they are} created again",
      fr: "{count|sa personne a été supprimée|leurs personnes ont été supprimées} dans le compte : {count|libéré, il la recrée|libérés, ils les recréent}",
    },
    lifts: true,
  },
  campaign_not_online: {
    state: "held",
    text: {
      en: "Campaign {campaign} is not online, as far as the mirror knows. Release it to send it anyway.",
      fr: "L'offre {campaign} n'est pas en ligne, d'après la copie locale. Libérez l'import pour l'envoyer quand même.",
    },
    lifts: true,
    overrules: true,
  },
  offer_refused: {
    state: "held",
    text: {
      en: "The API refuses applications for campaign {campaign}.",
      fr: "L'API refuse les candidatures à l'offre {campaign}.",
    },
    next: {
      en: `A worker tries it once more after a minute. If it stays held, check the offer, then: applicant-sync imports release --campaign {campaign}, or ${RELEASE}, or ${DROP}`,
      fr: `Il est retenté une fois après une minute. S'il reste suspendu, vérifiez l'offre, puis : applicant-sync imports release --campaign {campaign}, ou ${RELEASE}, ou ${DROP}`,
    },
    bulk: "campaign",
    lifts: true,
  },
  resume_refused: {
    state: "held",
    text: { en: "The API refuses it with its resume.", fr: "L'API le refuse avec son CV." },
    next: {
      en: `Send it without the resume: ${RELEASE} --without-resume. Or send it as it is: ${RELEASE}`,
      fr: `Envoyez-le sans le CV : ${RELEASE} --without-resume. Ou tel quel : ${RELEASE}`,
    },
    lifts: true,
  },
  after_restore: {
    state: "held",
    text: {
      en: "It was waiting in the database that was restored, and may have been sent since; the API does not show us whether it was. Check the account, then release it to send it, or drop it.",
      fr: "Il attendait dans la base qui a été restaurée et a pu être envoyé depuis ; l'API ne permet pas de le savoir. Vérifiez le compte, puis libérez-le pour l'envoyer, ou abandonnez-le.",
    },
    lifts: true,
  },
  not_looked_up: {
    state: "held",
    text: {
      en: "It is unknown whether the person is there. Check the account, then release it to send it, or drop it.",
      fr: "On ne sait pas si la personne est dans le compte. Vérifiez le compte, puis libérez l'import pour l'envoyer, ou abandonnez-le.",
    },
    lifts: true,
  },

  // Ready: it may be sent.
  released: { state: "ready", text: { en: "It was released.", fr: "Il a été libéré." } },
  released_by_hand: {
    state: "ready",
    text: {
      en: "A person released it although it fails a check.",
      fr: "Une personne l'a libéré malgré une vérification.",
    },
  },
  resubmitted: {
    state: "ready",
    text: { en: "It was fixed and submitted again.", fr: "Il a été corrigé et renvoyé." },
  },
  retried: { state: "ready", text: { en: "A person has it tried again.", fr: "Quelqu'un a demandé un nouvel essai." } },
  tried_again: { state: "ready", text: { en: "A worker tries it once more.", fr: "Il est retenté une fois." } },
  proven_absent: {
    state: "ready",
    text: {
      en: "Lookups have shown that it is absent: it is sent once more.",
      fr: "Des recherches ont montré son absence : il est envoyé une nouvelle fois.",
    },
  },
  reported_absent: {
    state: "ready",
    text: {
      en: "A person checked the account: it is not there.",
      fr: "Une personne a vérifié le compte : il n'y est pas.",
    },
  },

  // Sent, by what a person reported.
  reported: {
    state: "sent",
    text: { en: "A person found it in the account.", fr: "Quelqu'un l'a trouvé dans le compte." },
  },

  // Unknown: looked up before it is sent again.
  worker_lost: {
    state: "unknown",
    text: {
      en: "A worker ended, or lost its database, while the request was in flight.",
      fr: "Un processus s'est arrêté, ou a perdu sa base de données, pendant la requête.",
    },
  },
  internal: { state: "unknown", text: { en: "The worker failed.", fr: "Le processus a échoué." } },
  exists_without_id: {
    state: "unknown",
    text: {
      en: "The API says that it is there already, without its id.",
      fr: "L'API indique qu'il existe déjà, sans donner son identifiant.",
    },
  },
  accepted_without_id: {
    state: "unknown",
    text: {
      en: "The API accepted it without an id that can be read.",
      fr: "L'API l'a accepté sans identifiant lisible.",
    },
  },

  // Needs a review.
  corrected: {
    state: "needs_review",
    text: {
      en: "A person corrects what a person reported.",
      fr: "Quelqu'un revient sur une réponse donnée auparavant.",
    },
  },

  // Rejected.
  invalid: {
    state: "rejected",
    text: { en: "A field cannot be accepted.", fr: "Un champ ne peut pas être accepté." },
    next: FIX,
    failsCheck: true,
  },
  duplicate: {
    state: "rejected",
    text: { en: "It is another import already.", fr: "Cet import existe déjà." },
    next: { en: "Nothing: this import exists already.", fr: "Rien à faire : cet import existe déjà." },
    failsCheck: true,
    isSettled: true,
  },
  key_in_use: {
    state: "rejected",
    text: {
      en: "Its key is that of another person or campaign already.",
      fr: "Sa clé est déjà celle d'une autre personne ou offre.",
    },
    failsCheck: true,
  },
  suppressed: {
    state: "rejected",
    text: {
      en: "The person was erased, or must not be created: it is never sent.",
      fr: "La personne a été effacée, ou ne doit pas être créée : il n'est jamais envoyé.",
    },
    next: {
      en: "Nothing. If the person asks to be there again: applicant-sync people unsuppress, then import them again.",
      fr: "Rien à faire. Si la personne demande à y être de nouveau : applicant-sync people unsuppress, puis réimportez-la.",
    },
    isSettled: true,
  },
  dropped: {
    state: "rejected",
    text: { en: "A person dropped it.", fr: "Une personne l'a abandonné." },
    next: GIVEN_UP,
    isSettled: true,
  },
  person_erased: {
    state: "rejected",
    text: { en: "The person was erased.", fr: "La personne a été effacée." },
    next: { en: "Nothing.", fr: "Rien à faire." },
    isSettled: true,
  },
  // In its history alone: the reason for which it was rejected stays.
  dismissed: {
    state: "rejected",
    text: { en: "A person dismissed it.", fr: "Une personne l'a classé." },
    next: GIVEN_UP,
  },
} as const satisfies Readonly<Record<string, Reason>>;

type OwnCode = keyof typeof REASONS;

/** Why an import is where it is: stable, fit for programs. What the API answered has the code of its error, such as `api_invalid`. */
export type ReasonCode = OwnCode | `api_${string}`;

const OWN: Readonly<Record<string, Reason>> = REASONS;

/** Returns the row of a code that stands in the database; null: it has none. */
export function reasonOf(code: string | null): Reason | null {
  if (code === null) return null;
  return Object.hasOwn(OWN, code) ? (OWN[code] ?? null) : code.startsWith("api_") ? OF_API : null;
}

/** Returns a code of the API's client, or one that stands in the database, as a reason; any other is `internal`. */
export function reasonCodeOf(code: string | null): ReasonCode | null {
  if (code === null) return null;
  return isReasonCode(code) ? code : "internal";
}

function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code) || code.startsWith("api_");
}

/** The codes whose rows fulfil a condition, for SQL. */
export function codesWith(has: (reason: Reason) => boolean): readonly string[] {
  return Object.entries(OWN).flatMap(([code, reason]) => (has(reason) ? [code] : []));
}

/** The move that a reason leads to. `details`: facts for the text of the table, or words in place of it. */
export function because<C extends OwnCode>(
  code: C,
  details: Facts | string = {},
): { readonly to: (typeof REASONS)[C]["state"]; readonly reasonCode: C; readonly reason: string } {
  const { state, text } = REASONS[code];
  return { to: state, reasonCode: code, reason: typeof details === "string" ? details : fill(text, details).en };
}
