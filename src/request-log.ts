import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { isLockTimeout } from "./database-error.ts";

const MINUTE_MS = 60_000;

export interface RequestLogOptions {
  readonly account: string;
  readonly requestsPerMinute: number;
}

export interface QuotaUse {
  readonly lastMinute: number;
  readonly lastHour: number;
}

/**
 * The log of every request that leaves for the API (`api_request`), and the last gate before the quota: a request is
 * counted before it leaves, by the clock of the database, under a lock per account. So no rolling minute of ours holds
 * more than the quota even where the queue has lost its limiter (a flushed Redis, hosts whose clocks differ), and a
 * request in flight when its process dies is still counted. Its writes do not wait for the disk (the walkers of a slow
 * API would wait for it at every step): a crash of Postgres itself may forget the requests of its last half second.
 */
export function createRequestLog(database: Database, { account, requestsPerMinute }: RequestLogOptions) {
  return {
    /**
     * Counts a request that is about to leave. `waitMs` > 0: the minute is full; `held`: imports are held, and the request
     * would create. Then nothing may be sent and nothing was counted. Throws `request_gate_busy`.
     */
    async open({
      method,
      path,
      job,
      creates = false,
    }: {
      readonly method: string;
      readonly path: string;
      readonly job: string | null;
      readonly creates?: boolean;
    }): Promise<{ readonly id: bigint; readonly waitMs: number; readonly held: boolean }> {
      try {
        const [opened] = await database.$queryRaw<readonly [{ id: bigint; wait_ms: number; held: boolean }]>`
          select id, wait_ms, held from public.open_request(${account}, ${requestsPerMinute}::integer, ${method}, ${path}, ${job},
            ${creates}::boolean)`;
        return { id: opened.id, waitMs: opened.wait_ms, held: opened.held };
      } catch (error) {
        throw isLockTimeout(error) ? gateBusy(account, error) : error;
      }
    },

    /** Completes the row of a request with what came of it. */
    async close(
      id: bigint,
      result: {
        readonly status: number | null;
        readonly durationMs: number;
        readonly bytes: number;
        readonly errorKind: string | null;
      },
    ): Promise<void> {
      const { status, durationMs, bytes, errorKind } = result;
      await database.$executeRaw`
        with unsynced as materialized (select set_config('synchronous_commit', 'off', true))
        update public.api_request set status = ${status}::smallint, duration_ms = ${durationMs}::integer,
          bytes = ${bytes}::integer, error_kind = ${errorKind}::text
        from unsynced where id = ${id}`;
    },

    /** What decides whether a 403 is the quota: our own load, the row of refusals, and whether `path` was answered lately. */
    async recent(path: string): Promise<{
      readonly lastMinute: number;
      readonly refusedInARow: number;
      readonly pathAnsweredLately: boolean;
    }> {
      const latest = await database.apiRequest.findMany({
        where: { account, status: { not: null } },
        orderBy: { id: "desc" },
        take: 50,
        select: { status: true, at: true },
      });
      const answered = await database.apiRequest.findFirst({
        where: { account, path, at: { gt: new Date(Date.now() - 10 * MINUTE_MS) }, status: { gte: 200, lt: 300 } },
        select: { id: true },
      });
      return {
        lastMinute: (await quotaUse(database, account)).lastMinute,
        refusedInARow: countRefusals(latest),
        pathAnsweredLately: answered !== null,
      };
    },

    /** The 90th percentile of the latest 50 answered requests of the last day, in milliseconds; null without any. */
    async latencyMs(): Promise<number | null> {
      const [row] = await database.$queryRaw<{ p90: number | null }[]>`
        select percentile_cont(0.9) within group (order by duration_ms) as p90 from (
          select duration_ms from public.api_request
          where account = ${account} and method = 'GET' and status = 200 and at > now() - interval '1 day'
          order by at desc limit 50) latest`;
      return row?.p90 ?? null;
    },
  };
}

function gateBusy(account: string, cause: unknown): AppError {
  const message = `Another transaction holds the request gate of account ${account} (its row of account_lock): nothing was sent.`;
  return new AppError("request_gate_busy", message, { cause });
}

/** How many times in a row the API refused, newest first: requests in flight together are refused together, once. */
function countRefusals(latest: readonly { readonly status: number | null; readonly at: Date }[]): number {
  const firstOther = latest.findIndex(({ status }) => status !== 403);
  const refused = firstOther === -1 ? latest : latest.slice(0, firstOther);
  return refused.filter(({ at }, i) => {
    const before = refused[i + 1];
    return before === undefined || at.getTime() - before.at.getTime() > MINUTE_MS / 2;
  }).length;
}

/** Requests of an account in the last minute and hour, those in flight included. */
export async function quotaUse(database: Database, account: string): Promise<QuotaUse> {
  const [row] = await database.$queryRaw<{ minute: number; hour: number }[]>`
    select count(*) filter (where at > clock_timestamp() - interval '1 minute')::int as minute, count(*)::int as hour
    from public.api_request where account = ${account} and at > clock_timestamp() - interval '1 hour'`;
  return { lastMinute: row?.minute ?? 0, lastHour: row?.hour ?? 0 };
}

/** Deletes the rows of requests older than 30 days, of every account. Returns how many. */
export async function pruneRequests(database: Database): Promise<number> {
  return database.$executeRaw`delete from public.api_request where at < now() - interval '30 days'`;
}
