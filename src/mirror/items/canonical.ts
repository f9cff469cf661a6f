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
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]): [string, unknown] => [storable(key), canonicalAt(inner, depth + 1)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** A text without what Postgres refuses in one: NUL and lone surrogates become U+FFFD. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

/** A short hash (132 bits, base64url) of a canonical value: equal hash, nothing to write. */
export function hashOf(value: unknown): string {
  return hash("sha256", `${MAPPING_VERSION}:${JSON.stringify(value)}`, "base64url").slice(0, 22);
}
