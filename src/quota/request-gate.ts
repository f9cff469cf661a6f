import { preparedSql, sql, type Database } from "../database/client.ts";
import { withoutPrisma } from "../database/statements.ts";
import { AppError } from "../platform/errors.ts";
import { isLockTimeout } from "../database/errors.ts";
import type { RecentRequests } from "./forbidden.ts";

const MINUTE_MS = 60_000;
/** A path that was answered within this time is open to the key. */
const ANSWERED_MS = 7 * 86_400_000;
/** This many 403s in a row, each seemingly about its own request, are about all requests; fewer may have been in flight together. */
const MOST_ALONE = 10;

/** The request gate, as the client of the API sees it. */
export interface RequestLog {
  /**
   * Counts a request before it is sent. `waitMs` > 0: the last 60 s are full; `isPaused`: it is a pause after a 403 that
   * keeps it here; `held`: the kill switch keeps a request that creates here. Then nothing may be sent, and nothing was counted. Throws
   * `request_gate_busy`.
   */
  open(entry: {
    readonly method: string;
    /** A template (`/applications/:id`): never a value. */
    readonly path: string;
    readonly job: string | null;
    /** Whether it creates something that a person may be e-mailed about. */
    readonly creates?: boolean;
  }): Promise<{ readonly id: bigint; readonly waitMs: number; readonly held?: boolean; readonly isPaused?: boolean }>;
  /** The outcome of a request that was sent. `errorKind` is an `ApiErrorKind` or the code of another error; `status` null: no answer. */
  close(
    id: bigint,
    result: {
      readonly status: number | null;
      readonly durationMs: number;
      readonly bytes: number;
      readonly errorKind: string | null;
    },
  ): Promise<void>;
  /** What decides what a 403 means. Asked before the answer in question is closed, so it does not count itself. */
  recent(path: string, method: string): Promise<RecentRequests>;
  /** Records a 403 that is not about the request itself. Returns how long nothing is to be asked, in milliseconds. */
  refused?(id: bigint): Promise<number>;
}

export interface RequestLogOptions {
  readonly account: string;
  readonly requestsPerMinute: number;
}

export interface QuotaUse {
  readonly lastMinute: number;
  readonly lastHour: number;
}

/**
 * The log of every request to the API (`api_request`), and the last gate before the quota: a request is
 * counted before it is sent, by the clock of the database, under a lock per account. So no rolling minute of ours holds
 * more than the quota even where the queue has lost its limiter (a flushed Redis, hosts whose clocks differ), and a
 * request in flight when its process dies is still counted. Its writes do not wait for the disk (the walkers of a slow
 * API would wait for it at every step): a crash of Postgres itself may forget the requests of its last half second.
 */
