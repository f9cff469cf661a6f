import { createHash } from "node:crypto";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Raised when a change of the mapping must rewrite every row: it is part of every hash. */
const MAPPING_VERSION = 1;

/**
 * A JSON value as Postgres can keep it and as equal answers compare equal: keys in order, no NUL and no lone surrogate
 * in any text (jsonb refuses both), `undefined` dropped.
 */
export function canonical(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("\0", "\uFFFD").toWellFormed();
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]): [string, unknown] => [String(canonical(key)), canonical(inner)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** A short hash (132 bits, base64url) of a canonical value: equal hash, nothing to write. */
export function hashOf(value: unknown): string {
  return createHash("sha256")
    .update(`${MAPPING_VERSION}:${JSON.stringify(value)}`)
    .digest("base64url")
    .slice(0, 22);
}
