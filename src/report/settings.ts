/** What the schema `report` needs to know of the settings of the worker. */
import type { Logger } from "pino";
import type { Database } from "../database/client.ts";

/**
 * Stores the time zone whose days reports count. If it is another one, the maintenance recomputes all facts of the account, which takes
 * minutes for a million applications. If Postgres does not know it, the former stays, and the log says so.
 */
export async function storeTimezone(
  database: Database,
  account: string,
  timezone: string,
  logger?: Pick<Logger, "warn">,
): Promise<void> {
  const same = await database.$queryRaw<object[]>`
    select from public.account where account = ${account} and timezone = ${timezone}`;
  if (same.length > 0) return;
  const stored = await database.$executeRaw`
    update public.account set timezone = ${timezone}
    from (select set_config('applicant_sync.facts', 'later', true) offset 0) facts where account = ${account}
      and exists (select from pg_catalog.pg_timezone_names where lower(name) = lower(${timezone}))`;
  if (stored === 0)
    logger?.warn({ timezone }, "Postgres does not know TIMEZONE: reports count the days of the former time zone");
}

/** A list, and when its copy becomes late, overdue and unproven if nothing happens before; null: never. */
export interface Deadlines {
  readonly resource: string;
  readonly isScheduled: boolean;
  readonly lateAt: Date | null;
  readonly overdueAt: Date | null;
  readonly unprovenAt: Date | null;
}

/** Stores, where it differs, what the word of report.freshness follows from: it is right without a worker, too. */
export async function storeDeadlines(database: Database, account: string, lists: readonly Deadlines[]): Promise<void> {
  await database.$executeRaw`
    with due as (
      select * from jsonb_to_recordset(${JSON.stringify(lists)}::jsonb) as d (resource text, "isScheduled" boolean,
        "lateAt" timestamptz, "overdueAt" timestamptz, "unprovenAt" timestamptz)),
    gone as (delete from public.report_schedule where account = ${account} and resource not in (select resource from due))
    insert into public.report_schedule as old (account, resource, is_scheduled, late_at, overdue_at, unproven_at)
    select ${account}, due.* from due order by resource
    on conflict (account, resource) do update set is_scheduled = excluded.is_scheduled, late_at = excluded.late_at,
      overdue_at = excluded.overdue_at, unproven_at = excluded.unproven_at
    where (old.is_scheduled, old.late_at, old.overdue_at, old.unproven_at)
      is distinct from (excluded.is_scheduled, excluded.late_at, excluded.overdue_at, excluded.unproven_at)`;
}
