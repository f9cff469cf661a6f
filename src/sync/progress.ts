import type { Database } from "../database.ts";

/** A run as it stands: figures of the pages read so far, or of the whole run once it has ended. Times ISO 8601. */
export interface RunReport {
  readonly run: number;
  readonly resource: string;
  readonly kind: string;
  readonly trigger: string;
  readonly state: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Rows the source announced. */
  readonly total: number | null;
  readonly pages: number;
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly quarantined: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The state and figures of the given runs, in the order of their ids. */
export async function reportRuns(database: Database, ids: readonly number[]): Promise<readonly RunReport[]> {
  const runs = await database.syncRun.findMany({
    where: { id: { in: [...ids] } },
    orderBy: { id: "asc" },
    include: { walkers: { select: { total: true } } },
  });
  return Promise.all(
    runs.map(async (run): Promise<RunReport> => {
      const total = run.total ?? run.walkers.find((walker) => walker.total !== null)?.total ?? null;
      const sums = run.pages === null ? await sumPages(database, run.id) : run;
      return {
        run: run.id,
        resource: run.resource,
        kind: run.kind,
        trigger: run.trigger,
        state: run.state,
        startedAt: run.startedAt.toISOString(),
        finishedAt: run.finishedAt?.toISOString() ?? null,
        total,
        pages: sums.pages ?? 0,
        // While it runs, rows that two pages hold are counted twice.
        rows: run.pages === null ? Math.min(sums.rows ?? 0, total ?? Infinity) : (run.rows ?? 0),
        inserted: sums.inserted ?? 0,
        updated: sums.updated ?? 0,
        unchanged: sums.unchanged ?? 0,
        quarantined: sums.quarantined ?? 0,
        error: run.errorCode === null ? null : { code: run.errorCode, message: run.errorMessage ?? "" },
      };
    }),
  );
}

/** The latest runs of an account, newest first. */
export async function latestRuns(database: Database, account: string, limit: number): Promise<readonly RunReport[]> {
  const ids = await database.syncRun.findMany({
    where: { account },
    orderBy: { id: "desc" },
    take: limit,
    select: { id: true },
  });
  return (
    await reportRuns(
      database,
      ids.map(({ id }) => id),
    )
  ).toReversed();
}

/** When the last complete run of a resource began: what the mirror of it is as fresh as. */
export async function freshAsOf(database: Database, account: string, resource: string): Promise<Date | null> {
  const run = await database.syncRun.findFirst({
    where: { account, resource, state: "complete" },
    orderBy: { id: "desc" },
    select: { startedAt: true },
  });
  return run?.startedAt ?? null;
}

/** How long the list of a resource was by its last full run that was told; null before one. */
export async function lastTotal(database: Database, account: string, resource: string): Promise<number | null> {
  const run = await database.syncRun.findFirst({
    where: { account, resource, kind: "full", total: { not: null } },
    orderBy: { id: "desc" },
    select: { total: true },
  });
  return run?.total ?? null;
}

async function sumPages(database: Database, run: number) {
  const { _count, _sum } = await database.syncPage.aggregate({
    where: { runId: run },
    _count: { _all: true },
    _sum: { inserted: true, updated: true, unchanged: true, quarantined: true },
  });
  const { inserted, updated, unchanged, quarantined } = _sum;
  const rows = (inserted ?? 0) + (updated ?? 0) + (unchanged ?? 0);
  return { pages: _count._all, rows, inserted, updated, unchanged, quarantined };
}
