import type { Database } from "../../database/client.ts";

const SUMS = ["count", "inserted", "updated", "restored", "deleted"] as const;

/** What the ended runs of a resource did, since the first one. */
export interface RunCount extends Readonly<Record<(typeof SUMS)[number], number>> {
  readonly resource: string;
  readonly kind: string;
  readonly outcome: string;
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
  let past: { readonly last: number; readonly counts: readonly RunCount[] } = { last: 0, counts: [] };

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
      past = { last, counts: added([...past.counts, ...ended]) };
      return added([...past.counts, ...found.filter(({ isPast }) => !isPast)]);
    },
  };
}

/** One for each resource, kind and outcome. */
function added(counts: readonly RunCount[]): readonly RunCount[] {
  const sums = new Map<string, Record<(typeof SUMS)[number], number> & RunCount>();
  for (const { resource, kind, outcome, ...one } of counts) {
    const key = `${resource} ${kind} ${outcome}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { resource, kind, outcome, ...one });
    else for (const name of SUMS) sum[name] += one[name];
  }
  return [...sums.values()];
}
