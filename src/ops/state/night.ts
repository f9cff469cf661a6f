import type { Config } from "../../config/config.ts";
import { sql, type Database } from "../../database/client.ts";

/** Yesterday at 18:00 in the time zone of the account. Stands in the condition itself, where the planner knows its value. */
function eveningBefore(now: Date, timezone: string) {
  return sql`(date_trunc('day', ${now}::timestamptz at time zone ${timezone}) - interval '6 hours') at time zone ${timezone}`;
}

/** Yesterday at 18:00 in the time zone of the account. */
export async function readEvening(database: Database, timezone: string, now: Date): Promise<Date> {
  const [row] = await database.$queryRaw<{ from: Date }[]>`select ${eveningBefore(now, timezone)} as "from"`;
  return row?.from ?? now;
}

interface Night {
  readonly from: Date;
  /** Those that ended well: proven, done, or unproven with every page read. */
  readonly ended: number;
  readonly failed: number;
  readonly running: number;
  /** Rows that were new, changed, restored or deleted. */
  readonly rowsChanged: number;
}

/** The runs since yesterday evening. */
export async function readNight(
  database: Database,
  { account, schedules }: Pick<Config, "account" | "schedules">,
  now: Date,
): Promise<Night> {
  const since = eveningBefore(now, schedules.timezone);
  const [row] = await database.$queryRaw<Night[]>`
    select ${since} as "from", count(*) filter (where state in ('proven', 'done', 'unproven', 'needs_review'))::int as ended,
      count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'running')::int as running,
      coalesce(sum(coalesce(inserted, 0) + coalesce(updated, 0) + coalesce(restored, 0) + coalesce(deleted, 0)), 0)::int as "rowsChanged"
    from public.sync_run where account = ${account} and started_at >= ${since}`;
  return row ?? { from: now, ended: 0, failed: 0, running: 0, rowsChanged: 0 };
}

/** The requests since yesterday evening. */
export async function countNightRequests(
  database: Database,
  { account, schedules }: Pick<Config, "account" | "schedules">,
  now: Date,
): Promise<number> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from public.api_request
    where account = ${account} and at >= ${eveningBefore(now, schedules.timezone)}`;
  return row?.count ?? 0;
}
