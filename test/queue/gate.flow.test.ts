import { expect, inject, it, onTestFinished } from "vitest";
import { openApiQueue } from "../support/api-queue.ts";
import { createTestDatabase, onServer } from "../support/postgres.ts";
import { busiestMinute, ENV, QUOTA, SANDBOX } from "../support/quota.ts";
import { describeOnBackends, describeWithRedis, startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const TIMEOUT_MS = 240_000;
/** More often than the limiter would let a request leave. */
const FORGET_MS = 25;
const APPLICATIONS = { path: "/applications" };

const pausesIn = ({ log }: World) => log.filter((line) => line.includes("queue paused")).length;

describeWithRedis("the gate in front of the API", () => {
  it(
    "keeps the quota where Redis forgets its limiter again and again, and all it knows",
    { timeout: TIMEOUT_MS },
    async () => {
      const redis = await startRedis();
      onTestFinished(redis.stop);
      const world = await openWorld({ redisUrl: redis.url, env: ENV, sandbox: SANDBOX });
      const queue = await openApiQueue(world.env);
      onTestFinished(queue.close);
      // A worker that comes up knows of no pause: with Redis empty, only the gate stands between it and the API.
      for (let lost = 0; lost < 4; lost += 1) {
        const pauses = pausesIn(world);
        const worker = await world.workerHere();
        const forgetting = setInterval(() => void queue.forget(), FORGET_MS);
        onTestFinished(() => clearInterval(forgetting));
        await waitFor("the worker to find the minute full", () => pausesIn(world) > pauses);
        clearInterval(forgetting);
        await worker.stop();
        await redis.flush();
      }
      expect(world.sandbox.requests.filter(({ status }) => status === 403)).toEqual([]);
      expect(busiestMinute(world.sandbox.requests)).toBe(QUOTA);
      expect(await world.runs()).toMatchObject([{ state: "running", error: null }]);
    },
  );
});

describeOnBackends("a quota 403 although we are far below it, for another program uses the key", ({ redisUrl }) => {
  it("pauses the queue of every worker for a minute, spends no attempt, and the run goes on, with a database in New York", async () => {
    const { url, drop } = await createTestDatabase();
    onTestFinished(drop);
    await onServer(
      inject("postgresUrl"),
      `alter database ${new URL(url).pathname.slice(1)} set timezone to 'America/New_York'`,
    );
    const env = { ...ENV, KELIO_REQUESTS_PER_MINUTE: "1000" };
    const world = await openWorld({ databaseUrl: url, redisUrl: redisUrl(), env });
    world.sandbox.script.fault({ kind: "quota" }, { ...APPLICATIONS, nth: 3 });
    const queue = await openApiQueue(world.env);
    onTestFinished(queue.close);
    const worker = await world.workerHere();
    await waitFor("the pause", () => pausesIn(world) > 0);
    await waitFor("the job to be back", async () => (await queue.jobs()).every(({ state }) => state !== "active"));
    expect(await queue.jobs()).toMatchObject([{ attempts: 0 }]);
    expect(await queue.heldMs()).toBeGreaterThan(30_000);
    expect(world.requestsFor("applications")).toHaveLength(3);

    // Not to wait the minute out: another worker finds the limiter gone.
    await worker.stop();
    await queue.forget();
    const passed = await world.database.$executeRaw`
      update public.api_pause set noted_at = noted_at - interval '66 seconds', until = until - interval '66 seconds'
      where until > clock_timestamp() and until <= clock_timestamp() + interval '65 seconds'`;
    expect(passed).toBe(1);
    await world.workerHere();
    expect(await world.waitForRun()).toMatchObject({ rows: 300, error: null });
    expect(world.requestsFor("applications")).toHaveLength(7 + 1);
  });
});
