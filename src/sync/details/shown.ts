import type { CallContext } from "../../api/client.ts";
import type { Executor } from "../../database/client.ts";
import type { InvalidItem } from "../../mirror/items/item.ts";
import { hasOpenRows, quarantine, resolveSeen } from "../../mirror/quarantine.ts";
import type { WriteResult } from "../../mirror/tables.ts";
import type { WriteRows } from "../../mirror/write-row-by-row.ts";
import type { SyncContext } from "../context.ts";
import { resources, sortItems, type SortedItems } from "../resources.ts";
import type { Run } from "../runs/runs.ts";

/** A transaction, and the function that writes rows in it. */
export interface Writing {
  readonly tx: Executor;
  readonly write: WriteRows;
}

/** Requests one row of a run's resource with all its embeds. Throws an `ApiError` of kind `not-found` if it is not there. */
export function show(
  { api, accountKind }: SyncContext,
  { resource: name }: Run,
  id: string,
  context: CallContext,
): Promise<unknown> {
  const resource = resources[name];
  return api.show(name, id, context, resource.embed[accountKind]);
}

/** Mirrors one shown row and the rows that it embeds. */
export async function writeShown(
  writing: Writing,
  at: { readonly account: string },
  run: Run,
  item: unknown,
): Promise<void> {
  await writeSorted(writing, at, run, sortItems(resources[run.resource], [item]));
}

/**
 * Mirrors the items of an answer: the rows of the run's resource and the rows that they embed. Invalid items go to
 * quarantine. Quarantined items that are valid rows now are resolved.
 */
export async function writeSorted(
  { tx, write }: Writing,
  { account }: { readonly account: string },
  run: Run,
  { main, parts, invalid }: SortedItems,
): Promise<{ readonly counts: WriteResult; readonly invalid: readonly InvalidItem[] }> {
  const origin = { account, run: run.id };
  const counts = await write(tx, origin, main.table, main.items);
  const all = [...invalid, ...counts.refused];
  for (const { key, table, items } of parts) {
    const { refused } = await write(tx, origin, table, items);
    all.push(...refused.map((invalidItem) => ({ ...invalidItem, part: key })));
  }
  const at = { account, resource: run.resource, run: run.id };
  if (await hasOpenRows(tx, at)) {
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
