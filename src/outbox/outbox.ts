import type { CallContext } from "../api/client.ts";
import { deliver, type DeliverDeps } from "./delivery/deliver.ts";
import { dispatch, reconcilePending, type DispatchDeps } from "./delivery/dispatch.ts";
import type { OutboxJob } from "./delivery/jobs.ts";
import { reconcile, type ReconcileDeps } from "./lookup/reconcile.ts";
import { keepRetention } from "./retention.ts";
import { loadImport, stepOf } from "./import/row.ts";

export type OutboxDeps = DeliverDeps & ReconcileDeps & DispatchDeps;

/**
 * The outbox. Each `deliver` job sends one step of one import, each `reconcile` job makes one lookup step. The rows in Postgres are the
 * truth and a job only names a row, so a lost or duplicate job does no harm.
 */
export function createOutbox(deps: OutboxDeps) {
  let running: Promise<void> | null = null;
  let again = false;

  /** Fills the queue in the background. A call while it is being filled makes it run once more. */
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
    /** Resolves when no `wake` is running. */
    settled: async (): Promise<void> => void (await running),
    async reconcilePending(): Promise<void> {
      await deps.watermark.check();
      await reconcilePending(deps);
    },
    erase: () => keepRetention(deps),

    deliver: deliverOne,

    /**
     * Makes one lookup step. The last job of a lookup before sending also sends the import, so an import that is found `sending` here
     * lost its worker in that job.
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
