import type { Executor } from "../database/client.ts";
import type { Statements } from "../database/statements.ts";
import { bounded, fingerprint } from "./items/bounded.ts";
import { hashOf } from "./items/canonical.ts";
import type { InvalidItem } from "./items/item.ts";

interface AccountResource {
  readonly account: string;
  readonly resource: string;
}

/**
 * Stores the invalid items of one answer, with the run that saw them last. There is one entry for each id that can be read,
 * otherwise one for each distinct item with the number of its copies in the answer. Accepts any item: only a part is kept
 * if it is too large or nested too deep.
 */
export async function quarantine(
  tx: Statements,
  at: AccountResource & { readonly run: number },
  invalid: readonly InvalidItem[],
): Promise<void> {
  for (const [key, { invalidItem, copies }] of distinct(invalid)) {
    const { reason, raw, id = null, part = null } = invalidItem;
    await tx.$executeRaw`
      insert into public.quarantine (account, resource, fingerprint, reason, raw, run_id, row_id, part, copies)
      values (${at.account}, ${at.resource}, ${key}, ${reason}, ${JSON.stringify(bounded(raw))}::jsonb, ${at.run},
        ${id}::bigint, ${part}, ${copies})
      on conflict (account, resource, fingerprint)
      do update set reason = excluded.reason, raw = excluded.raw, run_id = excluded.run_id, last_seen_at = now(),
        row_id = excluded.row_id, part = excluded.part, resolved_at = null,
        copies = case when quarantine.run_id = excluded.run_id then greatest(quarantine.copies, excluded.copies)
          else excluded.copies end`;
  }
}

function distinct(invalid: readonly InvalidItem[]) {
  const entries = new Map<string, { readonly invalidItem: InvalidItem; readonly copies: number }>();
  for (const invalidItem of invalid) {
    const { id, part = null, raw } = invalidItem;
    const own = () => invalidItem.fingerprint ?? fingerprint([part, raw]);
    const key = id === undefined ? own() : hashOf(["row", part, id]);
    const copies = id === undefined ? (entries.get(key)?.copies ?? 0) + 1 : 1;
    entries.set(key, { invalidItem, copies });
  }
  return entries;
}

/** Resolves the entries of rows that an answer has shown as valid: those of one embed, or (null) of the list itself. */
export async function resolveSeen(
  tx: Statements,
  { account, resource }: AccountResource,
  part: string | null,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`
    update public.quarantine set resolved_at = now()
    where account = ${account} and resource = ${resource} and row_id = any(string_to_array(${ids.join(",")}, ',')::bigint[])
      and part is not distinct from ${part}::text and resolved_at is null`;
}

/** Resolves the entries that a full run did not see again. The run must have read the list to its end. */
export async function resolveUnseen(
  tx: Statements,
  { account, resource }: AccountResource,
  run: number,
): Promise<void> {
  await tx.$executeRaw`
    update public.quarantine set resolved_at = now()
    where account = ${account} and resource = ${resource} and run_id < ${run} and resolved_at is null`;
}

/** The SQL that says whether any entry with a readable id is open; nearly always it is false. */
export function openRowsOf(account: string, resource: string): string {
  return `exists (select from public.quarantine
    where account = ${account}::text and resource = ${resource}::text and row_id is not null and resolved_at is null)`;
}

export async function countQuarantined(tx: Executor, account: string): Promise<(resource: string) => number> {
  const rows = await tx.quarantine.groupBy({
    by: ["resource"],
    where: { account, resolvedAt: null },
    _sum: { copies: true },
  });
  const counts = new Map(rows.map(({ resource, _sum }) => [resource, _sum.copies ?? 0]));
  return (resource) => counts.get(resource) ?? 0;
}
