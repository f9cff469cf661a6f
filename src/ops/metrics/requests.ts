/** Counters of requests, from the request log: it also holds those of commands, and knows each once. */
import type { Database } from "../../database/client.ts";

/**
 * What a request had for an outcome: `ok`, why it failed (as `error_kind` of the log says, see `ApiErrorKind`), `stopped` with the
 * process, `not_sent` after all, or `lost`: its process died before an answer came.
 */
export const OUTCOMES = [
  "ok",
  "quota",
  "refused",
  "refused_alone",
  "unauthorised",
  "not_found",
  "invalid",
  "unreachable",
  "unreadable",
  "stopped",
  "not_sent",
  "lost",
  "other",
] as const;
export type RequestOutcome = (typeof OUTCOMES)[number];

/** Who a request was for, in the order of the queue: an import, a person at a terminal, an incremental or a full sync; `other`: no job. */
export const LANES = ["write", "person", "incremental", "full", "other"] as const;
export type Lane = (typeof LANES)[number];

/** The outcomes with which the API refuses a request. */
export const REFUSALS = [
  "quota",
  "refused",
  "refused_alone",
  "unauthorised",
] as const satisfies readonly RequestOutcome[];

export interface RequestCount {
  readonly outcome: RequestOutcome;
  readonly lane: Lane;
  readonly count: number;
}

/** Requests in rolling minutes. */
export interface QuotaWindow {
  readonly now: number;
  /** In any minute of the last hour. */
  readonly most: number;
}

interface Found {
  readonly error_kind: string | null;
  readonly lane: string | null;
  readonly is_open: boolean;
  readonly is_answered: boolean;
  readonly count: number;
  readonly ids: readonly bigint[];
  readonly first: Date;
  readonly latest: Date;
  readonly last: bigint;
}

/**
 * Counts the requests of an account since a time of `performance.now()`. The log is pruned, so a sum over it would fall: each request is
 * counted once, when its outcome is known. The gate writes the requests of an account one after the other, so their ids are in order.
 */
export function createRequestCounter(database: Database, account: string, since: number = performance.now()) {
  const counts = new Map<string, RequestCount>();
  let seen: { readonly last: bigint; readonly from: Date; readonly open: readonly bigint[] } | null = null;

  function add(outcome: RequestOutcome, lane: Lane, count: number): void {
    const key = `${outcome} ${lane}`;
    counts.set(key, { outcome, lane, count: (counts.get(key)?.count ?? 0) + count });
  }
  for (const outcome of OUTCOMES) for (const lane of LANES) add(outcome, lane, 0);

  /** Where counting begins, by the clock of the database. */
  async function begin() {
    const [row] = await database.$queryRaw<readonly [{ last: bigint; from: Date }]>`
      select coalesce((select id from public.api_request where account = ${account} and at < since order by at desc limit 1), 0)::bigint as last,
        since as "from"
      from (select clock_timestamp() - make_interval(secs => ${(performance.now() - since) / 1000}::float8) as since) beginning`;
    return { ...row, open: [] };
  }

  return {
    /** Not to be called again before it has ended. */
    async read(): Promise<readonly RequestCount[]> {
      seen ??= await begin();
      const { last, from, open } = seen;
      // By time as well, for which there is an index; the clock of the database may have been set back meanwhile. No request lasts
      // for five minutes.
      const found = await database.$queryRaw<Found[]>`
        select error_kind, lane, is_open, is_answered, count(*)::int as count, array_agg(id) as ids, min(at) as first,
          max(at) as latest, max(id) as last
        from (
          select r.id, r.at, r.error_kind, r.status is not null as is_answered,
            r.duration_ms is null and r.at > clock_timestamp() - interval '5 minutes' as is_open,
            case
              when r.job ~ '^(deliver|reconcile)-' then 'write'
              when r.job ~ '^(confirm|control|detail)-' then 'incremental'
              when r.job ~ '^page-\\d{1,9}-' then (select case run.trigger when 'command' then 'person' else run.kind end
                from public.sync_run run where run.id = split_part(r.job, '-', 2)::int)
            end as lane
          from public.api_request r
          where r.account = ${account} and r.at >= ${from}::timestamptz - interval '10 minutes'
            and (r.id > ${last} or r.id = any(${open}::bigint[]))) request
        group by error_kind, lane, is_open, is_answered`;
      const isOpen = found.filter(({ is_open }) => is_open);
      for (const one of found) if (!one.is_open) add(outcomeOf(one), laneOf(one.lane), one.count);
      seen = {
        last: found.reduce((most, one) => (one.last > most ? one.last : most), last),
        from: new Date(Math.min(...(isOpen.length > 0 ? isOpen.map(({ first }) => +first) : latestOf(found, from)))),
        open: isOpen.flatMap(({ ids }) => ids),
      };
      return [...counts.values()];
    },
  };
}

function latestOf(found: readonly Found[], from: Date): readonly number[] {
  return [Math.max(+from, ...found.map(({ latest }) => +latest))];
}

function outcomeOf({ error_kind: kind, is_answered: isAnswered }: Found): RequestOutcome {
  if (kind === null) return isAnswered ? "ok" : "lost";
  if (kind === "stale") return "not_sent";
  return OUTCOMES.find((one) => one === kind.replace("-", "_")) ?? "other";
}

function laneOf(lane: string | null): Lane {
  return LANES.find((one) => one === lane) ?? "other";
}

/** How near the requests of an account came to its quota. */
export async function quotaWindow(database: Database, account: string): Promise<QuotaWindow> {
  const [row] = await database.$queryRaw<readonly [QuotaWindow]>`
    -- now(), because an index is of no use to compare with clock_timestamp(), which may change for each row.
    select coalesce(max(requests) filter (where at > now() - interval '1 hour'), 0)::int as most,
      (count(*) filter (where at > now() - interval '1 minute'))::int as now
    from (select at, count(*) over (order by at range between interval '60 seconds' preceding and current row) as requests
      from public.api_request where account = ${account} and at > now() - interval '61 minutes') minute`;
  return row;
}
