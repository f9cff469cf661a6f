/** What the audit says of a decision beside its name: codes become words, numbers are spelt. */
import { sourceWord } from "../../database/audit.ts";
import type { Language, Text } from "../../platform/language.ts";
import { clockNameOf, namesOf } from "../state/describe.ts";
import type { AuditEvent } from "./audit-events.ts";
import type { Labels } from "./labels.ts";
import { RUN_KINDS, TRIGGERS } from "./run-words.ts";
import { isTableName, TABLE_NAMES } from "./table-names.ts";
import type { Times } from "./times.ts";

export interface Reader {
  readonly language: Language;
  readonly labels: Labels;
  readonly times: Times;
}

/** What facts are called, in the order in which they are read. */
const NAMES: Readonly<Record<string, Text>> = {
  from: { en: "before", fr: "avant" },
  to: { en: "after", fr: "après" },
  reason: { en: "reason", fr: "motif" },
  found: { en: "found", fr: "trouvé" },
  id: { en: "id", fr: "identifiant" },
  moved: { en: "imports", fr: "imports" },
  code: { en: "cause", fr: "cause" },
  resource: { en: "resource", fr: "ressource" },
  kind: { en: "kind", fr: "type" },
  absent: { en: "rows absent", fr: "lignes absentes" },
  known: { en: "rows known", fr: "lignes connues" },
  ticket: { en: "ticket", fr: "ticket" },
  current: { en: "people with the present key", fr: "personnes avec la clé actuelle" },
  former: { en: "people with a former key", fr: "personnes avec une ancienne clé" },
  until: { en: "until", fr: "jusqu'au" },
};

/** Codes that are no code of a report. */
const CODES: Readonly<Record<string, Text>> = {
  applicant: { en: "the applicant", fr: "le candidat" },
  application: { en: "the application", fr: "la candidature" },
  absent: { en: "nothing", fr: "rien" },
  database_older: { en: "the database is older than before", fr: "la base est plus ancienne qu'avant" },
  database_copied: { en: "the database was copied or restored", fr: "la base a été copiée ou restaurée" },
  database_moved: {
    en: "the database was copied to another Postgres",
    fr: "la base a été copiée vers un autre Postgres",
  },
};

/** What a setting was, or is, where its value is not shown. */
const SETTING_WORDS: Readonly<Record<string, Text>> = {
  "(unset)": { en: "(unset)", fr: "(non défini)" },
  "(hidden)": { en: "(hidden)", fr: "(masqué)" },
  changed: { en: "changed", fr: "modifié" },
};

const SUBJECTS: Readonly<Record<string, Text>> = {
  applicant: { en: "applicant", fr: "candidat" },
  import: { en: "import", fr: "import" },
};

const NONE: Text = { en: "none", fr: "aucune" };

/** `Before: Held; after: Ready`. A row of a later version may hold names and codes that this one does not know: they stay. */
export function detailsOf(event: AuditEvent, reader: Reader): string {
  const { kind, what, facts } = event;
  if (kind === "run") return "–";
  const order = Object.keys(NAMES);
  const rank = (name: string) => (isNamedByPeople(what) || !order.includes(name) ? order.length : order.indexOf(name));
  const colon = reader.language === "fr" ? " :" : ":";
  const said = Object.entries(facts)
    .filter(([, value]) => value !== null || what === "statuses_mapped")
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([name, value]) => `${nameOf(event, name, reader.language)}${colon} ${valueOf(what, name, value, reader)}`);
  return said.length === 0 ? "–" : said.join(reader.language === "fr" ? " ; " : "; ");
}

/** From where a decision was made, or what started a run. */
export function sourceOf({ kind, source }: AuditEvent, language: Language): string | null {
  if (source === null) return null;
  return kind === "run" ? (TRIGGERS[source]?.[language] ?? source) : sourceWord(source, language);
}

/** `applicant 17` in the language of the reader. */
export function subjectOf(subject: string, language: Language): string {
  const [word = "", ...rest] = subject.split(" ");
  const known = rest.length === 1 ? SUBJECTS[word]?.[language] : undefined;
  return known === undefined ? subject : [known, ...rest].join(" ");
}

/** Whether the facts are called by statuses or settings. */
function isNamedByPeople(what: string): boolean {
  return what === "statuses_mapped" || what === "settings_changed";
}

function nameOf({ what }: AuditEvent, name: string, language: Language): string {
  if (isNamedByPeople(what)) return name;
  if (what === "retention_applied") return clockNameOf(name, language);
  return isTableName(name) ? TABLE_NAMES[name][language] : (NAMES[name]?.[language] ?? name);
}

function valueOf(what: string, name: string, value: unknown, { language, labels, times }: Reader): string {
  if (value === null) return NONE[language];
  if (typeof value === "number") return times.number(value);
  if (typeof value !== "string") return JSON.stringify(value);
  if (what === "statuses_mapped") return labels.of("category", value);
  if (what === "settings_changed")
    return value
      .split(" → ")
      .map((part) => SETTING_WORDS[part]?.[language] ?? part)
      .join(" → ");
  if (name === "from" || name === "to") return labels.of("import_state", value);
  if (name === "resource") return namesOf([value], language);
  if (name === "kind") return RUN_KINDS[value]?.[language] ?? value;
  if (name === "until") return `${times.day(new Date(value))} ${times.clock(new Date(value))}`;
  if (name === "reason" || name === "code" || name === "found")
    return CODES[value]?.[language] ?? labels.of("reason", value);
  return value;
}
