import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openWorld } from "../support/world.ts";

/** Of the real quota, and so that a person may run it: without keys. */
const ENV = {
  KELIO_REQUESTS_PER_MINUTE: "120",
  KELIO_PRIVATE_KEY: "",
  KELIO_SECRET_KEY: "",
  CAMPAIGNS_CRON: "0 3 * * *",
  APPLICATIONS_CRON: "10 3 * * *",
  INCREMENTAL_CRON: "*/15 * * * *",
};

const answer = z.object({
  notKnown: z.array(z.string()),
  conflicts: z.array(z.object({ reason: z.string(), message: z.string() })),
  freeShare: z.number(),
  syncs: z.array(
    z.object({
      resource: z.string(),
      kind: z.string(),
      rows: z.int().nullable(),
      requestsPerRun: z.int().nullable(),
      runsPerDay: z.int(),
    }),
  ),
});

describe("plan", () => {
  it("works out the cost from the rows and statuses of the mirror, without keys and without a request", async () => {
    const world = await openWorld();
    await world.sync();
    const before = world.sandbox.requests.length;
    const { code, stdout } = await world.run(["plan", "--json"], ENV);
    expect(code).toBe(0);
    const { syncs, notKnown, conflicts } = answer.parse(JSON.parse(stdout));
    const statuses = new Set((await world.database.application.findMany()).map(({ status }) => status)).size;
    expect(statuses).toBeGreaterThan(1);
    const busy = syncs.filter(({ resource }) => resource === "campaigns" || resource === "applications");
    expect(busy).toEqual([
      { resource: "campaigns", kind: "full", rows: 12, requestsPerRun: 1, runsPerDay: 1 },
      { resource: "campaigns", kind: "incremental", rows: 12, requestsPerRun: 2, runsPerDay: 96 },
      { resource: "applications", kind: "full", rows: 300, requestsPerRun: 7, runsPerDay: 1 },
      {
        resource: "applications",
        kind: "incremental",
        rows: 300,
        requestsPerRun: 1 + statuses,

        runsPerDay: 96,
      },
    ]);
    expect({ notKnown, conflicts }).toEqual({ notKnown: ["managers", "entities", "units"], conflicts: [] });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it("uses the length that was reported to the last run where the mirror holds less", async () => {
    const world = await openWorld();
    const run = { account: world.account, resource: "applications", kind: "full", trigger: "command" };
    await world.database.syncRun.create({ data: { ...run, state: "unproven", total: 60_000 } });
    const env = { ...ENV, APPLICATIONS_CRON: "*/5 * * * *" };
    const { stdout } = await world.run(["plan"], env);
    expect(stdout).toMatch(/^applications, full +\*\/5 \* \* \* \* +60000 +1201 +288 +0 +345888 +2882\.4$/m);
    expect(stdout).toContain(
      "APPLICATIONS_CRON: a full sync of 60,000 applications needs 10 min of the quota; it is due every 5 min.",
    );
  });

  it("counts each row that waits for its details once, and all runs of a schedule with seconds", async () => {
    const world = await openWorld({
      env: { DETAIL_REQUESTS_PER_RUN: "0" },
      sandbox: { variants: { listEmbeds: "withdrawn" } },
    });
    await world.sync("applications");
    const nightly = { ...ENV, DETAIL_REQUESTS_PER_RUN: "200", INCREMENTAL_CRON: "off", APPLICATIONS_CRON: "0 3 * * *" };
    const dense = { ...nightly, INCREMENTAL_CRON: "* * * * * *", DETAIL_REQUESTS_PER_RUN: "0" };
    const { stdout } = await world.run(["plan"], nightly);
    expect(stdout).toMatch(/^applications, full +0 3 \* \* \* +300 +7 +1 +(200|100) +\d+ /m);
    expect(stdout).toContain("Details are rows whose details are pending: the next runs request each of them once.");
    const every = await world.run(["plan"], dense);
    expect(every.stdout).toMatch(/^campaigns, incremental +\* \* \* \* \* \* +\? +2 +86400 +0 +172800 +1440\.0$/m);
    expect(every.stdout).not.toContain("Details are rows");
  });

  it("before the first sync plans with what is known, and says what is not", async () => {
    const world = await openWorld();
    const { code, stdout } = await world.run(["plan"], { ...ENV, KELIO_SCOPES: "campaigns_read" });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^campaigns, full +0 3 \* \* \* +\? +\? /m);
    expect(stdout).toMatch(/^campaigns, incremental .* 2 +96 /m);
    expect(stdout).toMatch(/^applications, full +not scheduled: scope applications_read is not granted/m);
    expect(stdout).toContain("?: not known before the first sync of campaigns.");
    expect(stdout).toContain("The schedules fit, as far as is known.");
  });

  it("of a jobboard asks for no status", async () => {
    const world = await openWorld({ kind: "jobboard" });
    await world.sync();
    const { stdout } = await world.run(["plan", "--json"], ENV);
    const { syncs } = answer.parse(JSON.parse(stdout));
    expect(syncs.at(-1)).toMatchObject({ kind: "incremental", requestsPerRun: 1 });
  });
});

describe("start", () => {
  it("warns where a schedule cannot fit, and starts all the same", async () => {
    const world = await openWorld({ env: { KELIO_REQUESTS_PER_MINUTE: "120" } });
    const run = { account: world.account, resource: "campaigns", kind: "full", trigger: "command" };
    await world.database.syncRun.create({ data: { ...run, state: "unproven", total: 60_000 } });
    await world.workerHere({ CAMPAIGNS_CRON: "*/5 * * * *" });
    const warning = world.log.find((line) => line.includes("CAMPAIGNS_CRON: a full sync of 60,000 campaigns"));
    expect(warning).toContain("it is due every 5 min. Schedule it less often");
  });
});
