/** The items of an answer: sorted by the table that they go to, compared with what the mirror holds, and written. */
import type { Statements } from "../../database/statements.ts";
import type { JsonObject } from "../../mirror/items/canonical.ts";
import { isObject, mapItems, type InvalidItem } from "../../mirror/items/item.ts";
import { openRowsOf, quarantine, resolveSeen } from "../../mirror/quarantine.ts";
import { suppressionFactsOf, type SuppressionFacts } from "../../mirror/suppressed.ts";
import type { WriteResult } from "../../mirror/tables.ts";
import { heldOf, heldRows, lockOf, type HeldJson } from "../../mirror/write-page.ts";
import type { WriteRows } from "../../mirror/write-row-by-row.ts";
import type { Resource } from "../resources.ts";
import type { Run } from "../runs/load-run.ts";
import { holdsPeople, peopleOf, withoutSuppressed, type SuppressionContext } from "./suppressed.ts";

/**
 * Splits the items of an answer by the table they go to. What cannot be a row of either is an invalid item. The items of the
 * list of one parent get its id here, because they need not name it.
 */
export function sortItems(resource: Resource, listed: readonly unknown[], parent: bigint | null = null) {
  const values = listed.map((value) => owned(resource, value, parent));
  const { items, invalid } = mapItems(values, resource.links);
  const parts = Object.entries(resource.parts).map(([key, table]) => {
    const embedded = mapItems(
      values
        .filter(isObject)
        .map((value: JsonObject) => value[key])
        .filter(isObject),
    );
    const marked = embedded.invalid.map((invalidItem): InvalidItem => ({ ...invalidItem, part: key }));
    return { key, table, items: embedded.items, invalid: marked };
  });
  return {
    main: { table: resource.table, items },
    parts,
    invalid: [...invalid, ...parts.flatMap((part) => part.invalid)],
    listed: values,
  };
}

export type SortedItems = ReturnType<typeof sortItems>;

/** The ids of the rows that an answer lists, those that cannot become rows included, where they can be read. */
export function readIds({ main, invalid }: SortedItems): readonly string[] {
  const ofInvalid = invalid.flatMap(({ id, part }) => (id === undefined || part !== undefined ? [] : [id]));
  const ids = main.items.map(({ id }) => id);
  return ofInvalid.length === 0 ? ids : [...new Set([...ids, ...ofInvalid])];
}

function owned({ parent: relation }: Resource, value: unknown, parent: bigint | null): unknown {
  if (relation === null || parent === null || !isObject(value)) return value;
  const id = Number(parent);
  return { ...value, [relation.key]: value[relation.key] ?? (Number.isSafeInteger(id) ? id : String(parent)) };
}

/** What the mirror holds of the rows of an answer, main rows first, and whether quarantined rows of the resource are open. */
export interface MirrorFacts {
  readonly held: readonly HeldJson[];
  readonly hasOpenRows: boolean;
  /** Null if the answer holds no people. */
  readonly suppression: SuppressionFacts | null;
}

/** The SQL of the locks under which the facts must be read and the answer written. */
export function locksOf({ main, parts }: SortedItems, account: string): readonly string[] {
  return [main, ...parts].flatMap(({ table }) => lockOf(table, account) ?? []);
}

/**
 * The SQL that reads `MirrorFacts` as JSON. `bind` adds a value to the statement and returns its placeholder. `latestErasure`: which the
 * database must know.
 */
export function mirrorFactsOf(
  answer: SortedItems,
  account: string,
  resource: string,
  bind: (value: string) => string,
  latestErasure: string | null,
): string {
  const { main, parts } = answer;
  const held = [main, ...parts].map(({ table, items }) => {
    return `(${heldOf(table, account, bind(items.map(({ id }) => id).join(",")))})`;
  });
  const { people, applications } = peopleOf(answer);
  const suppression = holdsPeople(answer)
    ? suppressionFactsOf(account, bind(people.join(",")), bind(applications.join(",")), bind(latestErasure ?? ""))
    : "null";
  return `json_build_object('held', json_build_array(${held.join(", ")}), 'hasOpenRows', ${openRowsOf(account, resource)},
    'suppression', ${suppression})`;
}

/** A transaction, and the function that writes rows in it. */
export interface Writing {
  readonly tx: Statements;
  readonly write: WriteRows;
}

/**
 * Mirrors the items of an answer: the rows of the run's resource and the rows that they embed. Invalid items go to
 * quarantine. Quarantined items that are valid rows now are resolved. Of suppressed people only ids, dates and states are written.
 * Throws `database_restored` if the database may not know all of them.
 */
export async function writeAnswer(
  { tx, write }: Writing,
  context: SuppressionContext,
  run: Run,
  answer: SortedItems,
  { held: heldJson, hasOpenRows, suppression }: MirrorFacts,
): Promise<{ readonly counts: WriteResult; readonly invalid: readonly InvalidItem[] }> {
  const { account } = context;
  const held = heldJson.map(heldRows);
  const { main, parts, invalid } = await withoutSuppressed(tx, context, answer, held, suppression);
  const origin = { account, run: run.id };
  const counts = await write(tx, origin, main.table, main.items, held[0]);
  const all = [...invalid, ...counts.refused];
  for (const [index, { key, table, items }] of parts.entries()) {
    const { refused } = await write(tx, origin, table, items, held[index + 1]);
    all.push(...refused.map((invalidItem) => ({ ...invalidItem, part: key })));
  }
  const at = { account, resource: run.resource, run: run.id };
  if (hasOpenRows) {
    const good = [{ key: null, items: main.items }, ...parts];
    for (const { key, items } of good) {
      const bad = new Set(all.filter(({ part = null }) => part === key).map(({ id }) => id));
      await resolveSeen(
        tx,
        at,
        key,
        items.flatMap(({ id }) => (bad.has(id) ? [] : [id])),
      );
    }
  }
  await quarantine(tx, at, all);
  return { counts, invalid: all };
}
