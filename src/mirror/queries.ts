import type { Statements } from "../database/statements.ts";
import type { MirrorTable } from "./tables.ts";

/** How many living rows the mirror holds of a status: those that reached it on a day or later (`window`), and all. */
export async function countWindow(
  tx: Statements,
  account: string,
  table: MirrorTable,
  { status, since }: { readonly status: string; readonly since: Date },
): Promise<{ readonly window: number; readonly status: number }> {
  const [row] = await tx.$queryRawUnsafe<{ window: number; status: number }[]>(
    `select count(*) filter (where status_changed_at >= $3::timestamptz)::int as window, count(*)::int as status
     from public.${table.name} where account = $1 and status = $2 and octet_length(status) <= 2000 and deleted_at is null`,
    account,
    status,
    since,
  );
  return row ?? { window: 0, status: 0 };
}

/** How many living rows a table holds; of one parent, where `parent` names the column and its id. */
export async function countLiving(
  tx: Statements,
  account: string,
  table: MirrorTable,
  parent: { readonly key: string; readonly id: bigint } | null = null,
): Promise<number> {
  const ofParent = parent === null ? "" : ` and ${parent.key} = $2`;
  const [row] = await tx.$queryRawUnsafe<{ count: number }[]>(
    `select count(*)::int as count from public.${table.name} where account = $1 and deleted_at is null${ofParent}`,
    account,
    ...(parent === null ? [] : [parent.id]),
  );
  return row?.count ?? 0;
}

/** The ids of the living rows of a table, oldest first. */
export async function livingIds(tx: Statements, account: string, table: MirrorTable): Promise<readonly bigint[]> {
  const rows = await tx.$queryRawUnsafe<{ id: bigint }[]>(
    `select id from public.${table.name} where account = $1 and deleted_at is null order by id`,
    account,
  );
  return rows.map(({ id }) => id);
}

/** So many windows an incremental run reads at most; the vendor's own words are fewer than ten. */
const MAX_STATUSES = 30;

/**
 * The values of status that living rows have, as far as they are words that can be asked for: an odd value of one row must
 * not fail the run, nor thousands of them cost a request each.
 */
export async function knownStatuses(
  database: Statements,
  account: string,
  table: MirrorTable,
): Promise<readonly string[]> {
  const rows = await database.$queryRawUnsafe<{ status: string }[]>(
    // The words are matched once each, not once a row.
    `select status from (
       select status from (
         select status, count(*) as rows from public.${table.name} where account = $1 and deleted_at is null group by status) counted
       where status ~ '^[[:alnum:]_ -]{1,60}$' order by rows desc, status limit $2::integer) most
     order by status`,
    account,
    MAX_STATUSES,
  );
  return rows.map(({ status }) => status);
}