export function createRequestLog(database: Database, { account, requestsPerMinute }: RequestLogOptions) {
  let waits = 0;
  const log: Required<RequestLog> = {
    async open({ method, path, job, creates = false }) {
      try {
        const [opened] = await withoutPrisma(database).$queryRaw<
          readonly [{ id: bigint; wait_ms: number; held: boolean; pause_ms: number }]
        >(
          preparedSql(sql`
          select id, wait_ms, held, case when id > 0 then public.check_api_pause(${account}, id) else 0 end as pause_ms
          from public.open_request(${account}, ${requestsPerMinute}::integer, ${method}, ${path}, ${job},
            ${creates}::boolean)`),
        );
        const { id, wait_ms: waitMs, pause_ms: pauseMs, held } = opened;
        if (waitMs + pauseMs > 0) waits += 1;
        return { id, waitMs: waitMs + pauseMs, held, isPaused: pauseMs > 0 };
      } catch (error) {
        throw isLockTimeout(error) ? gateBusy(account, error) : error;
      }
    },

    async refused(id) {
      const [noted] = await database.$queryRaw<readonly [{ ms: number }]>`
        select public.note_api_refusal(${account}, ${id}) as ms`;
      return noted.ms;
    },

    async close(id, { status, durationMs, bytes, errorKind }) {
      await withoutPrisma(database).$executeRaw(
        preparedSql(sql`
        with unsynced as materialized (select set_config('synchronous_commit', 'off', true)),
        closed as (
          update public.api_request set status = ${status}::smallint, duration_ms = ${durationMs}::integer,
            bytes = ${bytes}::integer, error_kind = ${errorKind}::text
          from unsynced where id = ${id} returning account, at)
        -- An answer to a request that left after the latest 403 ends the pause.
        delete from public.api_pause p using closed c
        where p.account = c.account and p.noted_at < c.at and ${status}::smallint not in (403, 429)`),
      );
    },

    async recent(path, method) {
      const since = new Date(Date.now() - ANSWERED_MS);
      const latest = await database.apiRequest.findMany({
        where: { account, method, path, status: { not: null }, at: { gt: since } },
        orderBy: { id: "desc" },
        take: 50,
        select: { status: true, at: true },
      });
      const refused = refusedOf(latest);
      const [row] = await database.$queryRaw<
        { answered: boolean; for_ms: number; others: boolean; refused: boolean; paused: boolean }[]
      >`
        select exists (select from public.api_request where account = ${account} and method = ${method} and path = ${path}
            and status between 200 and 299 and at > ${since}) as answered,
          coalesce(extract(epoch from clock_timestamp() - ${refused.at(-1)?.at ?? null}::timestamptz) * 1000, 0)::float8 as for_ms,
          exists (select from public.api_request where account = ${account} and (method <> ${method} or path <> ${path})
            and status between 200 and 299 and at > ${refused.at(-1)?.at ?? null}::timestamptz) as others,
          (select coalesce(bool_or(error_kind is distinct from 'refused-alone'), false) or count(*) >= ${MOST_ALONE}
            from public.api_request where account = ${account} and status = 403 and at > statement_timestamp() - interval '1 hour'
            and at > coalesce((select max(at) from public.api_request where account = ${account}
              and status between 200 and 299), '-infinity')) as refused,
          exists (select from public.api_pause where account = ${account}
            and until > clock_timestamp() - interval '1 hour') as paused`;
      return {
        lastMinute: (await quotaUse(database, account)).lastMinute,
        pathAnswered: row?.answered ?? false,
        refusedInARow: countBursts(refused),
        refusedForMs: row?.for_ms ?? 0,
        othersAnswered: row?.others ?? false,
        othersRefused: row?.refused ?? false,
        pauseStands: row?.paused ?? false,
      };
    },
  };

  return {
    ...log,

    /** How many requests were kept back here, since this was created, because the minute was full or the API is left alone. */
    waits: (): number => waits,

    use: (): Promise<QuotaUse> => quotaUse(database, account),

    /** The 90th percentile of the latest 50 answered requests of the last day, in milliseconds; null without any. */
    async latencyMs(): Promise<number | null> {
      const [row] = await database.$queryRaw<{ p90: number | null }[]>`
        select percentile_cont(0.9) within group (order by duration_ms) as p90 from (
          select duration_ms from public.api_request
          where account = ${account} and method = 'GET' and status = 200 and at > now() - interval '1 day'
          order by at desc limit 50) latest`;
      return row?.p90 ?? null;
    },

    /** Deletes the rows of requests older than 30 days, of every account. Returns how many. */
    prune: async (): Promise<number> =>
      database.$executeRaw`delete from public.api_request where at < now() - interval '30 days'`,
  };
}

function gateBusy(account: string, cause: unknown): AppError {
  const message = `Another transaction holds the request gate of account ${account} (its row of account_lock): nothing was sent.`;
  return new AppError("request_gate_busy", message, { cause });
}

interface Answered {
  readonly status: number | null;
  readonly at: Date;
}

/** The latest consecutive 403s, newest first. */
function refusedOf(latest: readonly Answered[]): readonly Answered[] {
  const firstOther = latest.findIndex(({ status }) => status !== 403);
  return firstOther === -1 ? latest : latest.slice(0, firstOther);
}

/** How many times in a row the API refused. Requests that were in flight together count once. */
function countBursts(refused: readonly Answered[]): number {
  return refused.filter(({ at }, i) => {
    const before = refused[i + 1];
    return before === undefined || at.getTime() - before.at.getTime() > MINUTE_MS / 2;
  }).length;
}

/** Requests of an account in the last minute and hour, those in flight included. */
export async function quotaUse(database: Database, account: string): Promise<QuotaUse> {
  const [row] = await database.$queryRaw<{ minute: number; hour: number }[]>`
    select count(*) filter (where at > clock_timestamp() - interval '1 minute')::int as minute, count(*)::int as hour
    from public.api_request where account = ${account} and at > now() - interval '1 hour'`;
  return { lastMinute: row?.minute ?? 0, lastHour: row?.hour ?? 0 };
}
