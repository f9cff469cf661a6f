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

/**
 * Counts the runs of an account by their final state, which never changes again: a run that waits for a decision counts once it was
 * decided or a later one has replaced it. No run is ever deleted, so the counts only grow.
 */
export function countRuns(database: Database, account: string): Promise<readonly RunCount[]> {
  return database.$queryRaw<RunCount[]>`
    select resource, kind, state as outcome, count(*)::int as count,
      coalesce(sum(inserted), 0)::float8 as inserted, coalesce(sum(updated), 0)::float8 as updated,
      coalesce(sum(restored), 0)::float8 as restored, coalesce(sum(deleted), 0)::float8 as deleted
    from public.sync_run run
    where account = ${account} and (state in ('proven', 'unproven', 'done', 'failed')
      or state = 'needs_review' and exists (select from public.sync_run later
        where later.account = run.account and later.resource = run.resource and later.kind = 'full' and later.id > run.id
          and later.state in ('proven', 'unproven')))
    group by resource, kind, state`;
}
