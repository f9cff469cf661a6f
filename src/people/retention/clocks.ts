/** The clocks of retention: what each is about. */
import type { Text } from "../../platform/language.ts";

/** In the order in which people read them. */
export const CLOCKS = {
  refused: {
    en: "People with closed applications, who were not hired and are in no pool",
    fr: "Personnes dont les candidatures sont closes, ni embauchées ni dans un vivier",
  },
  pool: { en: "People in a pool, or without an application", fr: "Personnes d'un vivier, ou sans candidature" },
  deleted: { en: "What was deleted at the source", fr: "Ce qui a été supprimé à la source" },
  history: { en: "Former and new values in the history", fr: "Valeurs avant et après dans l'historique" },
  raw: {
    en: "What the API sent of applications beyond our columns",
    fr: "Ce que l'API envoie des candidatures au-delà de nos colonnes",
  },
  quarantine: { en: "Invalid objects in quarantine", fr: "Objets invalides en quarantaine" },
  requests: {
    en: "The log of requests, and answers to requests with a key",
    fr: "Journal des requêtes, et réponses aux requêtes à clé",
  },
} as const satisfies Readonly<Record<string, Text>>;

export type Clock = keyof typeof CLOCKS;

/** Those that end with the erasure of a person. */
export const PERSON_CLOCKS = ["refused", "pool", "deleted"] as const satisfies readonly Clock[];
export type PersonClock = (typeof PERSON_CLOCKS)[number];

/** The clocks that have a period. */
export function namesOf({ periods }: Pick<Periods, "periods">): readonly Clock[] {
  return Object.keys(CLOCKS)
    .filter((name): name is Clock => Object.hasOwn(CLOCKS, name))
    .filter((clock) => periods[clock] !== undefined);
}

export function isPersonClock(clock: Clock): boolean {
  return PERSON_CLOCKS.some((one) => one === clock);
}

/** How long each clock runs, as Postgres reads an interval; without a period, what it is about stays. */
export interface Periods {
  readonly periods: Readonly<Partial<Record<Clock, string>>>;
  /** For how many days people stand on the notice list before they are erased. */
  readonly noticeDays: number;
}

/**
 * SQL: the first day on which a moment's period is over, in a time zone. Its last day is kept whole: three months after 31 January end with
 * 30 April, so it is 1 May. `zone` and `period` are SQL as well.
 */
export function dueOn(moment: string, zone: string, period: string): string {
  return `((((${moment}) at time zone ${zone})::date + (${period})::interval)::date + 1)`;
}
