import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { openApiQueue } from "../support/api-queue.ts";
import { redisInstalled } from "../support/installed.ts";
import { createTestDatabase, onServer } from "../support/postgres.ts";
import { describeOnBackends, describeWithRedis, redisNote, startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const QUOTA = 120;
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 240_000;
const APPLICATIONS = { path: "/applications" };
const ENV = { APPLICATIONS_CRON: "0 3 29 2 *", KELIO_REQUESTS_PER_MINUTE: String(QUOTA) };
/** More pages than any of these tests can read. */
const SANDBOX = { applications: 15_000, quota: { limit: QUOTA, window: "rolling" } } as const;

/** The largest number of requests that any minute held. */
function busiestMinute(requests: Sandbox["requests"]): number {
  return Math.max(
    ...requests.map(({ at }) => requests.filter((other) => other.at <= at && other.at > at - MINUTE_MS).length),
  );
}

describe.concurrent("the quota of 120 requests a minute", () => {
  it.for([
    ["Postgres", false],
    [`Redis${redisNote()}`, true],
  ] as const)(
    "is used and never exceeded by one, two and four worker processes, with the queue in %s",
    { timeout: TIMEOUT_MS },
    async ([, onRedis], { onTestFinished: onEnd, skip }) => {
      skip(onRedis && !redisInstalled());
      const redis = onRedis ? await startRedis() : null;
      onEnd(async () => redis?.stop());
      const world = await openWorld({
        redisUrl: redis?.url ?? null,
        env: ENV,
        sandbox: { ...SANDBOX, latency: { min: 100, max: 400 } },
        onEnd,
      });
      const arrived = (count: number) =>
        waitFor(`${count} requests`, () => world.sandbox.requests.length >= count, TIMEOUT_MS);
      await world.worker();
      await arrived(40);
      await world.worker();
      await arrived(80);
      await Promise.all([world.worker(), world.worker()]);
      await arrived(150);
      const requests = [...world.sandbox.requests];
      expect(requests.filter(({ status }) => status === 403)).toEqual([]);
      expect(busiestMinute(requests)).toBeLessThanOrEqual(QUOTA);
      // Half of it would mean that the workers wait for one another; a slow machine alone does not.
      expect(busiestMinute(requests)).toBeGreaterThan(QUOTA / 2);
    },
  );
});

describeWithRedis("the gate in front of the API", () => {
  it(
    "keeps the quota where Redis forgets its limiter again and again, and all it knows",
    { timeout: TIMEOUT_MS },
    async () => {
      const redis = await startRedis();
      onTestFinished(redis.stop);
      const world = await openWorld({ redisUrl: redis.url, env: ENV, sandbox: SANDBOX });
      const queue = openApiQueue(world.env);
      onTestFinished(queue.close);
      // A worker that comes up knows of no pause: with Redis empty, only the gate stands between it and the API.
      for (let lost = 0; lost < 4; lost += 1) {
        const worker = await world.worker();
        await waitFor("the worker to find the minute full", async () => {
          await queue.forget();
          return worker.stderr().includes("queue paused");
        });
        worker.kill("SIGKILL");
        await worker.ended;
        await redis.flush();
      }
      expect(world.sandbox.requests.filter(({ status }) => status === 403)).toEqual([]);
      expect(busiestMinute(world.sandbox.requests)).toBe(QUOTA);
      expect(await world.runs()).toMatchObject([{ state: "running", error: null }]);
    },
  );
});

describeOnBackends("a quota 403 although we are far below it, for another program uses the key", ({ redisUrl }) => {
  it("pauses the queue of every process for a minute, spends no attempt, and the run goes on, with a database in New York", async () => {
    const { url, drop } = await createTestDatabase();
    onTestFinished(drop);
    await onServer(
      inject("postgresUrl"),
      `alter database ${new URL(url).pathname.slice(1)} set timezone to 'America/New_York'`,
    );
    const env = { ...ENV, KELIO_REQUESTS_PER_MINUTE: "1000" };
    const world = await openWorld({ databaseUrl: url, redisUrl: redisUrl(), env });
    world.sandbox.script.fault({ kind: "quota" }, { ...APPLICATIONS, nth: 3 });
    const queue = openApiQueue(world.env);
    onTestFinished(queue.close);
    const worker = await world.worker();
    await waitFor("the pause", () => worker.stderr().includes("queue paused"));
    await waitFor("the job to be back", async () => (await queue.jobs()).every(({ state }) => state !== "active"));
    expect(await queue.jobs()).toMatchObject([{ attempts: 0 }]);
    expect(await queue.heldMs()).toBeGreaterThan(30_000);
    expect(world.requestsFor("applications")).toHaveLength(3);

    // Not to wait the minute out: another process finds the limiter gone.
    worker.kill("SIGTERM");
    await worker.ended;
    await queue.forget();
    const passed = await world.database.$executeRaw`
      update public.api_pause set noted_at = noted_at - interval '66 seconds', until = until - interval '66 seconds'
      where until > clock_timestamp() and until <= clock_timestamp() + interval '65 seconds'`;
    expect(passed).toBe(1);
    await world.worker();
    expect(await world.waitForRun()).toMatchObject({ rows: 300, error: null });
    expect(world.requestsFor("applications")).toHaveLength(7 + 1);
  });
});
