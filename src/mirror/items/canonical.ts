import { hash } from "node:crypto";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Raised when a change of the mapping must rewrite every row: it is part of every hash. */
const MAPPING_VERSION = 1;

/**
 * How many levels an item may be nested. Far more than any answer has, and few enough for every recursion behind it: our
 * own, that of JSON.stringify, and those of Postgres, whose limit is that of its stack.
 */
const MAX_DEPTH = 500;

/** A value is nested deeper than MAX_DEPTH levels. */
export class TooDeep extends Error {}

/**
 * A JSON value as Postgres can keep it and as equal answers compare equal: keys in order, no NUL and no lone surrogate
 * in any text (jsonb refuses both), `undefined` dropped. Throws `TooDeep`.
 */
export function canonical(value: unknown): unknown {
  return canonicalAt(value, 0);
}

function canonicalAt(value: unknown, depth: number): unknown {
  if (typeof value === "string") return storable(value);
  if (value === null || typeof value !== "object") return value;
  if (depth >= MAX_DEPTH) throw new TooDeep();
  if (Array.isArray(value)) return value.map((inner) => canonicalAt(inner, depth + 1));
  const fields = hasStorableKeys(value) ? value : withStorableKeys(value);
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(fields).toSorted()) {
    const inner = fields[key];
    if (inner !== undefined) define(sorted, key, canonicalAt(inner, depth + 1));
  }
  return sorted;
}

function hasStorableKeys(value: object): value is JsonObject {
  return Object.keys(value).every(isStorable);
}

function withStorableKeys(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]): [string, unknown] => [storable(key), inner]));
}

/** An assignment to `__proto__` would define no field. */
function define(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(fields, key, { value, enumerable: true });
  else fields[key] = value;
}

/** A text without what Postgres refuses in one: NUL and lone surrogates become U+FFFD. */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replaceAll("\0", "\uFFFD").toWellFormed();
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** A short hash (132 bits, base64url) of a canonical value: equal hash, nothing to write. */
export function hashOf(value: unknown): string {
  return hash("sha256", `${MAPPING_VERSION}:${JSON.stringify(value)}`, "base64url").slice(0, 22);
}
