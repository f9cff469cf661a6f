import type { Logger } from "pino";
import type { CallContext } from "../api/client.ts";
import type { Decider } from "../database/audit.ts";
import { inTransaction } from "../database/client.ts";
import { databaseErrorOf } from "../database/errors.ts";
import { withoutPrisma } from "../database/statements.ts";
import { AppError } from "../platform/errors.ts";
import type { SyncContext } from "./context.ts";
import { conclude } from "./conclusion/absences.ts";
import { confirmRow, giveRowUp, type RowJob } from "./conclusion/confirm.ts";
import { confirmJobs, detailJobs, pageJobs, type SyncJob } from "./jobs.ts";
import { recordPage, requestPage } from "./reading/page.ts";
import { completeRow, leaveRow, openDetails, type DetailJob } from "./details/details.ts";
import { firstWalkers, leaveList, openLists, parentsOf } from "./reading/lists.ts";
import { resources, type Resource, type ResourceName } from "./resources.ts";
import { loadRun, runningRuns, type Run } from "./runs/load-run.ts";
import { reportRuns, summaryOf } from "./runs/report.ts";
import { dropTick, failRun, startRun, type RunKind, type Tick, type Trigger } from "./runs/runs.ts";
import type { Walker } from "./reading/walker.ts";

export interface SyncDeps extends SyncContext {
  /** Adds a job unless the same one is waiting or running. */
  readonly enqueue: (job: SyncJob) => Promise<void>;
  /** Makes the facts that reports read of the rows that were written. */
  readonly makeFacts: () => Promise<void>;
  readonly logger: Pick<Logger, "info" | "warn">;
}

export interface WantedSync {
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly tick?: Tick | undefined;
  /** The person who starts it, for the audit. */
  readonly by?: Decider | undefined;
}

/** A run fails when its conclusion has failed this many times in one process. */
const MAX_CONCLUSION_FAILURES = 5;
const NOT_CONCLUDED = "The run could not be concluded: the log of the worker says why. What was read is kept.";

/**
 * The run protocol. `start` starts a run. Each `page` job reads one page of one walker, each `detail` job completes one row
 * that a list showed in part, and each `confirm` job requests one row that was not seen. The process that records the last
 * of them concludes the run, which takes no request. All state is in Postgres, and a job only names what to look up, so a
 * lost or duplicated job does no harm.
 */
