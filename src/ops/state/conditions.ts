/**
 * What can be wrong with an installation: one row for each condition, with everything that depends on it. A new condition is a new row
 * here, and the place that finds it in the facts (`find-conditions.ts`).
 */
import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";

/** Red: a person must act. Amber: it recovers by itself. */
export type Colour = "red" | "amber";

interface ConditionRow {
  readonly colour: Colour;
  /** What is wrong, with the facts in braces. No personal data. */
  readonly text: Text;
  /** What to do. */
  readonly next: Text;
}

export const CONDITIONS = {
  access_refused: {
    colour: "red",
    text: {
      en: "The API refuses {what}: the access is closed, a key is wrong, or the scope is missing.",
      fr: "L'API refuse {what} : l'accès est fermé, une clé est erronée, ou le droit manque.",
    },
    next: {
      en: "Check the keys and KELIO_SCOPES with: applicant-sync doctor. Then ask the vendor.",
      fr: "Vérifiez les clés et KELIO_SCOPES : applicant-sync doctor. Contactez ensuite l'éditeur.",
    },
  },
  database_restored: {
    colour: "red",
    text: {
      en: "The database was restored or copied: imports are held until a person has checked the account.",
      fr: "La base de données a été restaurée ou copiée : les imports sont suspendus jusqu'à ce que quelqu'un ait vérifié le compte.",
    },
    next: {
      en: "Check in the account what was created since, then: applicant-sync imports release --all --after-restore",
      fr: "Vérifiez dans le compte ce qui a été créé depuis, puis : applicant-sync imports release --all --after-restore",
    },
  },
  no_worker: {
    colour: "red",
    text: {
      en: "No worker runs: no schedule is kept and no import is sent.",
      fr: "Aucun processus de travail n'est actif : rien n'est synchronisé ni envoyé.",
    },
    next: {
      en: "Start one with: applicant-sync start",
      fr: "Démarrez-en un : applicant-sync start",
    },
  },
  kill_switch: {
    colour: "red",
    text: { en: "All imports are held.", fr: "Tous les imports sont suspendus." },
    next: {
      en: "Once the reason no longer holds: {reset}",
      fr: "Quand la raison a disparu : {reset}",
    },
  },
  mirror_overdue: {
    colour: "red",
    text: {
      en: "{resource} was last read on {fresh}: two scheduled syncs did not happen.",
      fr: "{resource} : dernière lecture le {fresh}, deux synchronisations prévues n'ont pas eu lieu.",
    },
    next: {
      en: "See why the last runs failed: applicant-sync status. Then: applicant-sync sync {resource}",
      fr: "Voyez pourquoi les dernières synchronisations ont échoué : applicant-sync status. Puis : applicant-sync sync {resource}",
    },
  },
  never_synced: {
    colour: "red",
    text: {
      en: "{resource} was never synced.",
      fr: "{resource} : jamais synchronisé.",
    },
    next: {
      en: "Sync it with: applicant-sync sync {resource}",
      fr: "Synchronisez : applicant-sync sync {resource}",
    },
  },
  unproven_three_nights: {
    colour: "red",
    text: {
      en: "{resource} is read, but was last proven complete on {proven}: deletions there are not noticed.",
      fr: "{resource} est lu, mais sa dernière lecture prouvée complète date du {proven} : les suppressions passent inaperçues.",
    },
    next: {
      en: "See why the full syncs prove nothing: applicant-sync status",
      fr: "Voyez pourquoi les synchronisations complètes ne prouvent rien : applicant-sync status",
    },
  },
  review_waiting: {
    colour: "red",
    text: {
      en: "Run {run} of {resource} would mark {absent} of {known} rows as deleted and waits for a decision.",
      fr: "La synchronisation {run} ({resource}) marquerait {absent} lignes sur {known} comme supprimées et attend une décision.",
    },
    next: {
      en: "Look at the rows, then accept or reject: applicant-sync review",
      fr: "Examinez les lignes, puis acceptez ou refusez : applicant-sync review",
    },
  },
  imports_need_person: {
    colour: "red",
    text: {
      en: "{count} imports wait for a person.",
      fr: "{count} imports attendent une décision.",
    },
    next: {
      en: "See them with: applicant-sync imports list --waiting",
      fr: "Affichez-les : applicant-sync imports list",
    },
  },
  night_does_not_fit: {
    colour: "red",
    text: {
      en: "The schedules do not fit the quota: {conflict}",
      fr: "Les planifications ne tiennent pas dans le quota ({what}).",
    },
    next: {
      en: "Change the schedules; applicant-sync plan shows what each costs.",
      fr: "Modifiez les planifications ; applicant-sync plan montre le coût de chacune.",
    },
  },
  clock_skew: {
    colour: "red",
    text: {
      en: "The clock of this machine is {seconds} s apart from that of the database.",
      fr: "L'horloge de cette machine s'écarte de {seconds} s de celle de la base de données.",
    },
    next: {
      en: "Synchronise the clocks of both machines (NTP).",
      fr: "Synchronisez les horloges des deux machines (NTP).",
    },
  },
  notice_undelivered: {
    colour: "red",
    text: {
      en: "Notices to {channel} are not delivered.",
      fr: "Les avis ne parviennent pas à {channel}.",
    },
    next: {
      en: "Check its settings with: applicant-sync notify test",
      fr: "Vérifiez ses réglages : applicant-sync notify test",
    },
  },
  mirror_late: {
    colour: "amber",
    text: {
      en: "{resource} was last read on {fresh}: a scheduled sync did not happen.",
      fr: "{resource} : dernière lecture le {fresh}, une synchronisation prévue n'a pas eu lieu.",
    },
    next: {
      en: "Nothing: the next sync is due on {due}.",
      fr: "Rien à faire : la prochaine synchronisation est prévue le {due}.",
    },
  },
  quota_refused: {
    colour: "amber",
    text: {
      en: "The API refused requests because of the quota: all requests pause until {until}.",
      fr: "L'API a refusé des requêtes à cause du quota : toutes les requêtes attendent jusqu'au {until}.",
    },
    next: {
      en: "Nothing, unless it repeats: then another program uses the quota of the same key.",
      fr: "Rien à faire, sauf si cela se répète : un autre programme utilise alors le quota de la même clé.",
    },
  },
  account_vanished: {
    colour: "amber",
    text: {
      en: "No worker runs for the account {other} any more, whose mirror is in the same database.",
      fr: "Plus aucun processus ne sert le compte {other}, dont la copie est dans la même base de données.",
    },
    next: {
      en: "Start a worker with KELIO_ACCOUNT={other}, unless the account was given up.",
      fr: "Démarrez un processus avec KELIO_ACCOUNT={other}, sauf si ce compte est abandonné.",
    },
  },
} as const satisfies Readonly<Record<string, ConditionRow>>;

export type ConditionCode = keyof typeof CONDITIONS;

/** A condition for people. */
export interface ConditionText {
  readonly text: string;
  readonly next: string;
  /** Where the docs explain it, relative to the top of the repository. */
  readonly docs: string;
}

export function describeCondition(
  { code, facts }: { readonly code: ConditionCode; readonly facts: Facts },
  language: Language,
): ConditionText {
  const { text, next } = CONDITIONS[code];
  return { text: fill(text, facts)[language], next: fill(next, facts)[language], docs: docsOf(code) };
}

/** The section of a condition in the docs. */
function docsOf(code: ConditionCode): string {
  return `docs/operations.md#${code}`;
}
