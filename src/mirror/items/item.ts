import { canonical, hashOf, TooDeep, type JsonObject } from "./canonical.ts";
import { wholeNumber } from "./values.ts";

/** An object of an answer, ready to be compared with what the mirror holds. */
export interface Item {
  /** Decimal digits. */
  readonly id: string;
  readonly hash: string;
  readonly raw: JsonObject;
}

/** Why something of an answer cannot become a row, in words that hold none of its data. */
export interface InvalidItem {
  readonly reason: string;
  readonly raw: unknown;
  /** Decimal digits, where the id can be read although the rest cannot be kept. */
  readonly id?: string;
  /** The embed that it is; without one it is an item of the list itself. */
  readonly part?: string;
  /** By which it is recognised again, where `raw` no longer shows it. */
  readonly fingerprint?: string;
}

/** How the embedded objects of an item are stored: as their ids (`campaign` → `campaign_id`). */
export type Links = Readonly<Record<string, string>>;

/** Splits what an answer lists into items, each id once (the first, which is the newest), and invalid items. */
export function mapItems(values: readonly unknown[], links: Links = {}) {
  const items = new Map<string, Item>();
  const invalid: InvalidItem[] = [];
  for (const value of values) {
    const item = readItem(value, links);
    if ("reason" in item) invalid.push(item);
    else if (!items.has(item.id)) items.set(item.id, item);
  }
  return { items: [...items.values()], invalid };
}

function readItem(value: unknown, links: Links): Item | InvalidItem {
  if (!isObject(value)) return { reason: "not an object", raw: value };
  const id = idOf(value["id"]);
  if (id === null) return { reason: "id is missing or not a whole number", raw: value };
  try {
    const raw = canonical(linked(value, links));
    return isObject(raw) ? { id, hash: hashOf(raw), raw } : { reason: "not an object", raw: value, id };
  } catch (error) {
    return { reason: error instanceof TooDeep ? "nested too deep" : "cannot be read", raw: value, id };
  }
}

/** The item with those parts of an older one that it leaves out, as it is to be stored and compared. */
export function completed(item: Item, older: JsonObject): Item {
  if (Object.keys(older).every((key) => Object.hasOwn(item.raw, key))) return item;
  const raw = canonical({ ...older, ...item.raw });
  return isObject(raw) ? { ...item, raw, hash: hashOf(raw) } : item;
}

/**
 * A number beyond 2^53 has lost digits on its way through JSON: it identifies nothing. `7` and `"007"` are one id, as they
 * are one bigint.
 */
function idOf(value: unknown): string | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? wholeNumber(String(value)) : null;
  const id = typeof value === "string" ? wholeNumber(value.trim()) : null;
  return id === null ? null : BigInt(id).toString();
}

/** The item without its embedded objects, but with their ids. What is undefined is no part of the canonical item. */
function linked(item: JsonObject, links: Links): JsonObject {
  const changed: Record<string, unknown> = { ...item };
  for (const [key, idKey] of Object.entries(links)) {
    const inner = item[key];
    changed[key] = undefined;
    if (isObject(inner)) changed[idKey] = item[idKey] ?? inner["id"];
  }
  return changed;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
