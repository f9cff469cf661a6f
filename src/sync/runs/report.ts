import type { Database } from "../../database/client.ts";

/** A run as it stands: figures of the pages read so far, or of the whole run once it has ended. Times ISO 8601. */
export interface RunReport {
  readonly run: number;
  readonly resource: string;
  readonly kind: string;
  readonly trigger: string;
  readonly state: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** The length of the list as the source announced it; null of an incremental run, which reads several. */
  readonly total: number | null;
  readonly pages: number;
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly restored: number;
  readonly quarantined: number;
  /** Rows it selected to complete them one by one, and those that were; null: it has not come to that. */
  readonly details: { readonly selected: number; readonly completed: number } | null;
  /** What the outcome of a full run rests on. Null: not a full one, or not there yet. */
  readonly proof: {
    /** Different rows that stood on its pages. */
    readonly seen: number;
    /** The shortest that the list was while it was read; null where the API does not report it. */
    readonly leastTotal: number | null;
    /** Pages that were read over what was covered already, to be sure that nothing slipped through. */
    readonly overlapping: number;
    /** Living rows of the mirror that the run could compare with; null: it proved nothing. */
    readonly known: number | null;
    /** Of those: rows that it did not see. */
    readonly candidates: number | null;
    /** Candidates that were marked as deleted, and those that turned out to be there. */
    readonly deleted: number;
    readonly refuted: number;
  } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The state and figures of these runs, in the order of their ids. */
export async function reportRuns(database: Database, ids: readonly number[]): Promise<readonly RunReport[]> {
  const runs = await database.syncRun.findMany({
    where: { id: { in: [...ids] } },
    orderBy: { id: "asc" },
    include: { walkers: { select: { total: true, parent: true } } },
  });
  return Promise.all(
    runs.map(async (run): Promise<RunReport> => {
      const isFull = run.kind === "full";
      const reported = totalOf(run.walkers);
      const total = isFull ? (run.total ?? reported) : null;
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
        restored: sums.restored ?? 0,
        quarantined: sums.quarantined ?? 0,
        details: run.details === null ? null : { selected: run.details, completed: run.detailed },
        proof:
          !isFull || run.seen === null || run.state === "failed"
            ? null
            : {
                seen: run.seen,
                leastTotal: run.leastTotal,
                overlapping: run.overlapping ?? 0,
                known: run.known,
                candidates: run.candidates,
                deleted: run.deleted ?? 0,
                refuted: run.refuted ?? 0,
              },
        error: run.errorCode === null ? null : { code: run.errorCode, message: run.errorMessage ?? "" },
      };
    }),
  );
}

/** The length of the list as the source reported it, or of all lists once each has been begun. */
function totalOf(walkers: readonly { readonly total: number | null; readonly parent: bigint | null }[]): number | null {
  const nested = walkers.filter(({ parent }) => parent !== null);
  if (nested.length === 0) return walkers.find(({ total }) => total !== null)?.total ?? null;
  return nested.some(({ total }) => total === null) ? null : nested.reduce((sum, { total }) => sum + (total ?? 0), 0);
}

/** What the log says of a run that has ended. */
export function summaryOf({ run, resource, kind, state, rows, pages, startedAt, finishedAt }: RunReport) {
  const seconds = Math.round((Date.parse(finishedAt ?? startedAt) - Date.parse(startedAt)) / 1000);
  return { run, resource, sync: kind, outcome: state, rows, pages, seconds };
}

/** The latest runs of an account, newest first. */
export async function latestRuns(database: Database, account: string, limit: number): Promise<readonly RunReport[]> {
  const latest = { where: { account }, orderBy: { id: "desc" }, take: limit, select: { id: true } } as const;
  const ids = (await database.syncRun.findMany(latest)).map(({ id }) => id);
  const runs = await reportRuns(database, ids);
  return runs.toReversed();
}

async function sumPages(database: Database, run: number) {
  const { _count, _sum } = await database.syncPage.aggregate({
    where: { runId: run },
    _count: { _all: true },
    _sum: { inserted: true, updated: true, restored: true, unchanged: true, quarantined: true },
  });
  const { inserted, updated, restored, unchanged, quarantined } = _sum;
  const rows = (inserted ?? 0) + (updated ?? 0) + (restored ?? 0) + (unchanged ?? 0);
  return { pages: _count._all, rows, inserted, updated, restored, unchanged, quarantined };
}
