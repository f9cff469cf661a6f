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

describeOnBackends("a job that failed for good", ({ redisUrl }) => {
  it("does not stand in the way of the next one of the same id", async () => {
    await withEnds(async (onEnd) => {
      const database = await createTestDatabase();
      onEnd(database.drop);
      const url = redisUrl();
      const backend = await openBackend({
        databaseUrl: database.url,
        databaseKey: "test",
        redis: url === null ? null : parseRedisUrl(url),
      });
      onEnd(backend.close);
      const account = `test-${crypto.randomUUID().slice(0, 13)}`;
      const queue = createQueue(backend, account, () => {});
      onEnd(queue.close);
      let failures = 0;
      const refuse = {
        run: () => Promise.reject(new AppError("refused", "Not now.", { disposition: "fail" })),
        giveUp: async () => void (failures += 1),
      };
      const handlers = {
        page: refuse,
        confirm: refuse,
        detail: refuse,
        deliver: refuse,
        reconcile: refuse,
      };
      const worker = createWorker(backend, handlers, { account, slotMs: 10, graceMs: 8_000, logger: silent });
      onEnd(worker.stop);
      await worker.start();

      const enqueue = () => queue.enqueue({ kind: "detail", run: 1, id: "7", urgency: "full" });
      await enqueue();
      await waitFor("the first failure", () => failures === 1);
      await waitFor("a second one", async () => (await enqueue(), failures >= 2));
      expect(failures).toBeGreaterThanOrEqual(2);
    });
  });
});
