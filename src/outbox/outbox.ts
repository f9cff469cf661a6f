import type { CallContext } from "../api/client.ts";
import { deliver, type DeliverDeps } from "./delivery/deliver.ts";
import { dispatch, reconcilePending, type DispatchDeps } from "./delivery/dispatch.ts";
import type { OutboxJob } from "./delivery/jobs.ts";
import { reconcile, type ReconcileDeps } from "./lookup/reconcile.ts";
import { keepRetention } from "./retention.ts";
import { loadImport, stepOf } from "./import/row.ts";

export type OutboxDeps = DeliverDeps & ReconcileDeps & DispatchDeps;

/**
 * The outbox: each `deliver` job sends one step of one import, each `reconcile` job does one step of looking one up. The
 * rows in Postgres are the truth; a job only says which row, so that a lost or doubled job does no harm.
 */
export function createOutbox(deps: OutboxDeps) {
  let running: Promise<void> | null = null;
  let again = false;

  /** Fills the queue up; asked for while it does, it does so once more. */
  function wake(): void {
    again = true;
    running ??= (async () => {
      try {
        while (again) {
          again = false;
          await dispatch(deps);
        }
      } catch (error) {
        deps.logger.warn(
          { err: error },
          "imports could not be put into the queue; the next maintenance task puts them there",
        );
      } finally {
        running = null;
      }
    })();
  }

  async function deliverOne(job: Pick<OutboxJob, "import">, context: CallContext): Promise<void> {
    await deliver(deps, job, context);
    wake();
  }

  return {
    wake,
    /** Ends when no wake-up is being followed. */
    settled: async (): Promise<void> => void (await running),
    async reconcilePending(): Promise<void> {
      await deps.watermark.check();
      await reconcilePending(deps);
    },
    erase: () => keepRetention(deps),

    deliver: deliverOne,

    /**
     * A step of looking an import up; one that was looked up before it is sent is sent by the last of these jobs. One that is
     * `sending` lost its worker in that job.
     */
    async reconcile(job: Pick<OutboxJob, "import">, context: CallContext): Promise<void> {
      const row = await loadImport(deps.database, deps.account, job.import);
      const state = row === null ? null : stepOf(row).state;
      if (state === "ready" || state === "sending") await deliverOne(job, context);
      else await reconcile(deps, job, context);
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