export function createSync(deps: SyncDeps) {
  const { database, account, logger } = deps;
  const conclusionFailures = new Map<number, number>();

  function enqueueWalkers(run: Run, walkers: readonly Walker[]) {
    return Promise.all(pageJobs(run, walkers).map(deps.enqueue));
  }

  async function start(wanted: WantedSync): Promise<number | null> {
    const walkers = await firstWalkers(deps, wanted);
    if (walkers === null) await dropTick(database, account, wanted.tick);
    const id = walkers === null ? null : await startRun(database, { account, ...wanted }, walkers);
    const run = id === null ? null : await loadRun(database, id);
    if (run?.state === "running") await begin(run);
    return id;
  }

  /** A caller must know that the first steps could not be enqueued; a conclusion that fails now is made by the watchdog. */
  async function begin(run: Run): Promise<void> {
    try {
      await advance(run);
    } catch (error) {
      if (run.walkers.some(({ endedBy }) => endedBy === null)) throw error;
      logger.warn({ run: run.id, err: error }, "run not concluded yet");
    }
  }

  /**
   * Adds the walkers of a run whose resource has one list for each parent. The parents are read first, unless they were read
   * recently. Returns whether the run has to wait for an answer.
   */
  async function waitsForLists(run: Run, parent: ResourceName): Promise<boolean> {
    const parents = await parentsOf(deps, parent);
    if (parents === "failed") {
      const message =
        `${parent} could not be read, so the lists of ${run.resource} are unknown. ` +
        `Sync the parents first: applicant-sync sync ${parent}`;
      await failRun(database, run.id, { code: "parents_unread", message });
    }
    if (parents === "stale") await start({ resource: parent, kind: "full", trigger: run.trigger });
    if (parents !== "read") return true;
    const lists = await openLists(deps, run.id, parent);
    if (lists > 0) await resume((one) => one.id === run.id);
    return lists > 0;
  }

  /** Advances the running runs for which `which` holds. A run that cannot be advanced now does not hold up the others. */
  async function resume(which: (run: Run) => boolean): Promise<void> {
    for (const id of await runningRuns(database, account)) await proceedIfPossible(id, which);
  }

  const resumeAll = () => resume(() => true);

  /** The watchdog does what fails here: the job that led to it is done, and spends no attempt on it. */
  async function proceedIfPossible(id: number, which?: (run: Run) => boolean): Promise<void> {
    await proceed(id, which).catch((error: unknown) => logger.warn({ run: id, err: error }, "run not resumed"));
  }

  async function proceed(id: number, which: (run: Run) => boolean = () => true): Promise<void> {
    const run = await loadRun(database, id);
    if (run?.state === "running" && which(run)) await advance(run);
  }

  /** Resumes the runs that waited for the end of this one. */
  function resumeNested({ resource }: Run): Promise<void> {
    return resume((one) => relationOf(one)?.resource === resource);
  }

  /** Enqueues every open step of a run (the queue ignores those it already holds), or concludes the run if none is open. */
  async function advance(run: Run): Promise<void> {
    const open = run.walkers.filter((walker) => walker.endedBy === null);
    if (open.length > 0) return void (await enqueueWalkers(run, open));
    // Not counted as a failure of the conclusion: a queue that accepts no job must not end a run. The watchdog comes again.
    for (const job of await finishOrFail(run)) await deps.enqueue(job);
  }

  async function finishOrFail(run: Run): Promise<readonly SyncJob[]> {
    try {
      const jobs = await finish(run);
      conclusionFailures.delete(run.id);
      return jobs;
    } catch (error) {
      const known = databaseErrorOf(error) ?? new AppError("not_concluded", NOT_CONCLUDED, { cause: error });
      const failures = (conclusionFailures.get(run.id) ?? 0) + 1;
      conclusionFailures.set(run.id, failures);
      if (failures < MAX_CONCLUSION_FAILURES && known.disposition !== "fail") throw error;
      logger.warn({ run: run.id, err: error }, "run cannot be concluded");
      await fail({ run: run.id }, known);
      conclusionFailures.delete(run.id);
      return [];
    }
  }

  /**
   * Concludes a run whose walkers have all ended, as far as is possible now. Decisions are made under the lock of the run,
   * so two workers may do this at once. A failure is retried by the next attempt of the job, or by the watchdog. Returns the
   * jobs that it waits for.
   */
  async function finish(run: Run): Promise<readonly SyncJob[]> {
    const parent = relationOf(run)?.resource ?? null;
    if (parent !== null && run.walkers.length === 0 && !run.absencesNoted && (await waitsForLists(run, parent)))
      return [];
    const details = await openDetails(deps, run.id);
    if (details.length > 0) return detailJobs(run, details);
    // Whoever sees that the run has ended sees its rows in the reports, too.
    await makeFacts();
    const rows = confirmJobs(run, await conclude(deps, run.id));
    const after = await loadRun(database, run.id);
    if (after?.state === "running") return rows;
    await makeFacts();
    const [report] = await reportRuns(database, [run.id]);
    if (report !== undefined) logger.info(summaryOf(report), "run concluded");
    await resumeNested(run);
    return [];
  }

  /** Facts that cannot be made now are made by the maintenance; they are no reason to fail a run. */
  async function makeFacts(): Promise<void> {
    await deps.makeFacts().catch((error: unknown) => logger.warn({ err: error }, "facts of reports not made yet"));
  }

  async function fail(job: { run: number }, error: AppError): Promise<void> {
    await failRun(database, job.run, error);
    await makeFacts();
    logger.warn({ run: job.run, code: error.code }, "run failed");
    const run = await loadRun(database, job.run);
    if (run !== null) await resumeNested(run);
  }

  return {
    /**
     * Starts a run of a resource unless one is running. Returns the id of the running run. Returns null if the tick was
     * already claimed, or if an incremental run is requested before the first full one.
     */
    start,

    /** Reads the page of a walker's next step with one request, and enqueues the steps that follow. */
    async page(job: { run: number; walker: number; step: number }, context: CallContext): Promise<void> {
      const run = await loadRun(withoutPrisma(database), job.run);
      const walker = run?.walkers.find(({ index }) => index === job.walker);
      if (run?.state !== "running" || walker === undefined) return;
      if (walker.step !== job.step || walker.endedBy !== null) return advance(run);

      const answer = await requestPage(deps, run, walker, context);
      const next =
        answer === "refused"
          ? await inTransaction(database, (tx) => leaveList(tx, run, walker))
          : await recordPage(deps, run, walker, answer);
      if (next === null || next.length === 0) await proceed(run.id);
      else await enqueueWalkers(run, next);
    },

    /** Requests one row that a run did not see. */
    async confirm(job: RowJob, context: CallContext): Promise<void> {
      if (await confirmRow(deps, job, context)) await proceedIfPossible(job.run);
    },

    /** Leaves a row undetermined that could not be requested. */
    async giveRowUp(job: RowJob): Promise<void> {
      if (await giveRowUp(deps, job)) await proceedIfPossible(job.run);
    },

    /** Completes one row that a list showed in part, with one request. */
    async detail(job: DetailJob, context: CallContext): Promise<void> {
      if (await completeRow(deps, job, context)) await proceedIfPossible(job.run);
    },

    /** Postpones a row that could not be completed to a later run. */
    async leaveDetail(job: DetailJob, error: AppError): Promise<void> {
      if (await leaveRow(deps, job, error)) await proceedIfPossible(job.run);
    },

    /** Ends a run whose job has no attempts left. */
    fail,

    /** Enqueues or does what every running run waits for, so that a lost queue loses nothing. */
    resume: resumeAll,

    /** What a worker does at these times: it resumes runs, and makes the facts that a lost process has left. */
    tasks: (expression: string) => [
      { name: "watchdog", expression, run: resumeAll },
      { name: "report facts", expression, run: deps.makeFacts, mayTakeLong: true as const },
    ],
  };
}

export type Sync = ReturnType<typeof createSync>;

function relationOf({ resource }: Run): Resource["parent"] {
  return resources[resource].parent;
}
