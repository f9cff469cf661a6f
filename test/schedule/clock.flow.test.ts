import { describe, expect, it } from "vitest";
import { createClock } from "../../src/schedule/clock.ts";
import { describeOnBackends } from "../support/redis.ts";
import { silent } from "../support/silent.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const TIMEOUT_MS = 120_000;
const EVERY_2_SECONDS = { CAMPAIGNS_CRON: "*/2 * * * * *" };
/** Not while we live. */
const RARELY = "0 3 29 2 *";

const ended = async ({ runs }: World) => (await runs()).filter(({ state }) => state !== "running");
const ticks = ({ database, account }: World) => database.scheduleTick.findMany({ where: { account } });

/** As an earlier process left it: due at that time, with that expression. */
function leaveTick({ database, account }: World, nextAt: Date, expression: string) {
  return database.scheduleTick.create({ data: { account, name: "campaigns", expression, nextAt } });
}

const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000);

describeOnBackends("a schedule that several workers keep", ({ redisUrl }) => {
  it(
    "starts one run for each tick",
    async () => {
      const world = await openWorld({ redisUrl: redisUrl(), env: EVERY_2_SECONDS });
      await Promise.all([world.worker(), world.workerHere(), world.workerHere()]);
      await waitFor("five runs", async () => (await ended(world)).length >= 5);
      const runs = await ended(world);
      const starts = runs.map(({ startedAt }) => Date.parse(startedAt));
      const ticksPassed = Math.ceil((Math.max(...starts) - Math.min(...starts)) / 2_000);
      expect(runs.length).toBeLessThanOrEqual(ticksPassed + 1);
      expect(runs.every(({ state, trigger }) => state === "proven" && trigger === "schedule")).toBe(true);
      expect(world.requestsFor("campaigns").length).toBeLessThanOrEqual((await world.runs()).length);
    },
    TIMEOUT_MS,
  );

  it(
    "does not start a run while the one before is going",
    async () => {
      const env = { CAMPAIGNS_CRON: "* * * * * *" };
      const sandbox = { latency: { min: 1_200, max: 1_500 } };
      const world = await openWorld({ redisUrl: redisUrl(), env, sandbox });
      await Promise.all([world.workerHere(), world.workerHere()]);
      await waitFor("three runs", async () => (await ended(world)).length >= 3);
      const runs = await ended(world);
      const overlaps = runs.filter((run, i) => i > 0 && run.startedAt < (runs[i - 1]?.finishedAt ?? ""));
      expect(overlaps).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe("a tick that was missed while nothing ran", () => {
  it("is caught up by one run at the next start, even if many were missed", async () => {
    const world = await openWorld({ env: { CAMPAIGNS_CRON: "0 * * * *" } });
    await leaveTick(world, hoursFromNow(-50), "0 * * * * Europe/Paris");
    await Promise.all([world.workerHere(), world.workerHere()]);
    await world.waitForRun();
    expect(await world.runs()).toHaveLength(1);
    const [tick] = await ticks(world);
    expect(tick?.nextAt.getTime()).toBeGreaterThan(Date.now());
  });

  it("is caught up even if the expression has changed since", async () => {
    const world = await openWorld({ env: { CAMPAIGNS_CRON: RARELY } });
    await leaveTick(world, hoursFromNow(-1), "0 * * * * Europe/Paris");
    await world.workerHere();
    await world.waitForRun();
    expect(await ticks(world)).toMatchObject([{ expression: `${RARELY} Europe/Paris` }]);
  });
});

describe("a schedule", () => {
  it("that is new is due at once if its mirror is empty", async () => {
    const world = await openWorld({ env: { CAMPAIGNS_CRON: RARELY } });
    await world.workerHere();
    expect(await world.waitForRun()).toMatchObject({ resource: "campaigns", trigger: "schedule" });
  });

  it("whose expression has changed is due by the new one", async () => {
    const world = await openWorld({ env: { CAMPAIGNS_CRON: RARELY } });
    await leaveTick(world, hoursFromNow(2), "0 * * * * Europe/Paris");
    await world.workerHere();
    const [tick] = await ticks(world);
    expect(tick).toMatchObject({ expression: `${RARELY} Europe/Paris` });
    const paris = new Intl.DateTimeFormat("en", { timeZone: "Europe/Paris", month: "numeric", day: "numeric" });
    expect(tick && paris.format(tick.nextAt)).toBe("2/29");
    expect(await world.runs()).toEqual([]);
  });

  it("that is off starts no run, and status says that it is off", async () => {
    const world = await openWorld();
    await world.workerHere();
    expect(await ticks(world)).toEqual([]);
    expect(await world.runs()).toEqual([]);
    const { stdout } = await world.run(["status", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      resources: [
        { resource: "campaigns", schedule: "off", nextDue: null },
        { resource: "applications", schedule: "off", nextDue: null },
        { resource: "applicants", schedule: "off", nextDue: null },
        { resource: "managers", schedule: "off", nextDue: null },
        { resource: "entities", schedule: "off", nextDue: null },
        { resource: "units", schedule: "off", nextDue: null },
      ],
    });
  });

  it("of a resource whose scope is missing is not kept, and status says so", async () => {
    const env = { CAMPAIGNS_CRON: RARELY, APPLICATIONS_CRON: RARELY, KELIO_SCOPES: "campaigns_read" };
    const world = await openWorld({ env });
    await world.workerHere();
    await world.waitForRun();
    expect(await ticks(world)).toMatchObject([{ name: "campaigns" }]);
    const { stdout } = await world.run(["status", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      resources: [
        { resource: "campaigns", schedule: RARELY },
        { resource: "applications", schedule: expect.stringContaining("applications_read"), nextDue: null },
        { resource: "applicants", schedule: expect.stringContaining("applicants_read"), nextDue: null },
        { resource: "managers", schedule: expect.stringContaining("managers_read"), nextDue: null },
        { resource: "entities", schedule: expect.stringContaining("managers_read"), nextDue: null },
        { resource: "units", schedule: expect.stringContaining("managers_read"), nextDue: null },
      ],
    });
    expect(world.requestsFor("applications")).toEqual([]);
  });

  it("of the organisation starts a run of managers, one of entities and one of their units", async () => {
    const world = await openWorld({ env: { ORGANISATION_CRON: RARELY } });
    await world.workerHere();
    await waitFor("three runs", async () => (await ended(world)).length === 3);
    const runs = (await ended(world)).map(({ resource, state }) => `${resource} ${state}`);
    expect(runs.toSorted()).toEqual(["entities proven", "managers proven", "units proven"]);
  });

  it("of a jobboard covers only campaigns and applications", async () => {
    const world = await openWorld({ kind: "jobboard", env: { ORGANISATION_CRON: RARELY, APPLICANTS_CRON: RARELY } });
    await world.workerHere();
    expect(await ticks(world)).toEqual([]);
    const { stdout } = await world.run(["status", "--json"]);
    const { resources, mirror } = JSON.parse(stdout);
    expect(resources).toMatchObject([{ resource: "campaigns" }, { resource: "applications" }]);
    expect(mirror).toMatchObject([{ table: "campaign" }, { table: "application" }, { table: "applicant" }]);
  });
});

describe("a clock that stops while it starts", () => {
  it.each(["campaigns", "clean up"])("begins nothing after what it does then, %s", async (last) => {
    const { database, account } = await openWorld();
    const begun: string[] = [];
    const stopped: Promise<void>[] = [];
    const begin = async (name: string) => {
      begun.push(name);
      if (name === last) stopped.push(clock.stop());
    };
    const clock = createClock({
      database,
      account,
      timezone: "UTC",
      recheck: RARELY,
      logger: silent,
      pulls: (["campaigns", "applications"] as const).map((resource) => {
        return { name: resource, resource, kind: "full" as const, expression: RARELY, schedule: RARELY };
      }),
      startRun: ({ resource }) => begin(resource),
      maintenance: ["clean up", "imports"].map((name) => ({ name, expression: RARELY, run: () => begin(name) })),
    });
    await clock.start();
    await Promise.all(stopped);
    expect(begun.at(-1)).toBe(last);
    expect(begun).not.toContain("imports");
  });
});
