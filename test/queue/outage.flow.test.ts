import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { startPostgres } from "../support/postgres.ts";
import { describeOnBackends, describeWithRedis, startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const LIST = { path: "/applications" };
const TIMEOUT_MS = 150_000;
const PAGES = 6;
const HEAD = 1;
/** A slot of 0.3 s: most of the time a job waits for its turn. */
const ENV = { APPLICATIONS_CRON: "0 3 29 2 *", KELIO_REQUESTS_PER_MINUTE: "200" };

/** Waits for the end of the run, which must be whole. Returns how many requests were repeated for it. */
async function repeatedInWholeRun(world: World): Promise<number> {
  expect(await world.waitForRun()).toMatchObject({ rows: 300, inserted: 300 });
  expect((await world.mirror()).applications).toEqual(world.source().applications);
  expect(await world.runs()).toHaveLength(1);
  return world.requestsFor("applications").length - (PAGES + HEAD);
}

const pagesRead = ({ database }: World) => database.syncPage.count();

describeWithRedis("a Redis that loses everything", () => {
  async function redisWorld() {
    const redis = await startRedis();
    onTestFinished(redis.stop);
    return { redis, world: await openWorld({ redisUrl: redis.url, env: ENV }) };
  }

  it(
    "while a request is in flight, and again while a job waits, loses nothing of a run",
    async () => {
      const { redis, world } = await redisWorld();
      world.sandbox.script.before({ ...LIST, nth: 2 }, redis.flush);
      await world.workerHere();
      await waitFor("some pages", async () => (await pagesRead(world)) >= 3);
      await redis.flush();
      expect(await repeatedInWholeRun(world)).toBeLessThanOrEqual(1);
    },
    TIMEOUT_MS,
  );

  it(
    "by a restart loses nothing of a run, and the worker goes on",
    async () => {
      const { redis, world } = await redisWorld();
      await world.workerHere();
      await waitFor("some pages", async () => (await pagesRead(world)) >= 3);
      await redis.restart();
      expect(await repeatedInWholeRun(world)).toBeLessThanOrEqual(1);
    },
    TIMEOUT_MS,
  );
});

describeOnBackends("a Postgres that is restarted in the middle of a run", ({ redisUrl }) => {
  it(
    "loses nothing of it, and the worker goes on",
    async () => {
      const postgres = await startPostgres();
      onTestFinished(postgres.remove);
      const world = await openWorld({ redisUrl: redisUrl(), databaseUrl: postgres.url, env: ENV });
      world.sandbox.script.after({ ...LIST, nth: 3 }, async () => {
        await postgres.stop();
        await postgres.start();
      });
      await world.workerHere();
      await world.sandbox.script.before({ ...LIST, nth: 4 }, () => {}).reached;
      expect(await repeatedInWholeRun(world)).toBeLessThanOrEqual(2);
    },
    TIMEOUT_MS,
  );

  it(
    "by a crash, which empties the queue, loses nothing of it either",
    async () => {
      const postgres = await startPostgres();
      onTestFinished(postgres.remove);
      const world = await openWorld({ redisUrl: redisUrl(), databaseUrl: postgres.url, env: ENV });
      world.sandbox.script.after({ ...LIST, nth: 3 }, postgres.crash);
      await world.workerHere();
      await world.sandbox.script.before({ ...LIST, nth: 4 }, () => {}).reached;
      expect(await repeatedInWholeRun(world)).toBeLessThanOrEqual(2);
    },
    TIMEOUT_MS,
  );

  it(
    "is no end for the command that watches the run",
    async () => {
      const postgres = await startPostgres();
      onTestFinished(postgres.remove);
      const world = await openWorld({ redisUrl: redisUrl(), databaseUrl: postgres.url, env: ENV });
      world.sandbox.script.after({ ...LIST, nth: 3 }, async () => {
        await postgres.stop();
        await sleep(1_000); // The command looks four times a second.
        await postgres.start();
      });
      const { code, stdout } = await world.run(["sync", "applications"]);
      expect(stdout).toMatch(/applications +full +proven/);
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );
});
