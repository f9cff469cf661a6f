/** Pending details: the rows that lists showed in part and that are completed one by one. */
import type { Statements } from "../database/statements.ts";
import type { MirrorTable } from "./tables.ts";

interface AccountTable {
  readonly account: string;
  readonly table: MirrorTable;
}

/** Adds rows that were written in part. A row that already waits keeps its position. */
export async function addPendingDetails(
  tx: Statements,
  { account, table }: AccountTable,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`
    insert into public.pending_detail (account, resource, id) select ${account}, ${table.name}, unnest(${ids}::bigint[])
    on conflict do nothing`;
}

/** Removes rows that have been seen whole. */
export async function strikeDetailed(
  tx: Statements,
  { account, table }: AccountTable,
  ids: readonly string[],
): Promise<void> {
  await tx.$executeRaw`
    delete from public.pending_detail where account = ${account} and resource = ${table.name} and id = any(${ids}::bigint[])`;
}

/** Adds every living row whose stored object lacks a part. */
export async function noteLacking(tx: Statements, { account, table }: AccountTable, key: string): Promise<void> {
  await tx.$executeRawUnsafe(
    `insert into public.pending_detail (account, resource, id)
     select $1, $2, id from public.${table.name} where account = $1 and deleted_at is null and not raw ? $3
     on conflict do nothing`,
    account,
    table.name,
    key,
  );
}

/** Adds the newest living row, for a trial. */
export async function noteNewest(tx: Statements, { account, table }: AccountTable): Promise<void> {
  await tx.$executeRawUnsafe(
    `insert into public.pending_detail (account, resource, id)
     select $1, $2, id from public.${table.name} where account = $1 and deleted_at is null order by id desc limit 1
     on conflict do nothing`,
    account,
    table.name,
  );
}

/** Removes all rows of a table, because none lacks anything that the API would bring. */
export async function strikeAll(tx: Statements, { account, table }: AccountTable): Promise<void> {
  await tx.$executeRaw`delete from public.pending_detail where account = ${account} and resource = ${table.name}`;
}

/**
 * Selects up to `limit` living rows for a run: those that failed least often, the newest first. A row that failed is not
 * selected for two hours; each further failure doubles this time, up to a week. Returns how many were selected.
 */
export async function claimPendingDetails(
  tx: Statements,
  { account, table }: AccountTable,
  run: number,
  limit: number,
): Promise<number> {
  return tx.$executeRawUnsafe(
    `update public.pending_detail set run_id = $3::integer where account = $1 and resource = $2 and id in (
      select pending_detail.id from public.pending_detail join public.${table.name} using (account, id)
      where account = $1 and resource = $2 and deleted_at is null
        and (attempts = 0 or tried_at is null
          or tried_at < now() - least(interval '7 days', interval '1 hour' * power(2, least(attempts, 8))))
      order by attempts, pending_detail.id desc limit $4::integer)`,
    account,
    table.name,
    run,
    limit,
  );
}

/** Deselects rows of a run: all of them, or one that failed. */
export async function putBack(tx: Statements, run: number, failed: string | null = null): Promise<void> {
  await (failed === null
    ? tx.$executeRaw`update public.pending_detail set run_id = null where run_id = ${run}`
    : tx.$executeRaw`update public.pending_detail set run_id = null, attempts = least(attempts + 1, 1000), tried_at = now()
        where run_id = ${run} and id = ${failed}::bigint`);
}

/** The ids that a run has selected and not yet completed, newest first. */
export async function selectedFor(tx: Statements, run: number): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    select id from public.pending_detail where run_id = ${run} order by id desc`;
  return rows.map(({ id }) => id.toString());
}

/** Counts the living rows of each of these tables that wait to be completed. */
export async function countPendingDetails(
  tx: Statements,
  account: string,
  tables: readonly Pick<MirrorTable, "name">[],
): Promise<(table: Pick<MirrorTable, "name">) => number> {
  const counts = tables.map(
    ({
      name,
    }) => `select '${name}' as name, count(*)::int as count from public.pending_detail join public.${name} using (account, id)
      where account = $1 and resource = '${name}' and deleted_at is null`,
  );
  const rows = await tx.$queryRawUnsafe<{ name: string; count: number }[]>(counts.join(" union all "), account);
  return (table) => rows.find(({ name }) => name === table.name)?.count ?? 0;
}
