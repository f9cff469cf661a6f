import { z } from "zod";

/**
 * The kinds of value that items of the API hold. Each accepts any value: what cannot be read is null and stays in
 * the raw item. Only an item's own `id` can make it unreadable (question Q16 of the reference).
 */
const lenient = <T>(read: (value: unknown) => T | null) => z.unknown().transform(read).catch(null);

/** An id, a number or a string, as text. */
export const id = z.union([z.string().trim().min(1), z.int()]).transform(String);

/** The id of something else. */
export const reference = lenient(readId);

export const text = lenient(readText);

/** A word from a vocabulary, bare or as an object that names it. */
export const label = lenient(readLabel);

/** Words from a vocabulary: an array of labels, or one text with commas between. */
export const labels = lenient((value): readonly string[] | null => {
  const parts: unknown = typeof value === "string" ? value.split(",").map((part) => part.trim()) : value;
  return Array.isArray(parts) ? parts.flatMap((part) => readLabel(part) || []) : null;
});

/** A number as decimal text, so that no digit is lost. Null for one with more digits than a numeric of Postgres has. */
export const decimal = lenient(readDecimal);

/** A number of double precision. */
export const coordinate = lenient(readNumber);

export const flag = lenient((value) => flags.get(readText(value)?.toLowerCase() ?? "") ?? null);
const flags: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/**
 * A moment, as ISO 8601 in UTC with milliseconds. A date alone is its midnight; without a zone, UTC is assumed. Null for
 * one that in UTC lies outside the years 1 to 9999: some of Postgres, JavaScript and SQL clients cannot read it back.
 */
export const instant = lenient(readInstant);

/** A related object, where the answer embeds it; a bare text is its name, a bare number its id. */
export function embed<S extends z.ZodRawShape>(shape: S) {
  return objectOrNull(z.looseObject(shape), named);
}

/**
 * An object, or null for any other value. This is checked first, because most items lack most embeds, and an issue that
 * Zod describes costs more than all other fields of the item.
 */
export function objectOrNull<S extends z.ZodType>(schema: S, prepare: (value: unknown) => unknown = (value) => value) {
  const prepared = (value: unknown): unknown => {
    const candidate = prepare(value);
    return typeof candidate === "object" && !Array.isArray(candidate) ? candidate : null;
  };
  return z.preprocess(prepared, schema.nullable()).catch(null);
}

function named(value: unknown): unknown {
  if (typeof value === "string") return { name: value };
  return typeof value === "number" ? { id: value } : value;
}

function readId(value: unknown): string | null {
  if (typeof value === "string") return value.trim() || null;
  return Number.isSafeInteger(value) ? String(value) : null;
}

function readText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

export function readLabel(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return readText(value);
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const name = ["value", "name", "slug", "label", "title", "reference", "id"].find(
    (key) => readText(fields[key]) !== null,
  );
  return name === undefined ? null : readText(fields[name]);
}

const DECIMAL = /^-?(\d+)(?:\.(\d+))?$/;
/** Digits before and after the point of a numeric. */
const MAX_DIGITS = [131_072, 16_383] as const;

function readNumber(value: unknown): number | null {
  const number = typeof value === "string" && DECIMAL.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

function readDecimal(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  const digits = typeof value === "string" ? value.trim() : "";
  const [, whole, fraction = ""] = DECIMAL.exec(digits) ?? [];
  if (whole === undefined || whole.length > MAX_DIGITS[0] || fraction.length > MAX_DIGITS[1]) return null;
  return digits;
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?)?$/;

export function readInstant(value: unknown): string | null {
  const [, date, time = "00:00", zone = "Z"] = (typeof value === "string" && ISO.exec(value.trim())) || [];
  if (date === undefined) return null;
  const offset = zone === "UTC" ? "Z" : zone.replace(/^([+-]\d\d):?(\d\d)$/, "$1:$2");
  const moment = new Date(`${date}T${time}${offset}`);
  if (Number.isNaN(moment.getTime())) return null;
  const year = moment.getUTCFullYear();
  return year >= 1 && year <= 9999 ? moment.toISOString() : null;
}
