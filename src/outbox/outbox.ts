import { deliver } from "./delivery/deliver.ts";
import { dispatch, reconcilePending } from "./delivery/dispatch.ts";
import type { JobCall, OutboxContext, OutboxJob } from "./context.ts";
import { reconcile } from "./lookup/reconcile.ts";
import { keepRetention } from "./retention.ts";
import { loadImport, stepOf } from "./import/row.ts";

/**
 * The outbox. Each `deliver` job sends one step of one import, each `reconcile` job makes one lookup step. The rows in Postgres are the
 * truth and a job only names a row, so a lost or duplicate job does no harm.
 */
export function createOutbox(context: OutboxContext) {
  let running: Promise<void> | null = null;
  let again = false;

  /** Fills the queue in the background. A call while it is being filled makes it run once more. */
  function wake(): void {
    again = true;
    running ??= (async () => {
      try {
        while (again) {
          again = false;
          await dispatch(context);
        }
      } catch (error) {
        context.logger.warn(
          { err: error },
          "imports could not be put into the queue; the next maintenance task puts them there",
        );
      } finally {
        running = null;
      }
    })();
  }

  async function deliverOne(job: Pick<OutboxJob, "import">, call: JobCall): Promise<void> {
    await deliver(context, job, call);
    wake();
  }

  return {
    wake,
    /** Resolves when no `wake` is running. */
    settled: async (): Promise<void> => void (await running),
    async reconcilePending(): Promise<void> {
      await context.watermark.check();
      await reconcilePending(context);
    },
    erase: () => keepRetention(context),

    deliver: deliverOne,

    /**
     * Makes one lookup step. The last job of a lookup before sending also sends the import, so an import that is found `sending` here
     * may have lost its worker in that job.
     */
    async reconcile(job: Pick<OutboxJob, "import">, call: JobCall): Promise<void> {
      const row = await loadImport(context.database, context.account, job.import);
      const state = row === null ? null : stepOf(row).state;
      if (state === "ready" || state === "sending") await deliverOne(job, call);
      else await reconcile(context, job, call);
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
