import { expect, it } from "vitest";
import { AppError } from "../../src/platform/errors.ts";
import { openBackend } from "../../src/queue/backend.ts";
import { createQueues } from "../../src/queue/queues.ts";
import { createWorkers } from "../../src/queue/workers.ts";
import { parseRedisUrl } from "../../src/config/redis-url.ts";
import { withEnds } from "../support/ends.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { describeOnBackends } from "../support/redis.ts";
import { silent } from "../support/silent.ts";
import { waitFor } from "../support/wait-for.ts";

const TICK = { name: "campaigns", at: "2026-11-24T01:00:00.000Z", next: "2026-11-25T01:00:00.000Z" };
const START = { resource: "campaigns", kind: "full", trigger: "schedule", tick: TICK } as const;

describeOnBackends("a tick whose start failed for good", ({ redisUrl }) => {
  it("does not stand in the way of the next one for the same tick", async () => {
    await withEnds(async (onEnd) => {
      const database = await createTestDatabase();
      onEnd(database.drop);
      const url = redisUrl();
      const backend = await openBackend({ databaseUrl: database.url, redis: url === null ? null : parseRedisUrl(url) });
      onEnd(backend.close);
      const account = `test-${crypto.randomUUID().slice(0, 13)}`;
      const queues = createQueues(backend, account, () => {});
      onEnd(queues.close);
      let failures = 0;
      const refuse = {
        run: () => Promise.reject(new AppError("refused", "Not now.", { disposition: "fail" })),
        giveUp: async () => void (failures += 1),
      };
      const handlers = {
        page: refuse,
        confirm: refuse,
        detail: refuse,
        probe: refuse,
        start: refuse,
        finish: refuse,
        deliver: refuse,
        reconcile: refuse,
      };
      const pace = { requestsPerMinute: 6_000, graceMs: 8_000 };
      const workers = createWorkers(backend, handlers, { account, ...pace, logger: silent });
      onEnd(workers.stop);
      await workers.start();

      const enqueue = () => queues.enqueue("start", { ...START, request: crypto.randomUUID() });
      await enqueue();
      await waitFor("the first failure", () => failures === 1);
      await waitFor("a second one", async () => (await enqueue(), failures >= 2));
      expect(failures).toBeGreaterThanOrEqual(2);
    });
  });
});
