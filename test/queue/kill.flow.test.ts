import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

const LIST = { path: "/applications" };
const TIMEOUT_MS = 180_000;
const PAGES = 20;
/** A schedule that is seen for the first time is due at once; after that, not while we live. */
const ONE_RUN = { APPLICATIONS_CRON: "0 3 29 2 *" };

/** Answers slow enough for four walkers, which are the most requests in flight. */
const slow = (redisUrl: string | null): WorldOptions => ({
  redisUrl,
  env: { ...ONE_RUN, KELIO_REQUESTS_PER_MINUTE: "600" },
  sandbox: { applications: PAGES * 50, latency: { min: 330, max: 380 } },
});
const IN_FLIGHT = 4;

/** A job is one step of a run: what it asked for more than once was repeated. */
async function repeatedRequests({ database }: World): Promise<number> {
  const requests = await database.apiRequest.findMany({ select: { job: true } });
  return requests.length - new Set(requests.map(({ job }) => job)).size;
}

describeOnBackends("workers that are killed in the middle of a run", ({ redisUrl }) => {
  it(
    "cost at most the requests in flight each time, and the one that is left finishes the run",
    async () => {
      const world = await openWorld(slow(redisUrl()));
      const { script } = world.sandbox;
      const soon = () => 2 + Math.floor(Math.random() * 4);

      const alone = await world.worker();
      await script.before({ ...LIST, nth: soon() }, () => {}).reached;
      alone.kill("SIGKILL");
      await alone.ended;

      const [one] = await Promise.all([world.worker(), world.workerHere()]);
      await script.after({ ...LIST, nth: soon() }, () => {}).reached;
      one.kill("SIGKILL");

      expect(await world.waitForRun()).toMatchObject({ rows: PAGES * 50, inserted: PAGES * 50, updated: 0 });
      expect((await world.mirror()).applications).toEqual(world.source().applications);
      expect(await world.runs()).toHaveLength(1);
      expect(await repeatedRequests(world)).toBeLessThanOrEqual(2 * IN_FLIGHT);
    },
    TIMEOUT_MS,
  );
});

describeOnBackends("a worker that receives a signal to stop", ({ redisUrl }) => {
  /** A slot is longer than an answer: while one request is in flight, there is time to stop before the next. */
  const world = () =>
    openWorld({
      redisUrl: redisUrl(),
      env: { ...ONE_RUN, KELIO_REQUESTS_PER_MINUTE: "120" },
      sandbox: { latency: { min: 150, max: 250 } },
    });

  it("finishes the requests in flight, leaves with 0, and nothing is read twice", async () => {
    const { sandbox, worker, workerHere, waitForRun, mirror, source, requestsFor, database } = await world();
    const third = sandbox.script.before({ ...LIST, nth: 3 }, () => {});
    const first = await worker();
    await third.reached;
    first.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 0 });
    // On a busy machine the signal arrives after the next slot.
    const made = requestsFor("applications").map(({ status }) => status);
    expect(made).toEqual(made.map(() => 200));
    expect(await database.apiRequest.count({ where: { durationMs: null } })).toBe(0);
    expect(await database.syncPage.count()).toBe(made.length);
    expect(made.length).toBeLessThan(7);

    await workerHere();
    expect(await waitForRun()).toMatchObject({ rows: 300, pages: 7 });
    expect((await mirror()).applications).toEqual(source().applications);
    expect(requestsFor("applications")).toHaveLength(7);
  });

  it("gives a request up that does not end, leaves with 0, and the request is made again", async () => {
    const { sandbox, worker, workerHere, waitForRun, requestsFor, database } = await world();
    const third = sandbox.script.fault({ kind: "hang" }, { ...LIST, nth: 3 });
    const first = await worker();
    await third.reached;
    first.kill("SIGINT");
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await database.apiRequest.count({ where: { errorKind: "stopped" } })).toBe(1);

    await workerHere();
    expect(await waitForRun()).toMatchObject({ rows: 300, pages: 7 });
    expect(requestsFor("applications")).toHaveLength(7 + 1);
  });
});

describe("a worker that is stopped while it starts", () => {
  it("ends with 0 and does not say that it has started", async () => {
    const world = await openWorld();
    const { worker } = await inTransaction(world.database, async (tx) => {
      await tx.$executeRaw`lock table public.applicant_import in access exclusive mode`;
      const starting = world.cli(["start"]);
      await waitFor("a worker that waits for the imports", async () => {
        const waiting = await tx.$queryRaw<unknown[]>`
          select from pg_locks where relation = 'public.applicant_import'::regclass and not granted`;
        return waiting.length > 0;
      });
      starting.kill("SIGTERM");
      await waitFor("the stop to begin", () => starting.stderr().includes('"msg":"stopping"'));
      return { worker: starting };
    });
    expect(await worker.ended).toMatchObject({ code: 0 });
    expect(worker.stderr()).not.toContain("worker started");
  });
});

describe("a second signal", () => {
  it("makes a worker leave at once, whatever it waits for", async () => {
    const world = await openWorld({ env: ONE_RUN });
    const hanging = world.sandbox.script.fault({ kind: "hang" }, { ...LIST, nth: 3 });
    const worker = await world.worker();
    await hanging.reached;
    worker.kill("SIGTERM");
    await waitFor("the stop to begin", () => worker.stderr().includes('"msg":"stopping"'));
    await waitFor("the end", () => {
      worker.kill("SIGTERM");
      return !worker.isRunning();
    });
    expect(await worker.ended).toMatchObject({ code: 143 });
    expect(await world.database.apiRequest.count({ where: { durationMs: null } })).toBe(1);
  });
});
