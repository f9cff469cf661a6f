import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/requests/faults.ts";
import { openWorld, type World } from "../support/world.ts";

/** Answers that are far slower than the slot of a request, so that several walkers share the list. */
const SLOW = {
  env: { KELIO_REQUESTS_PER_MINUTE: "600" },
  sandbox: { applications: 1_000, latency: { min: 330, max: 380 } },
};

async function walkersOf({ database }: World, run: number | undefined) {
  return database.syncWalker.findMany({ where: { runId: run ?? 0 }, orderBy: { index: "asc" } });
}

describe("a slow API", () => {
  it("is read by several walkers, each of which reads at most one page that the next one read too", async () => {
    const world = await openWorld(SLOW);
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", rows: 1_000, inserted: 1_000 });
    const walkers = await walkersOf(world, run?.run);
    expect(walkers.map(({ kind, endedBy }) => [kind, endedBy])).toEqual([
      ["segment", "joined"],
      ["segment", "joined"],
      ["segment", "joined"],
      ["segment", "end"],
      ["head", "joined"],
    ]);
    expect((await world.mirror()).applications).toEqual(world.source().applications);
    const [pages, head, stitches] = [20, 1, 3];
    expect(world.requestsFor("applications").length).toBeLessThanOrEqual(pages + head + stitches);
  });

  it("is not read twice where one walker falls behind: the one before it absorbs its segment", async () => {
    const world = await openWorld(SLOW);
    const late: Fault = { kind: "status", status: 429, retryAfter: 6 };
    world.sandbox.script.fault(late, { path: "/applications", where: ({ query }) => query["page"] === "11" });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 1_000 }]);
    const [pages, head, stitches, refused] = [20, 1, 3, 1];
    expect(world.requestsFor("applications").length).toBeLessThanOrEqual(pages + head + stitches + refused);
  });

  it("loses no row that stays when rows arrive between its answers", async () => {
    const world = await openWorld(SLOW);
    world.sandbox.script.before({ path: "/applications", times: Infinity }, (data) => void data.applications.insert());
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven" });
    const mirrored = new Set((await world.database.application.findMany({ select: { id: true } })).map(({ id }) => id));
    const seeded = world.sandbox.data.applications.ids().slice(0, 1_000);
    expect(seeded.filter((id) => !mirrored.has(BigInt(id)))).toEqual([]);
  });
});

describe("a list that moves between two requests", () => {
  it("loses no row to insertions, and the head holds those that arrived", async () => {
    const world = await openWorld();
    world.sandbox.script.before({ path: "/applications", times: 6 }, (data) => void data.applications.insert());
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", rows: 306 });
    expect((await world.mirror()).applications).toEqual(world.source().applications);
  });

  it("goes on to its end when rows vanish, and a row that was mirrored before stays", async () => {
    const world = await openWorld();
    await world.sync("applications");
    world.sandbox.script.before({ path: "/applications", times: 5 }, (data) => {
      const newest = data.applications.ids().at(-1);
      if (newest !== undefined) data.applications.remove(newest);
    });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", inserted: 0, updated: 0 }]);
    expect(await world.database.application.count()).toBe(300);
  });

  it("that ends early is read to its new end", async () => {
    const world = await openWorld();
    world.sandbox.script.before({ path: "/applications", nth: 3 }, (data) => {
      for (const id of data.applications.ids().slice(0, 180)) data.applications.remove(id);
    });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 120 }]);
  });

  it("that grows by pages while it is read is read to its end", async () => {
    const world = await openWorld({ sandbox: { applications: 120 } });
    world.sandbox.script.before({ path: "/applications", nth: 2 }, (data) => {
      for (let i = 0; i < 200; i += 1) data.applications.insert();
    });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 320 }]);
    expect((await world.mirror()).applications).toEqual(world.source().applications);
  });
});
