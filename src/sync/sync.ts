import type { Logger } from "pino";
import type { ApiClient, CallContext } from "../api/client.ts";
import { inTransaction, type Database } from "../database.ts";
import type { AppError } from "../errors.ts";
import { recordPage, type PageDeps } from "./page.ts";
import { resources, type AccountKind, type ResourceName } from "./resources.ts";
import { concludeRun, failRun, loadRun, runningRuns, startRun, type Run, type Tick, type Trigger } from "./runs.ts";
import type { Walker } from "./walk.ts";

/** A job of a run: ids and numbers only. `person`: somebody waits for it at a terminal. */
export type SyncJob =
  | {
      readonly kind: "page";
      readonly run: number;
      readonly walker: number;
      readonly step: number;
      readonly person: boolean;
    }
  | { readonly kind: "finish"; readonly run: number };

export interface SyncDeps extends PageDeps {
  readonly database: Database;
  readonly api: Pick<ApiClient, "list">;
  readonly accountKind: AccountKind;
  /** Adds a job unless the same one is waiting or running. */
  readonly enqueue: (job: SyncJob) => Promise<void>;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * The run protocol of a full sync: `plan` starts a run, each `page` job reads one page of one walker, `finish` concludes.
 * All state is in Postgres; a job only says where to look, so that a lost or doubled job does no harm.
 */
export function createSync(deps: SyncDeps) {
  const { database, account, logger } = deps;

  function enqueueWalkers(run: Pick<Run, "id" | "trigger">, walkers: readonly Walker[]) {
    const person = run.trigger === "command";
    return Promise.all(
      walkers.map(({ index, step }) => deps.enqueue({ kind: "page", run: run.id, walker: index, step, person })),
    );
  }

  /** Puts every open step of a run in the queue again; the queue drops those it still has. */
  async function enqueueOpen(run: Run): Promise<void> {
    const open = run.walkers.filter((walker) => walker.endedBy === null);
    if (open.length === 0) await deps.enqueue({ kind: "finish", run: run.id });
    else await enqueueWalkers(run, open);
  }

  return {
    /** Starts a full run of a resource unless one is going. Returns the run that is going, null if the tick was taken. */
    async plan(wanted: { resource: ResourceName; trigger: Trigger; tick?: Tick }): Promise<number | null> {
      const id = await startRun(database, { account, ...wanted });
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

      const resource = resources[run.resource];
      const embed = resource.embed[deps.accountKind];
      const query = {
        page: walker.nextPage,
        perPage: walker.perPage,
        order: "created_at",
        sort: "desc",
        embed,
      } as const;
      const answer = await deps.api.list(resource.list, query, context);
      const next = await inTransaction(database, (tx) => recordPage(tx, deps, { run, walker, resource }, answer));
      if (next === null || next.length === 0) {
        const now = await loadRun(database, run.id);
        if (now?.state === "running") await enqueueOpen(now);
      } else await enqueueWalkers(run, next);
    },

    /** Concludes a run whose walkers have all ended. */
    async finish(job: { run: number }): Promise<void> {
      const run = await loadRun(database, job.run);
      if (run?.state !== "running") return;
      if (run.walkers.some((walker) => walker.endedBy === null)) return enqueueOpen(run);
      await concludeRun(database, account, run);
      logger.info({ run: run.id, resource: run.resource }, "run concluded");
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
