import { loadConfig } from "../../src/config/config.ts";
import { createLifecycle } from "../../src/platform/lifecycle.ts";
import { openStores } from "../../src/process/stores.ts";
import { openQueue, type QueueSide } from "../../src/process/queue.ts";
import { openWorker } from "../../src/process/wiring.ts";
import type { Outbox } from "../../src/outbox/outbox.ts";
import { QUICK } from "./pace.ts";
import { silent } from "./silent.ts";
import { openApiQueue } from "./api-queue.ts";
import { endApiPause, endPause, isRestless, quiet } from "./quiet.ts";
import { waitFor } from "./wait-for.ts";
import type { World } from "./world.ts";

const LOOK_AGAIN_MS = 800;

/** A worker in this process, on the real queue, whose maintenance task the test calls. */
export interface OutboxWorker {
  readonly outbox: Outbox;
  readonly queue: QueueSide["queue"];
  /** Runs the maintenance task and lets hours pass until every import rests. */
  readonly settle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** `timeoutMs`: slower answers are abandoned. */
export async function openOutboxWorker(
  world: Pick<World, "env" | "database" | "account">,
  timeoutMs = 2_000,
): Promise<OutboxWorker> {
  const { env, database, account } = world;
  const loaded = loadConfig(env, { keys: true });
  const impatient = { timeoutMs };
  const config = { ...loaded, api: { ...loaded.api, ...impatient } };
  const lifecycle = createLifecycle({ logger: silent });
  const context = { config, logger: silent, lifecycle };
  const stores = await openStores(context);
  const queueSide = await openQueue(context, stores, QUICK);
  const { outbox } = await openWorker(context, stores, queueSide, QUICK);
  const apiQueue = await openApiQueue(env);

  /** Nothing is on its way, nor waits for anything but a time. */
  async function isIdle(): Promise<boolean> {
    if ((await database.applicantImport.count({ where: { account, state: "sending" } })) > 0) return false;
    await outbox.settled();
    return (await apiQueue.busy()) === 0;
  }

  /** Waits for the rest, and not for long: what a lost job did not do comes with the next maintenance task. */
  async function idle(): Promise<void> {
    await apiQueue.forget();
    await endApiPause(database, account);
    const rests = async (): Promise<boolean> => {
      if (await endPause(database, account)) outbox.wake();
      return (await isIdle()) || !(await isRestless(database, account));
    };
    await waitFor("rest", rests, LOOK_AGAIN_MS).catch(() => undefined);
  }

  return {
    outbox,
    queue: queueSide.queue,
    settle: () =>
      quiet({ database, account, reconcilePending: outbox.reconcilePending, idle, lostAfter: (2 * timeoutMs) / 1_000 }),
    async stop() {
      await outbox.settled();
      await lifecycle.stop("done");
      await apiQueue.close();
    },
  };
}
