import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { startProxy, type Rewrite } from "../support/proxy.ts";
import { openWorld, type World } from "../support/world.ts";

const BEYOND_JSON = 2 ** 60;

/** A sync of applications whose answers come through `rewrite`. */
async function syncThrough(world: World, rewrite: Rewrite) {
  const url = await startProxy(world.sandbox, rewrite);
  const [run] = await world.sync("applications", (config): Config => ({ ...config, api: { ...config.api, url } }));
  return run;
}

const quarantined = ({ database, account }: World) =>
  database.quarantine.findMany({ where: { account }, orderBy: { reason: "asc" } });

describe("an item that cannot be a row", () => {
  const strange: readonly unknown[] = [
    null,
    7,
    "text",
    [],
    {},
    { id: null },
    { id: -5 },
    { id: BEYOND_JSON },
    { id: {} },
  ];

  it("goes to quarantine with a reason, and the run goes on to the end of the list", async () => {
    const world = await openWorld();
    const run = await syncThrough(world, (items, page) => (page === 2 ? [...items, ...strange] : items));
    expect(run).toMatchObject({ state: "proven", rows: 300, inserted: 300, quarantined: strange.length });
    const kept = await quarantined(world);
    expect(kept).toHaveLength(strange.length);
    expect(kept.map(({ reason }) => reason).every((reason) => reason.length > 0)).toBe(true);
  });

  it("costs no further request, although the list holds nothing else", async () => {
    const world = await openWorld({ sandbox: { applications: 1 } });
    const run = await syncThrough(world, () => [{ id: [7] }]);
    expect(run).toMatchObject({ state: "proven", rows: 0, quarantined: 1 });
    expect(world.requestsFor("applications")).toHaveLength(1);
  });

  it("is kept once, however often it is seen", async () => {
    const world = await openWorld();
    const rewrite: Rewrite = (items) => [...items, { id: "none", note: "again" }];
    await syncThrough(world, rewrite);
    const run = await syncThrough(world, rewrite);
    expect(await quarantined(world)).toMatchObject([{ raw: { id: "none", note: "again" }, runId: run?.run }]);
  });

  it("does not keep the application from the mirror when it is the embedded applicant", async () => {
    const world = await openWorld({ sandbox: { applications: 3 } });
    const [first = 0] = world.sandbox.data.applications.ids();
    world.sandbox.data.applicants.insert({ id: BEYOND_JSON });
    world.sandbox.data.applications.edit(first, { applicant_id: BEYOND_JSON });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 3, quarantined: 1 }]);
    const row = await world.database.application.findFirstOrThrow({ where: { id: first } });
    expect(row.applicant_id).toBeNull();
  });
});

describe("the largest id that Postgres can keep", () => {
  it("is a row as any other", async () => {
    const world = await openWorld({ sandbox: { applications: 3 } });
    const largest = 2n ** 63n - 1n;
    const run = await syncThrough(world, (items) => [...items, { id: String(largest) }]);
    expect(run).toMatchObject({ state: "proven", rows: 4, quarantined: 0 });
    expect(await world.database.application.count({ where: { id: largest } })).toBe(1);
  });
});

describe("an id that comes again", () => {
  it("within a page is one row", async () => {
    const world = await openWorld();
    const run = await syncThrough(world, (items) => items.flatMap((item) => [item, item]));
    expect(run).toMatchObject({ state: "proven", rows: 300, inserted: 300, updated: 0 });
    expect((await world.mirror()).applications).toEqual(world.source().applications);
  });

  it("on the next page is one row, although the list moved under the walk", async () => {
    const world = await openWorld();
    world.sandbox.script.before({ path: "/applications", nth: 3 }, (data) => {
      for (let i = 0; i < 10; i += 1) data.applications.insert();
    });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", rows: 310, inserted: 310, updated: 0 });
    expect((await world.mirror()).applications).toEqual(world.source().applications);
  });
});

describe("text that Postgres cannot keep as it is", () => {
  it("is fixed, and its row mirrored", async () => {
    const world = await openWorld({ sandbox: { applications: 2 } });
    const run = await syncThrough(world, (items) => [...items, { id: 1, source: "a\0b", note: "\uD800" }]);
    expect(run).toMatchObject({ state: "proven", rows: 3, quarantined: 0 });
    expect(await world.database.application.findFirstOrThrow({ where: { id: 1 } })).toMatchObject({
      source: "a\uFFFDb",
    });
  });

  it("does not stop a run, whatever type a field has", async () => {
    const world = await openWorld({ sandbox: { applications: 2 } });
    const odd = {
      id: 1,
      campaign_id: "none",
      applicant: "somebody",
      status: [],
      current_stage: { at: 3 },
      source: false,
      created_at: "0000-02-30",
      tags: "one, two",
      skills: 5,
      status_history: "\0",
    };
    const run = await syncThrough(world, (items) => [...items, odd, { ...odd, id: 2, created_at: "275760-09-13" }]);
    expect(run).toMatchObject({ state: "proven", rows: 4, quarantined: 0 });
  });
});
