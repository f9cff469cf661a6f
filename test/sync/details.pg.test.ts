import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { readOffers } from "../../src/mirror/embed-offers.ts";
import { countPendingDetails } from "../../src/mirror/pending-details.ts";
import { noteDetail } from "../../src/sync/details/details.ts";
import { resources } from "../../src/sync/resources.ts";
import { sourceOf } from "../support/source.ts";
import { openWorld, type World } from "../support/world.ts";

const WITHDRAWN = { applications: 60, variants: { listEmbeds: "withdrawn" } } as const;
const { table } = resources.applications;

const limited = (perRun: number) => ({ env: { DETAIL_REQUESTS_PER_RUN: String(perRun) }, sandbox: WITHDRAWN });
const waiting = async ({ database, account }: World) => (await countPendingDetails(database, account, [table]))(table);
const shownIds = ({ sandbox }: World) =>
  sandbox.requests.flatMap(({ path }) => /^\/applications\/(\d+)$/.exec(path)?.[1] ?? []).map(Number);

describe("rows of a list that brings no embedded data", () => {
  it("are completed one by one, and then are as they would be with it", async () => {
    const world = await openWorld({ sandbox: WITHDRAWN });
    const [run] = await world.sync("campaigns");
    expect(run).toMatchObject({ state: "proven", details: { selected: 12, completed: 12 } });
    expect((await world.mirror()).campaigns).toEqual(sourceOf(world.sandbox, "customer", ["campaigns"]).campaigns);
  });

  it("are asked for newest first, so many a run, and the rest waits, which status tells", async () => {
    const world = await openWorld(limited(10));
    const newest = world.sandbox.data.applications.ids().toReversed();
    await world.sync("applications");
    expect(shownIds(world).toSorted((a, b) => b - a)).toEqual(newest.slice(0, 10));
    expect(await waiting(world)).toBe(50);
    const { stdout } = await world.run(["status"]);
    expect(stdout).toContain("50 applications");
    await world.sync("applications");
    expect(shownIds(world).toSorted((a, b) => b - a)).toEqual(newest.slice(0, 20));
  });

  it("are asked for again when they changed, and not while they stay as they are", async () => {
    const world = await openWorld({ env: { DETAIL_REQUESTS_PER_RUN: "60" }, sandbox: WITHDRAWN });
    await world.sync("applications");
    await world.sync("applications");
    expect(shownIds(world)).toHaveLength(60);
    const [id = 0] = world.sandbox.data.applications.ids();
    world.sandbox.data.applications.edit(id, { source: "edited", tags: ["late"] });
    await world.sync("applications");
    expect(shownIds(world).slice(60)).toEqual([id]);
    expect(await world.database.application.findFirst({ where: { id } })).toMatchObject({ tags: ["late"] });
  });

  it("are completed by an incremental sync as well", async () => {
    const world = await openWorld({ env: { DETAIL_REQUESTS_PER_RUN: "60" }, sandbox: WITHDRAWN });
    await world.sync("applications");
    const { id } = world.sandbox.data.applications.insert();
    const [run] = await world.sync("applications", (config) => config, "incremental");
    expect(run).toMatchObject({ state: "done", details: { selected: 1, completed: 1 } });
    expect(shownIds(world).at(-1)).toBe(id);
  });

  it("wait where nobody answers for one of them, at the cost of three requests a run", async () => {
    const world = await openWorld({ sandbox: { variants: { listEmbeds: "withdrawn", applicationShow: "missing" } } });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", details: { selected: 200, completed: 0 } });
    expect(await waiting(world)).toBe(300);
    // Those in flight when the third failed had left already.
    expect(shownIds(world).length).toBeLessThanOrEqual(3 + 7);
  });

  it("are left to the next run if they alone cannot be shown, and do not go first there", async () => {
    const world = await openWorld(limited(2));
    world.sandbox.script.fault({ kind: "status", status: 422 }, { path: "/applications/:id" });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", details: { selected: 2, completed: 1 } });
    const [failed] = shownIds(world);
    await world.sync("applications");
    expect(shownIds(world).slice(2)).not.toContain(failed);
  });

  it("are asked for by none where the setting is 0, nor of a jobboard, which has no such question", async () => {
    const none = await openWorld(limited(0));
    await none.sync("applications");
    expect(shownIds(none)).toEqual([]);
    const jobboard = await openWorld({ kind: "jobboard", sandbox: WITHDRAWN });
    await jobboard.sync("applications");
    expect(await waiting(jobboard)).toBe(0);
  });

  it("wait no longer once a list brings all of it", async () => {
    const { database, account } = await openWorld();
    const page = { ids: ["1", "2"], written: ["1", "2"] };
    const embeds = resources.applications.embed.customer;
    const note = (items: readonly object[]) =>
      inTransaction(database, async (tx) => {
        const offers = await readOffers(tx, { account, resource: "applications" }, "application", embeds);
        await noteDetail(tx, account, "applications", { ...page, items }, offers);
      });
    const ids = async () => (await database.pendingDetail.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id);
    await note([{ id: 1 }, { id: 2 }]);
    expect(await ids()).toEqual([1n, 2n]);
    const all = Object.fromEntries(embeds.map((key) => [key, null]));
    await note([{ id: 1, ...all }, { id: 2 }]);
    expect(await ids()).toEqual([]);
  });
});
