/** The values of an export as people read them: codes as words, ids with names, times and days written out. */
import type { PersonExport } from "../../people/export/read-export.ts";
import { inLanguage } from "../../outbox/import/sentences.ts";
import type { Language, Text } from "../../platform/language.ts";
import { clockNameOf, namesOf } from "../state/describe.ts";
import { labelsIn, type CodeLabel, type Labels } from "./labels.ts";
import { LABELS } from "./person-labels.ts";

/** Codes that are no code of a report, by their column. */
const CODES: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  kind: {
    inserted: { en: "first seen", fr: "vu pour la première fois" },
    updated: { en: "changed", fr: "modifié" },
    deleted: { en: "gone at the source", fr: "absent de la source" },
    restored: { en: "back at the source", fr: "revenu à la source" },
    email: { en: "by the e-mail", fr: "par l'adresse e-mail" },
    applicant: { en: "by the id in Kelio ATS", fr: "par l'identifiant dans Kelio ATS" },
    retention: {
      en: "at the end of the period, until new activity",
      fr: "à la fin de la durée, jusqu'à une nouvelle activité",
    },
  },
  what: {
    erased: { en: "erased", fr: "effacé" },
    suppressed: { en: "suppressed", fr: "bloqué" },
    unsuppressed: { en: "no longer suppressed", fr: "débloqué" },
  },
  resource: {
    applicant: { en: "applicant", fr: "candidat" },
    application: { en: "application", fr: "candidature" },
  },
};
const KINDS: Readonly<Record<string, string>> = {
  reason_code: "reason",
  intake: "intake",
  category: "category",
  current_stage: "stage",
  locale: "locale",
};

/** Of a value of a column; null: it needs no words, or has none. */
export type WordsOf = (column: string, value: string | number) => string | null;

/** What turns a value into words. `timeZone`: that of the account. */
export function wordsOf(
  { names }: Pick<PersonExport, "names">,
  known: readonly CodeLabel[],
  language: Language,
  timeZone: string,
): WordsOf {
  const labels = labelsIn(known, language);
  const countries = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
  const time = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  return (column, value) => {
    const text = String(value);
    if (column === "campaign_id" || column === "entity_id") {
      const name = names[column][text];
      return name === undefined ? null : `${name} (${text})`;
    }
    if (typeof value === "number") return null;
    if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)) return time.format(new Date(text));
    if (column.endsWith("_on") && /^\d{4}-\d\d-\d\d$/.test(text)) return day.format(new Date(text));
    if (column === "iso_country") return /^[a-z]{2}$/i.test(text) ? (countries.of(text.toUpperCase()) ?? null) : null;
    if (column === "clock") return clockNameOf(text, language);
    if (column === "reason") return inLanguage(language, text);
    if (column === "waived") return waivedIn(text, labels);
    return codeIn(column, text, labels, language);
  };
}

function codeIn(column: string, code: string, labels: Labels, language: Language): string | null {
  const own = CODES[column]?.[code]?.[language];
  const kind = KINDS[column];
  if (own !== undefined) return own;
  if (kind !== undefined) return labels.of(kind, code);
  if (column === "resource") return namesOf([code], language);
  if (column === "part") return LABELS[code]?.[language] ?? CODES["resource"]?.[code]?.[language] ?? null;
  if (column.endsWith("_origin")) return labels.origin(code);
  return column === "step" || /(^|_)state$/.test(column) ? labels.step(code) : null;
}

/** A reason, with the campaign for which it was lifted: `campaign_not_online:7`. */
function waivedIn(text: string, labels: Labels): string {
  const [reason = "", campaign] = text.split(":");
  return campaign === undefined ? labels.of("reason", reason) : `${labels.of("reason", reason)} (${campaign})`;
}
