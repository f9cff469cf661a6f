import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { startProxy } from "../support/proxy.ts";
import { resourceNames } from "../../src/sync/resources.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const LIST = { path: "/applications" };
/** Seconds for the whole list, so that a process can come up while it is read. */
const SLOWLY = { KELIO_REQUESTS_PER_MINUTE: "200" };
const RUN_AT_START = { APPLICATIONS_CRON: "0 3 29 2 *" };

/** Fails unless the whole output is one JSON value of this form. */
function runsOf(stdout: string) {
  const run = z.looseObject({ run: z.int(), resource: z.string(), state: z.string(), trigger: z.string() });
  return z.object({ runs: z.array(run) }).parse(JSON.parse(stdout)).runs;
}

describe("sync", () => {
  it("ends with 0 and shows the figures of its runs", async () => {
    const world = await openWorld();
    const { code, stdout } = await world.run(["sync"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/campaigns +full +proven/);
    expect(stdout).toMatch(/applications +full +proven .* 300\/300/);
    expect(await world.mirror()).toEqual(world.source(resourceNames));
  });

  it("--json prints one JSON value and nothing else on stdout, whatever it logs", async () => {
    const world = await openWorld();
    const { code, stdout, stderr } = await world.run(["sync", "--json"], { LOG_LEVEL: "trace" });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /"resource":"\w+","sync":"full","outcome":"proven","rows":\d+,"pages":\d+,"seconds":\d+,"msg":"run concluded"/,
    );
    expect(runsOf(stdout).map(({ state }) => state)).toEqual(resourceNames.map(() => "proven"));
  });

  it("reads the one resource it is asked for", async () => {
    const world = await openWorld();
    const { stdout } = await world.run(["sync", "campaigns", "--json"]);
    expect(runsOf(stdout)).toMatchObject([{ resource: "campaigns" }]);
    expect(world.requestsFor("applications")).toEqual([]);
  });

  it("ends with 1 and says why when a run has failed", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "status", status: 422 }, LIST);
    const { code, stdout } = await world.run(["sync", "applications"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/Run 1: .*422/);
  });

  it("ends with 2 when the scope of what it is asked for is not among KELIO_SCOPES", async () => {
    const world = await openWorld({ env: { KELIO_SCOPES: "campaigns_read" } });
    const { code, stderr } = await world.run(["sync", "applications"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/applications_read/);
    expect(world.sandbox.requests).toEqual([]);
  });

  it("reads no more than the scopes allow", async () => {
    const world = await openWorld({ env: { KELIO_SCOPES: "campaigns_read,managers_read" } });
    const { code, stdout } = await world.run(["sync", "--json"]);
    expect(code).toBe(0);
    const read = runsOf(stdout).map(({ resource }) => resource);
    expect(read.toSorted()).toEqual(["campaigns", "entities", "managers", "units"]);
  });

  it("of what only customers have ends a jobboard's with 2, and says so", async () => {
    const world = await openWorld({ kind: "jobboard" });
    const { code, stderr } = await world.run(["sync", "managers"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/KELIO_ACCOUNT_KIND is jobboard: only a customer account can read managers/);
    expect(world.sandbox.requests).toEqual([]);
  });

  it("ends with 3 when the list could not be read to its end", async () => {
    const world = await openWorld({ sandbox: { variants: { pagination: "absent" } } });
    let first: readonly unknown[] = [];
    const url = await startProxy(world.sandbox, (items, page) => (page === 1 ? (first = items) : first));
    const { code, stdout } = await world.run(["sync", "applications"], { KELIO_API_URL: url });
    expect(code).toBe(3);
    expect(stdout).toMatch(/could not be read to its end/);
  });
});

describe("sync beside an incremental one", () => {
  it("waits for its end, also where that lasts longer than a job is tried again", { timeout: 90_000 }, async () => {
    const world = await openWorld();
    await world.sync("applications");
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { reached } = world.sandbox.script.before(LIST, () => held);
    const incremental = world.sync("applications", undefined, "incremental");
    await reached;
    const full = world.cli(["sync", "applications", "--json"]);
    await Promise.race([full.ended, sleep(20_000)]);
    release();
    expect(await incremental).toMatchObject([{ kind: "incremental", state: "done" }]);
    const { code, stdout, stderr } = await full.ended;
    expect(stderr).not.toMatch(/job attempt failed/);
    expect(code).toBe(0);
    expect(runsOf(stdout)).toMatchObject([{ state: "proven" }]);
  });
});

describeOnBackends("sync beside a worker", ({ redisUrl }) => {
  it("joins the run that is going", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: RUN_AT_START });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { reached } = world.sandbox.script.before({ ...LIST, nth: 2 }, () => held);
    await world.workerHere();
    await reached;
    const command = world.cli(["sync", "applications"]);
    await waitFor("the command to show a run", () => command.stderr().includes("applications"));
    release();
    const { code, stdout } = await command.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/applications +full +proven/);
    expect(await world.runs()).toMatchObject([{ state: "proven", trigger: "schedule" }]);
    expect(world.requestsFor("applications")).toHaveLength(7);
  });

  it("stopped by Ctrl-C ends with 130, and the worker goes on with its run", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: SLOWLY });
    await world.workerHere();
    const command = world.cli(["sync", "applications"]);
    await world.sandbox.script.before({ ...LIST, nth: 3 }, () => {}).reached;
    command.kill("SIGINT");
    expect(await command.ended).toMatchObject({ code: 130 });
    expect(await world.waitForRun()).toMatchObject({ rows: 300 });
    expect(world.requestsFor("applications")).toHaveLength(7);
  });
});

describeOnBackends("sync that is stopped", ({ redisUrl }) => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s ends with %i, and the same command goes on from there", async (signal, code) => {
    const world = await openWorld({ redisUrl: redisUrl(), env: SLOWLY });
    const command = world.cli(["sync", "applications"]);
    await waitFor("three pages", async () => (await world.database.syncPage.count()) >= 3);
    command.kill(signal);
    const stopped = await command.ended;
    expect(stopped.code).toBe(code);
    expect(stopped.stderr).toMatch(/continues from there/);
    const again = await world.run(["sync", "applications", "--json"]);
    expect(again.code).toBe(0);
    expect(runsOf(again.stdout)).toMatchObject([{ run: 1, state: "proven", rows: 300 }]);
    expect(world.requestsFor("applications")).toHaveLength(7);
  });
});
