import type { Config } from "../../config/config.ts";
import { sql, type Database } from "../../database/client.ts";
import type { Night } from "./types.ts";

/** Yesterday at 18:00 in the time zone of the account. */
function eveningBefore(now: Date, timezone: string) {
  return sql`(date_trunc('day', ${now}::timestamptz at time zone ${timezone}) - interval '6 hours') at time zone ${timezone}`;
}

/** The runs since yesterday evening. */
export async function readNight(
  database: Database,
  { account, schedules }: Pick<Config, "account" | "schedules">,
  now: Date,
): Promise<Omit<Night, "requests">> {
  const [row] = await database.$queryRaw<Omit<Night, "requests">[]>`
    with night as materialized (select ${eveningBefore(now, schedules.timezone)} as since)
    select since as "from", runs.*
    from night, lateral (
      select count(*) filter (where state in ('proven', 'done', 'unproven', 'needs_review'))::int as ended,
        count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'running')::int as running,
        coalesce(sum(coalesce(inserted, 0) + coalesce(updated, 0) + coalesce(restored, 0) + coalesce(deleted, 0)), 0)::int as "rowsChanged"
      from public.sync_run where account = ${account} and started_at >= since) runs`;
  return row ?? { from: now, ended: 0, failed: 0, running: 0, rowsChanged: 0 };
}

/** The requests since yesterday evening. */
export async function countNightRequests(
  database: Database,
  { account, schedules }: Pick<Config, "account" | "schedules">,
  now: Date,
): Promise<number> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    with night as materialized (select ${eveningBefore(now, schedules.timezone)} as since)
    select (select count(*)::int from public.api_request where account = ${account} and at >= since) as count from night`;
  return row?.count ?? 0;
}
