import type { Database } from "../../database/client.ts";

/** What the ended runs of a resource did, since the first one. */
export interface RunCount {
  readonly resource: string;
  readonly kind: string;
  readonly outcome: string;
  readonly count: number;
  readonly inserted: number;
  readonly updated: number;
  readonly restored: number;
  readonly deleted: number;
}

interface Found extends RunCount {
  readonly isPast: boolean;
  readonly last: number;
}

/**
 * Counts the runs of an account by their final state, which never changes again: a run that waits for a decision counts once it was
 * decided or a later one has replaced it. No run is ever deleted, so the counts only grow. What lies before the first run that is not
 * final is read once; not what is an hour old or less, because a run may become visible after one with a higher id.
 */
export function createRunCounter(database: Database, account: string) {
  let past: { readonly last: number; readonly counts: ReadonlyMap<string, RunCount> } = { last: 0, counts: new Map() };

  return {
    /** Not to be called again before it has ended. */
    async read(): Promise<readonly RunCount[]> {
      const found = await database.$queryRaw<Found[]>`
        with run as materialized (
          select id, resource, kind, state, started_at, inserted, updated, restored, deleted,
            state in ('proven', 'unproven', 'done', 'failed')
              or state = 'needs_review' and exists (select from public.sync_run later
                where later.account = run.account and later.resource = run.resource and later.kind = 'full' and later.id > run.id
                  and later.state in ('proven', 'unproven')) as is_final
          from public.sync_run run where account = ${account} and id > ${past.last}),
        open as (select min(id) as first from run where not is_final or started_at > now() - interval '1 hour')
        select resource, kind, state as outcome, (open.first is null or id < open.first) as "isPast", max(id) as last,
          count(*)::int as count,
          coalesce(sum(inserted), 0)::float8 as inserted, coalesce(sum(updated), 0)::float8 as updated,
          coalesce(sum(restored), 0)::float8 as restored, coalesce(sum(deleted), 0)::float8 as deleted
        from run, open where is_final group by resource, kind, state, 4`;
      const ended = found.filter(({ isPast }) => isPast);
      const last = ended.reduce((most, one) => Math.max(most, one.last), past.last);
      past = { last, counts: added(past.counts, ended) };
      return [
        ...added(
          past.counts,
          found.filter(({ isPast }) => !isPast),
        ).values(),
      ];
    },
  };
}

function added(counts: ReadonlyMap<string, RunCount>, more: readonly RunCount[]): ReadonlyMap<string, RunCount> {
  const sums = new Map(counts);
  for (const one of more) {
    const { resource, kind, outcome } = one;
    const key = `${resource} ${kind} ${outcome}`;
    const sum = sums.get(key) ?? { ...NONE, resource, kind, outcome };
    sums.set(key, {
      ...sum,
      count: sum.count + one.count,
      inserted: sum.inserted + one.inserted,
      updated: sum.updated + one.updated,
      restored: sum.restored + one.restored,
      deleted: sum.deleted + one.deleted,
    });
  }
  return sums;
}

const NONE = { count: 0, inserted: 0, updated: 0, restored: 0, deleted: 0 } as const;
