import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/requests/faults.ts";
import { startProxy, type Rewrite } from "../support/proxy.ts";
import { openWorld, type World } from "../support/world.ts";

const PAGES = 6;
const HEAD = 1;
const APPLICATIONS = { path: "/applications" };

/** Every page from there on holds the rows of the first. */
function repeatingFrom(start: number): Rewrite {
  let first: readonly unknown[] = [];
  return (items, page) => {
    if (page === 1) first = items;
    return page < start ? items : first;
  };
}

/** As many requests as the pages need, and `extra`. */
function expectRequests(world: World, extra: number): void {
  expect(world.requestsFor("applications")).toHaveLength(PAGES + HEAD + extra);
}

describe("a fault in the middle of a run costs one request more, and no row", () => {
  const faults: readonly Fault[] = [
    { kind: "html", status: 200 },
    { kind: "html", status: 503 },
    { kind: "truncated", cut: "body" },
    { kind: "truncated", cut: "connection" },
    { kind: "empty" },
    { kind: "reset" },
    { kind: "status", status: 408 },
    { kind: "status", status: 429, retryAfter: 1 },
    { kind: "status", status: 429, retryAfter: new Date(0).toUTCString() },
    { kind: "status", status: 500 },
    { kind: "status", status: 502 },
  ];

  it.each(faults.map((fault) => [JSON.stringify(fault), fault] as const))("%s", async (_, fault) => {
    const world = await openWorld();
    world.sandbox.script.fault(fault, { ...APPLICATIONS, nth: 3 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300, error: null }]);
    expectRequests(world, 1);
    expect((await world.mirror()).applications).toEqual(world.source().applications);
  });

  it("an answer that never comes, abandoned after the time-out", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "hang" }, { ...APPLICATIONS, nth: 3 });
    const impatient = { timeoutMs: 2_000 };
    const [run] = await world.sync("applications", (config) => ({ ...config, api: { ...config.api, ...impatient } }));
    expect(run).toMatchObject({ state: "proven", rows: 300 });
    expectRequests(world, 1);
  });

  it("three 500s in a row, three more requests", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "status", status: 500 }, { ...APPLICATIONS, nth: 2, times: 3 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300 }]);
    expectRequests(world, 3);
  });
});

describe("an answer that is odd and can be read costs nothing", () => {
  const faults: readonly Fault[] = [
    { kind: "content-type", contentType: "text/plain" },
    { kind: "slow", pieces: 4, pauseMs: 20 },
  ];

  it.each(faults.map((fault) => [fault.kind, fault] as const))("%s", async (_, fault) => {
    const world = await openWorld();
    world.sandbox.script.fault(fault, { ...APPLICATIONS, nth: 3 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300 }]);
    expectRequests(world, 0);
  });

  it("a page that lacks some of its rows: they are read from where it ended", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "shrink", rows: 7 }, { ...APPLICATIONS, nth: 3 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300 }]);
    expectRequests(world, 1);
  });

  it("a page that comes twice: what should have come is asked for again", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "repeat" }, { ...APPLICATIONS, nth: 3 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300 }]);
    expectRequests(world, 1);
  });
});

describe("a list that repeats itself for ever", () => {
  it("ends the run as incomplete after three pages that bring nothing, and what was read is kept", async () => {
    const world = await openWorld({ sandbox: { variants: { pagination: "absent" } } });
    const url = await startProxy(world.sandbox, repeatingFrom(3));
    const [run] = await world.sync("applications", (config) => ({ ...config, api: { ...config.api, url } }));
    expect(run).toMatchObject({ state: "unproven", rows: 98, error: { code: "list_cut_short" } });
    expect(run?.pages).toBeLessThanOrEqual(7);
    expect(await world.database.application.count()).toBe(98);
  });
});

describe("a missing scope", () => {
  const readerOfCampaigns = {
    kind: "customer",
    privateKey: "key-1",
    secretKey: "secret-1",
    scopes: ["campaigns_read"],
  } as const;

  it.each(["alike", "distinct"] as const)(
    "fails the run at once and is named, with bodies that are %s",
    async (forbiddenBody) => {
      const world = await openWorld({ sandbox: { keys: [readerOfCampaigns], variants: { forbiddenBody } } });
      const [campaigns, applications] = await world.sync();
      expect(campaigns).toMatchObject({ state: "proven" });
      expect(applications).toMatchObject({ state: "failed", error: { code: "api_refused" } });
      expect(applications?.error?.message).toMatch(/applications_read/);
      expectRequests(world, 1 - PAGES - HEAD);
    },
  );
});

describe("an invalid request", () => {
  it("fails the run at once, with what the API said", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "status", status: 422 }, { ...APPLICATIONS, nth: 3 });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "failed", rows: 100, error: { code: "api_invalid" } });
    expect(run?.error?.message).toMatch(/HTTP 422: … status 422/);
    expect(await world.database.application.count()).toBe(100);
  });
});

describe("after a failed run", () => {
  it("the next sync starts anew and reads the whole list", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "status", status: 400 }, { ...APPLICATIONS, nth: 4 });
    expect(await world.sync("applications")).toMatchObject([{ state: "failed" }]);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300, unchanged: 150 }]);
  });
});
