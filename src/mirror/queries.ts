import type { Database, Executor } from "../database/client.ts";
import { tableNames, type MirrorTable, type TableName } from "./tables.ts";

export interface TableCount {
  readonly table: TableName;
  readonly rows: number;
  /** Rows that are no longer at the source. */
  readonly deleted: number;
  /** When a row of the table last changed, ISO 8601. */
  readonly lastChange: string | null;
}

/**
 * How many living and deleted rows of an account each mirrored table holds: those of `belonging`, and any other that has
 * rows of it.
 */
export async function countMirror(
  database: Database,
  account: string,
  belonging: readonly TableName[],
): Promise<readonly TableCount[]> {
  const counts = tableNames.map(
    (name) => `select '${name}' as table, count(*) filter (where deleted_at is null)::int as rows,
      count(deleted_at)::int as deleted, max(changed_at) as last_change from public.${name} where account = $1`,
  );
  const found = await database.$queryRawUnsafe<
    { table: TableName; rows: number; deleted: number; last_change: Date | null }[]
  >(counts.join(" union all "), account);
  return found
    .filter(({ table, last_change }) => last_change !== null || belonging.includes(table))
    .toSorted((a, b) => tableNames.indexOf(a.table) - tableNames.indexOf(b.table))
    .map(({ last_change, ...count }) => ({ ...count, lastChange: last_change?.toISOString() ?? null }));
}

export interface CampaignLine {
  /** Null where applications name no campaign. */
  readonly id: string | null;
  readonly campaign: string;
  readonly status: string;
  readonly applications: number;
}

/** The campaigns with most applications, by the status of these. */
export async function applicationsPerCampaign(
  database: Database,
  account: string,
  campaigns: number,
): Promise<readonly CampaignLine[]> {
  return database.$queryRaw<CampaignLine[]>`
    with busiest as (
      select campaign_id, count(*) as applications from public.application
      where account = ${account} and deleted_at is null
      group by campaign_id order by count(*) desc, campaign_id limit ${campaigns})
    select b.campaign_id::text as id, coalesce(c.name, 'campaign ' || b.campaign_id, 'none') as campaign, coalesce(a.status, 'none') as status,
      count(*)::int as applications
    from busiest b
    join public.application a on a.account = ${account} and a.campaign_id is not distinct from b.campaign_id and a.deleted_at is null
    left join public.campaign c on c.account = ${account} and c.id = b.campaign_id
    group by b.applications, b.campaign_id, c.name, a.status
    order by b.applications desc, b.campaign_id, applications desc`;
}

export interface WeekLine {
  /** The Monday the week begins with, YYYY-MM-DD. */
  readonly week: string;
  readonly applications: number;
}

/** Applications of the latest weeks that have any, newest first. */
export async function applicationsPerWeek(
  database: Database,
  account: string,
  weeks: number,
): Promise<readonly WeekLine[]> {
  return database.$queryRaw<WeekLine[]>`
    select to_char(date_trunc('week', created_at at time zone 'UTC'), 'YYYY-MM-DD') as week, count(*)::int as applications
    from public.application where account = ${account} and deleted_at is null and created_at is not null
    group by 1 order by 1 desc limit ${weeks}`;
}

/** How many living rows the mirror holds of a status: those that reached it on a day or later (`window`), and all. */
export async function countWindow(
  tx: Executor,
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
  tx: Executor,
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
export async function livingIds(tx: Executor, account: string, table: MirrorTable): Promise<readonly bigint[]> {
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
  database: Executor,
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
