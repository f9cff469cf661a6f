/** What the schema `report` needs to know of the settings of the worker. */
import type { Config } from "../config/config.ts";
import type { Database } from "../database/client.ts";
import { longestGapMs } from "../schedule/cron.ts";
import { pullsOf } from "../schedule/pulls.ts";

/**
 * Stores the time zone whose days reports count, and how often each list is due. Another time zone makes all facts of the account
 * anew, which takes minutes for a million applications. Returns whether Postgres knows the time zone; otherwise the former stays.
 */
export async function storeReportSettings(database: Database, config: Config): Promise<boolean> {
  const { account, schedules } = config;
  const { timezone } = schedules;
  const known = await database.$queryRaw<object[]>`
    select from public.account where account = ${account} and timezone = ${timezone}`;
  const isKnown =
    known.length > 0 ||
    (await database.$executeRaw`
      update public.account set timezone = ${timezone} where account = ${account}
        and exists (select from pg_catalog.pg_timezone_names where lower(name) = lower(${timezone}))`) > 0;
  const rows = pullsOf(config)
    .filter(({ kind }) => kind === "full")
    .map(({ resource, expression }) => {
      const gapMs = expression === null ? null : longestGapMs(expression, timezone, new Date());
      return { resource, period: gapMs === null ? null : Math.round(gapMs / 1_000) };
    });
  await database.$executeRaw`
    with due as (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as d (resource text, period integer)),
    gone as (delete from public.report_schedule where account = ${account} and resource not in (select resource from due))
    insert into public.report_schedule as old (account, resource, period_seconds) select ${account}, resource, period from due order by 1, 2
    on conflict (account, resource) do update set period_seconds = excluded.period_seconds
      where old.period_seconds is distinct from excluded.period_seconds`;
  return isKnown;
}
