import type { Logger } from "pino";
import type { ApiClient, CallContext } from "../api/client.ts";
import { inTransaction } from "../database.ts";
import type { AppError } from "../errors.ts";
import { knownStatuses } from "../mirror/reads.ts";
import { conclude, type ConcludeDeps, type Open } from "./conclude.ts";
import { confirmRow, giveRowUp, type RowJob } from "./confirm.ts";
import { recordPage, type PageDeps } from "./page.ts";
import { resources, type Resource, type ResourceName } from "./resources.ts";
import {
  dropTick,
  failRun,
  lastRead,
  loadRun,
  runningRuns,
  startRun,
  type Run,
  type RunKind,
  type RunWalker,
  type Tick,
  type Trigger,
} from "./runs.ts";
import { newWalker } from "./walk.ts";

/** How soon a job's request must leave: somebody waits at a terminal, the mirror is to be fresh, or just to be whole. */
export type Urgency = "person" | "incremental" | "full";

/** A job of a run: ids and numbers only. */
export type SyncJob =
  | {
      readonly kind: "page";
      readonly run: number;
      readonly walker: number;
      readonly step: number;
      readonly urgency: Urgency;
    }
  | ({ readonly kind: "confirm" } & RowJob)
  | { readonly kind: "finish"; readonly run: number };

export interface SyncDeps extends PageDeps, ConcludeDeps {
  readonly api: Pick<ApiClient, "list" | "show">;
  /** Adds a job unless the same one is waiting or running. */
  readonly enqueue: (job: SyncJob) => Promise<void>;
  readonly logger: Pick<Logger, "info" | "warn">;
}

export interface WantedSync {
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly tick?: Tick | undefined;
}

const DAY_MS = 86_400_000;

/**
 * The run protocol: `plan` starts a run, each `page` job reads one page of one walker, `finish` concludes, and each
 * `confirm` job asks for one row that was not seen. All state is in Postgres; a job only says where to look, so that a
 * lost or doubled job does no harm.
 */
export function createSync(deps: SyncDeps) {
  const { database, account, logger } = deps;

  function enqueueWalkers(run: Run, walkers: readonly RunWalker[]) {
    const urgency = run.trigger === "command" ? "person" : run.kind;
    return Promise.all(
      walkers.map(({ index, step }) => deps.enqueue({ kind: "page", run: run.id, walker: index, step, urgency })),
    );
  }

  /** Puts every open step of a run in the queue again; the queue drops those it still has. */
  async function enqueueOpen(run: Run): Promise<void> {
    const open = run.walkers.filter((walker) => walker.endedBy === null);
    if (open.length === 0) await deps.enqueue({ kind: "finish", run: run.id });
    else await enqueueWalkers(run, open);
  }

  async function enqueueRows(run: number, { witness, candidates }: Open): Promise<void> {
    if (witness !== null) await deps.enqueue({ kind: "confirm", run, id: witness, witness: true });
    for (const id of candidates) await deps.enqueue({ kind: "confirm", run, id, witness: false });
  }

  return {
    /**
     * Starts a run of a resource unless one is going. Returns the run that is going; null if the tick was taken, or for an
     * incremental run before the first full one.
     */
    async plan(wanted: WantedSync): Promise<number | null> {
      const walkers = wanted.kind === "full" ? [walkerOf({ index: 0 })] : await pollsOf(deps, wanted.resource);
      if (walkers.length === 0) await dropTick(database, account, wanted.tick);
      const id = walkers.length === 0 ? null : await startRun(database, { account, ...wanted }, walkers);
      const run = id === null ? null : await loadRun(database, id);
      if (run?.state === "running") await enqueueOpen(run);
      return id;
    },

    /** Reads the page that is a walker's next step, with one request, and enqueues what follows from it. */
    async page(job: { run: number; walker: number; step: number }, context: CallContext): Promise<void> {
      const run = await loadRun(database, job.run);
      const walker = run?.walkers.find(({ index }) => index === job.walker);
      if (run?.state !== "running" || walker === undefined) return;
      if (walker.step !== job.step || walker.endedBy !== null) return enqueueOpen(run);

      const resource: Resource = resources[run.resource];
      const answer = await deps.api.list(resource.list, queryOf(walker, resource.embed[deps.accountKind]), context);
      const next = await inTransaction(database, (tx) => recordPage(tx, deps, { run, walker, resource }, answer));
      if (next === null || next.length === 0) {
        const now = await loadRun(database, run.id);
        if (now?.state === "running") await enqueueOpen(now);
      } else await enqueueWalkers(run, next);
    },

    /** Concludes a run whose walkers have all ended, as far as it can be concluded now. */
    async finish(job: { run: number }): Promise<void> {
      const run = await loadRun(database, job.run);
      if (run?.state !== "running") return;
      if (run.walkers.some((walker) => walker.endedBy === null)) return enqueueOpen(run);
      await enqueueRows(run.id, await conclude(deps, run.id));
      const after = await loadRun(database, run.id);
      if (after?.state !== "running") logger.info({ run: run.id, outcome: after?.state }, "run concluded");
    },

    /** Asks for one row that a run did not see, with one request. */
    async confirm(job: RowJob, context: CallContext): Promise<void> {
      if (await confirmRow(deps, job, context)) await deps.enqueue({ kind: "finish", run: job.run });
    },

    /** Leaves a row undecided that could not be asked for. */
    async giveRowUp(job: RowJob): Promise<void> {
      if (await giveRowUp(deps, job)) await deps.enqueue({ kind: "finish", run: job.run });
    },

    /** Ends a run whose job failed for good. */
    async fail(job: { run: number }, error: AppError): Promise<void> {
      await failRun(database, job.run, error);
      logger.warn({ run: job.run, code: error.code }, "run failed");
    },

    /** The watchdog's duty: enqueues what every running run waits for, so that losing the queue loses nothing. */
    async resume(): Promise<number> {
      const runs = await runningRuns(database, account);
      for (const id of runs) {
        const run = await loadRun(database, id);
        if (run?.state === "running") await enqueueOpen(run);
      }
      return runs.length;
    },
  };
}

export type Sync = ReturnType<typeof createSync>;

/** The polls of an incremental run, all at once; none before the first full run has read the list. */
async function pollsOf(deps: SyncDeps, name: ResourceName): Promise<readonly RunWalker[]> {
  const resource: Resource = resources[name];
  const last = await lastRead(deps.database, deps.account, name);
  if (last === null) return [];
  const heads = resource.polls[deps.accountKind].map((orderBy) => ({ orderBy }));
  const since = new Date(last.getTime() - DAY_MS);
  const statuses = resource.windows[deps.accountKind]
    ? await knownStatuses(deps.database, deps.account, resource.table)
    : [];
  const windows = statuses.map((status) => ({ status, since: new Date(since.toISOString().slice(0, 10)) }));
  return [...heads, ...windows].map((list, index) => walkerOf({ index, ...list }));
}

function walkerOf({ index, ...list }: { readonly index: number } & Partial<RunWalker>): RunWalker {
  return { ...newWalker(index, 1), orderBy: "created_at", status: null, since: null, ...list };
}

function queryOf({ nextPage, perPage, orderBy, status, since }: RunWalker, embed: readonly string[]) {
  const filters =
    status === null || since === null
      ? {}
      : { "status[value]": status, "status[date][gte]": since.toISOString().slice(0, 10) };
  return { page: nextPage, perPage, order: orderBy, sort: "desc", embed, filters } as const;
}
