import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { Night } from "./types.ts";

/** The runs since yesterday evening. */
export async function readNight(
  database: Database,
  { account, schedules }: Pick<Config, "account" | "schedules">,
  now: Date,
): Promise<Night> {
  const [row] = await database.$queryRaw<
    { from: Date; ended: number; failed: number; running: number; rows: number; requests: number }[]
  >`
    with night as materialized (
      select (date_trunc('day', ${now}::timestamptz at time zone ${schedules.timezone}) - interval '6 hours')
        at time zone ${schedules.timezone} as since)
    select since as "from", runs.*,
      (select count(*)::int from public.api_request where account = ${account} and at >= since) as requests
    from night, lateral (
      select count(*) filter (where state in ('proven', 'done', 'unproven', 'needs_review'))::int as ended,
        count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'running')::int as running,
        coalesce(sum(coalesce(inserted, 0) + coalesce(updated, 0) + coalesce(restored, 0) + coalesce(deleted, 0)), 0)::int as rows
      from public.sync_run where account = ${account} and started_at >= since) runs`;
  const { rows = 0, from = now, ended = 0, failed = 0, running = 0, requests = 0 } = row ?? {};
  return { from, ended, failed, running, rowsChanged: rows, requests };
}
