import { once } from "node:events";
import { expect, it } from "vitest";
import { AppError } from "../../src/platform/errors.ts";
import { openBackend } from "../../src/queue/backend.ts";
import { createQueue } from "../../src/queue/queue.ts";
import { createWorker } from "../../src/queue/worker.ts";
import { parseRedisUrl } from "../../src/platform/redis-url.ts";
import { withEnds } from "../support/ends.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { describeOnBackends } from "../support/redis.ts";
import { silent } from "../support/silent.ts";
import { waitFor } from "../support/wait-for.ts";

/** Long enough for what a worker was fetching when it was told to stop to come back. */
const GRACE_MS = 250;

interface Handler {
  readonly run: (payload: unknown, context: { readonly signal: AbortSignal }) => Promise<unknown>;
  readonly giveUp?: () => Promise<void>;
}

/** A worker that handles every job alike. */
async function openJobs(redisUrl: string | null, handler: Handler, onEnd: (end: () => Promise<void>) => void) {
  const database = await createTestDatabase();
  onEnd(database.drop);
  const redis = redisUrl === null ? null : parseRedisUrl(redisUrl);
  const backend = await openBackend({ databaseUrl: database.url, databaseKey: "test", redis });
  onEnd(backend.close);
  const account = `test-${crypto.randomUUID().slice(0, 13)}`;
  const queue = createQueue(backend, account, () => {});
  onEnd(queue.close);
  const handlers = { page: handler, confirm: handler, detail: handler, deliver: handler, reconcile: handler };
  const worker = createWorker(backend, handlers, { account, slotMs: 10, graceMs: GRACE_MS, logger: silent });
  onEnd(worker.stop);
  await worker.start();
  return { worker, enqueue: () => queue.enqueue({ kind: "detail", run: 1, id: "7", urgency: "full" }) };
}

describeOnBackends("a job that failed for good", ({ redisUrl }) => {
  it("does not stand in the way of the next one of the same id", async () => {
    await withEnds(async (onEnd) => {
      let failures = 0;
      const refuse = {
        run: () => Promise.reject(new AppError("refused", "Not now.", { disposition: "fail" })),
        giveUp: async () => void (failures += 1),
      };
      const { enqueue } = await openJobs(redisUrl(), refuse, onEnd);
      await enqueue();
      await waitFor("the first failure", () => failures === 1);
      await waitFor("a second one", async () => (await enqueue(), failures >= 2));
      expect(failures).toBeGreaterThanOrEqual(2);
    });
  });
});

describeOnBackends("a job that pauses the queue while its worker stops", ({ redisUrl }) => {
  // BullMQ looks at the limit again after 30 s.
  it("does not make the worker wait for the end of the pause", { timeout: 20_000 }, async () => {
    await withEnds(async (onEnd) => {
      let begin = (): void => {};
      const begun = new Promise<void>((resolve) => (begin = resolve));
      // Once nothing else is on its way.
      const run: Handler["run"] = async (_, { signal }) => {
        begin();
        await once(signal, "abort");
        throw new AppError("paused", "Not now.", { disposition: "pause", delayMs: 60_000 });
      };
      const { enqueue, worker } = await openJobs(redisUrl(), { run }, onEnd);
      await enqueue();
      await begun;
      await worker.stop();
      expect(worker.isAlive()).toBe(false);
    });
  });
});
