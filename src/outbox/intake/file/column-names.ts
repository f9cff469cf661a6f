/** Finds the field of a column by its name, as French and English files write it. */
import { plainWords } from "../../../platform/comparable.ts";
import { FIELD_NAMES, FIELDS, RESUME, type FieldName } from "../../import/fields.ts";

/** What a column may hold besides the fields of an import: the path of a resume, and the reasons that we wrote. */
export type FileColumn = FieldName | "resume" | "import_errors";

/** Holds the reasons of rejected lines. A file that has it may be imported as it is. */
export const ERRORS_COLUMN = "import_errors";

/** The fields that a column may be mapped to by hand. */
export const MAPPABLE: readonly (FieldName | "resume")[] = [...FIELD_NAMES, "resume"];

const SMALL_WORDS = new Set(
  "de du des d l la le les of the un une a au votre vos your obligatoire facultatif optionnel requis required optional".split(
    " ",
  ),
);
/** Of whom the columns are: `Accord du candidat` is `Accord`. */
const PEOPLE = new Set("candidat candidate candidats postulant postulante applicant candidature personne".split(" "));
/** Each word, and what else is written for it. */
const SAME_WORDS = {
  numero: "n no nr num number nos",
  reference: "ref",
  telephone: "tel phone",
  mobile: "mob",
  portable: "port",
  id: "identifiant identifier",
  mail: "mel email",
  adresse: "adr address",
} as const;
const WORD_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(SAME_WORDS).flatMap(([word, others]) => others.split(" ").map((other) => [other, word] as const)),
);
/** Words that say nothing without the word for what they number. */
const BARE = new Set("numero id reference code date url".split(" "));

const LEAST_LIKENESS = 0.35;
const MOST_NEAREST = 3;

/** The letters and digits of a name. */
export function fold(name: string): string {
  return plainWords(name).replaceAll(/[^a-z0-9]/g, "");
}

/** The words of a name in one order: `Réf. de l'offre`, `offre (réf.)` and `RefOffre` are the same. */
function bagOf(name: string): string {
  const apart = name.replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, " ").replaceAll(/[°º]/g, " ");
  const words = plainWords(apart)
    .replaceAll(/\be mail\b/g, "mail")
    .split(" ")
    .filter((word) => !SMALL_WORDS.has(word));
  const same = words.map((word) => WORD_OF.get(word) ?? word);
  const bare = same.filter((word) => !PEOPLE.has(word));
  const kept = bare.every((word) => BARE.has(word)) ? same : bare;
  return kept.toSorted().join(" ");
}

const NAMES: readonly (readonly [name: string, column: FileColumn])[] = [
  ...MAPPABLE.flatMap((column) => namesOf(column).map((name) => [name, column] as const)),
  [ERRORS_COLUMN, ERRORS_COLUMN],
];
const BY_LETTERS: ReadonlyMap<string, FileColumn> = new Map(NAMES.map(([name, column]) => [fold(name), column]));
// Of two fields with the same words, the first: `N° de téléphone` is `phone`, and not `phone_number`.
const BY_WORDS: ReadonlyMap<string, FileColumn> = new Map(
  NAMES.toReversed().map(([name, column]) => [bagOf(name), column]),
);

export function namesOf(column: FieldName | "resume"): readonly string[] {
  const { en, fr } = column === "resume" ? RESUME : FIELDS[column];
  return [column, ...`${en}, ${fr}`.split(", ")].filter((name) => name !== "");
}

/** Null: no field of ours. */
export function columnOf(name: string): FileColumn | null {
  return BY_LETTERS.get(fold(name)) ?? BY_WORDS.get(bagOf(name)) ?? null;
}

/** The texts that come nearest to one of the wanted ones, the nearest first. */
export function nearest(texts: readonly string[], wanted: readonly string[]): readonly string[] {
  const scored = texts.map((text) => ({ text, score: Math.max(...wanted.map((one) => likeness(text, one))) }));
  const near = scored.filter(({ score }) => score >= LEAST_LIKENESS).toSorted((a, b) => b.score - a.score);
  return near.slice(0, MOST_NEAREST).map(({ text }) => text);
}

/** How many pairs of letters two names have in common, from 0 to 1. */
function likeness(one: string, other: string): number {
  const [a, b] = [pairsOf(fold(one)), pairsOf(fold(other))];
  const common = a.filter((pair) => b.includes(pair)).length;
  return a.length + b.length === 0 ? 0 : (2 * common) / (a.length + b.length);
}

function pairsOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, n) => text.slice(n, n + 2));
}
