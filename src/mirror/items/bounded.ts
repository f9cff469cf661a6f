/** What is stored of an item that cannot be a row: enough for a person to recognise it. */
import { createHash } from "node:crypto";
import { canonical, hashOf, storable, TooDeep } from "./canonical.ts";

/** Levels, values and characters (of texts and keys) that are kept of an item. */
const BOUNDS = { depth: 60, values: 20_000, characters: 500_000 } as const;
const CUT = "…";
/** Characters that are handed to the hash at once. */
const CHUNK = 65_536;

/** A copy that Postgres can store. If it is larger than the bounds it is cut, with an ellipsis in place of the rest. */
export function bounded(value: unknown): unknown {
  const left = { values: BOUNDS.values, characters: BOUNDS.characters };

  function text(whole: string): string {
    const part = whole.length > left.characters ? `${whole.slice(0, left.characters)}${CUT}` : whole;
    left.characters -= Math.min(left.characters, whole.length);
    return storable(part);
  }

  function copy(inner: unknown, depth: number): unknown {
    left.values -= 1;
    if (typeof inner === "string") return text(inner);
    if (typeof inner !== "object" || inner === null) return inner;
    if (depth >= BOUNDS.depth) return CUT;
    if (Array.isArray(inner)) {
      const kept = inner.slice(0, left.values).map((one: unknown) => (left.values > 0 ? copy(one, depth + 1) : CUT));
      return kept.length < inner.length ? [...kept, CUT] : kept;
    }
    const entries: [string, unknown][] = [];
    for (const [key, one] of Object.entries(inner)) {
      if (left.values <= 0 || left.characters <= 0) return Object.fromEntries([...entries, [CUT, CUT]]);
      entries.push([text(key), copy(one, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  return copy(value, 0);
}

/** Identifies an item of any type and depth. */
export function fingerprint(value: unknown): string {
  try {
    return hashOf(canonical(value));
  } catch (error) {
    if (error instanceof TooDeep) return flatHash(value);
    throw error;
  }
}

/** The hash of an item that no recursion can go through. */
function flatHash(value: unknown): string {
  const hash = createHash("sha256");
  const waiting: unknown[] = [value];
  let chunk = "";
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === "object" && next !== null) {
      const inner: readonly unknown[] = Array.isArray(next) ? next : Object.entries(next).flat();
      chunk += `${Array.isArray(next) ? "[" : "{"}${inner.length},`;
      for (const one of inner) waiting.push(one);
    } else chunk += `${JSON.stringify(next)},`;
    if (chunk.length > CHUNK) {
      hash.update(chunk);
      chunk = "";
    }
  }
  return hash.update(chunk).digest("base64url").slice(0, 22);
}
