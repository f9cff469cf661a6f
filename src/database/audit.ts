/** The rows of `audit`: each decision of a person, written in the transaction of what it decides (invariant I17). */
import { redactText } from "../platform/redact.ts";
import type { Language, Text } from "../platform/language.ts";
import type { Database, Executor } from "./client.ts";

/** What can be decided, in the words of the audit. Subjects are ids of imports by default. */
export const DECISIONS = {
  import_held: { en: "Import held", fr: "Import suspendu" },
  import_released: { en: "Import released", fr: "Import libéré" },
  import_retried: { en: "Import tried again", fr: "Import retenté" },
  import_resolved: { en: "Import resolved", fr: "Import résolu" },
  import_reopened: { en: "Answer about an import withdrawn", fr: "Réponse sur un import retirée" },
  import_dropped: { en: "Import dropped", fr: "Import abandonné" },
  import_dismissed: { en: "Import dismissed", fr: "Import classé" },
  /** The subject is a source. */
  source_held: { en: "Imports of a source held", fr: "Imports d'une source suspendus" },
  source_released: { en: "Imports of a source released", fr: "Imports d'une source libérés" },
  /** The subject is a campaign. */
  campaign_released: { en: "Imports of a campaign released", fr: "Imports d'une offre libérés" },
  kill_switch_on: { en: "Kill switch turned on", fr: "Arrêt d'urgence activé" },
  kill_switch_off: { en: "Kill switch turned off", fr: "Arrêt d'urgence levé" },
  restore_released: {
    en: "Kill switch turned off after a restore or a copy of the database",
    fr: "Arrêt d'urgence levé après une restauration ou une copie de la base",
  },
  database_copied: { en: "Database copied to another one", fr: "Base copiée vers une autre" },
  database_copy_undone: { en: "Copy of the database undone", fr: "Copie de la base annulée" },
  /** The subject is a run. */
  deletions_accepted: { en: "Deletions accepted", fr: "Suppressions acceptées" },
  deletions_rejected: { en: "Deletions rejected", fr: "Suppressions refusées" },
  sync_started: { en: "Sync started by a person", fr: "Synchronisation lancée par une personne" },
  /** The subjects are statuses; the facts their categories. */
  statuses_mapped: { en: "Categories of statuses set", fr: "Catégories de statuts fixées" },
  /** The subjects are ids of applicants and imports, each behind its word. */
  person_shown: { en: "Data of a person looked up", fr: "Données d'une personne consultées" },
  person_exported: { en: "Data of a person exported", fr: "Données d'une personne exportées" },
  privacy_key_renewed: { en: "Key of suppressed people renewed", fr: "Clé des personnes bloquées renouvelée" },
  person_suppressed: { en: "Person suppressed", fr: "Personne bloquée" },
  person_unsuppressed: { en: "Person no longer suppressed", fr: "Blocage d'une personne levé" },
  person_erased: { en: "Person erased", fr: "Personne effacée" },
  /** The subjects are people whose period has ended. */
  retention_applied: { en: "People erased by retention", fr: "Personnes effacées à la fin de leur durée" },
  /** The subjects are names of settings. */
  settings_changed: {
    en: "Settings changed since the last start",
    fr: "Paramètres modifiés depuis le dernier démarrage",
  },
} as const satisfies Readonly<Record<string, Text>>;

export type DecisionCode = keyof typeof DECISIONS;

/** What a decision is called. A row of a later version may hold a code that this one does not know. */
export function decisionWord(code: string, language: Language): string {
  return wordFor(DECISIONS, code, language);
}

/** From where a decision was made. */
export function sourceWord(source: string, language: Language): string {
  return wordFor(SOURCES, source, language);
}

function wordFor(words: Readonly<Record<string, Text>>, code: string, language: Language): string {
  return words[code]?.[language] ?? code;
}

const SOURCES = {
  command: { en: "command", fr: "commande" },
  page: { en: "page", fr: "page" },
  http: { en: "HTTP", fr: "HTTP" },
  worker: { en: "worker", fr: "processus" },
} as const satisfies Readonly<Record<string, Text>>;

/** Who decides, from where, and why. */
export interface Decider {
  readonly source: keyof typeof SOURCES;
  readonly role: "operator" | "program";
  /** The user of the operating system, or the name in a trusted header; null: not known. */
  readonly name: string | null;
  /** What the person wrote; null: nothing. */
  readonly why: string | null;
}

/** A worker that acts by a rule of ours. */
export const WORKER: Decider = { source: "worker", role: "program", name: null, why: null };

/** The longest reason, in characters. The table holds no more. */
export const LONGEST_WHY = 500;
const LONGEST_NAME = 200;

export interface Decision {
  readonly account: string;
  readonly by: Decider;
  readonly what: DecisionCode;
  /** Ids; never personal data. */
  readonly subjects?: readonly (string | number | bigint)[];
  /** Counts and codes; never personal data. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** SQL that adds the row of a decision; `parameter` stands for what `auditJson` returns. */
export function auditInsert(parameter: string): string {
  return `insert into public.audit (account, source, role, name, what, subjects, why, facts)
    select e.account, e.source, e.role, e.name, e.what, e.subjects, e.why, e.facts from jsonb_to_record(${parameter}::jsonb)
      as e(account text, source text, role text, name text, what text, subjects text[], why text, facts jsonb)`;
}

/** A decision as `auditInsert` reads it. E-mail addresses, tokens and passwords of URLs in its reason are hidden. */
export function auditJson({ account, by, what, subjects = [], facts = {} }: Decision): string {
  const { source, role } = by;
  const name = by.name === null ? null : bounded(by.name, LONGEST_NAME);
  const why = by.why === null || by.why.trim() === "" ? null : bounded(redactText(by.why.trim()), LONGEST_WHY);
  return JSON.stringify({ account, source, role, name, what, subjects: subjects.map(String), why, facts });
}

/** Adds the row of a decision. `tx`: the transaction of what it decides. */
export async function writeAudit(tx: Pick<Executor, "$executeRawUnsafe">, decision: Decision): Promise<void> {
  await tx.$executeRawUnsafe(auditInsert("$1"), auditJson(decision));
}

export interface DecisionFilter {
  /** A code of `DECISIONS`. */
  readonly what?: string;
  /** An id among the subjects. */
  readonly about?: string;
  /** The name of who decided. */
  readonly by?: string;
  readonly limit: number;
}

/** A decision as its row shows it. */
export type DecisionRow = Awaited<ReturnType<typeof listDecisions>>[number];

/** The decisions of an account that match, newest first. */
export async function listDecisions(database: Database, account: string, { what, about, by, limit }: DecisionFilter) {
  const where = {
    account,
    ...(what === undefined ? {} : { what }),
    ...(about === undefined ? {} : { subjects: { has: about } }),
    ...(by === undefined ? {} : { name: by }),
  };
  const rows = await database.audit.findMany({ where, orderBy: [{ at: "desc" }, { id: "desc" }], take: limit });
  return rows.map(({ id, at, ...row }) => ({ ...row, id: String(id), at: at.toISOString() }));
}

/** Postgres stores neither U+0000 nor half a character, and counts characters rather than UTF-16 units. */
function bounded(text: string, most: number): string {
  return Array.from(text.replaceAll("\0", "").toWellFormed()).slice(0, most).join("");
}
