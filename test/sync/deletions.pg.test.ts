import { describe, expect, it } from "vitest";
import { review } from "../../src/commands/review.ts";
import { loadConfig } from "../../src/config/config.ts";
import { createLifecycle } from "../../src/platform/lifecycle.ts";
import { PERSON } from "../support/decider.ts";
import { silent } from "../support/silent.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

/** Deletes applications at the source, spread over the list. Returns their ids, ascending. */
function removeSome({ sandbox }: World, count: number): readonly number[] {
  const ids = sandbox.data.applications.ids();
  const every = Math.floor(ids.length / count);
  const chosen = Array.from({ length: count }, (_, i) => ids[i * every] ?? 0);
  chosen.forEach((id) => sandbox.data.applications.remove(id));
  return chosen;
}

async function deletedIn({ database, account }: World): Promise<readonly number[]> {
  const rows = await database.application.findMany({
    where: { account, deleted_at: { not: null } },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  return rows.map(({ id }) => Number(id));
}

async function decide({ env }: World, decision: Parameters<typeof review>[1]) {
  const lifecycle = createLifecycle({ logger: silent });
  try {
    return await review({ config: loadConfig(env, { keys: false }), logger: silent, lifecycle }, decision, PERSON);
  } finally {
    await lifecycle.stop("done");
  }
}

const shown = (world: World) => world.sandbox.requests.filter(({ path }) => /\/applications\/\d+$/.test(path)).length;

describe("rows that a customer's list no longer holds", () => {
  it("are marked as deleted once each was asked for and not found, and the run says so", async () => {
    const world = await openWorld();
    await world.sync("applications");
    const gone = removeSome(world, 6);
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", proof: { known: 300, candidates: 6, deleted: 6, refuted: 0 } });
    expect(await deletedIn(world)).toEqual(gone);
    const [controlRow] = [1];
    expect(shown(world)).toBe(gone.length + controlRow);
    expect((await world.mirror()).applications).toEqual(world.source().applications);
    const history = await world.database.change.findMany({ where: { kind: "deleted" }, orderBy: { rowId: "asc" } });
    expect(history.map(({ rowId, runId }) => [Number(rowId), runId])).toEqual(gone.map((id) => [id, run?.run]));
  });

  it("come back when the source has them again", async () => {
    const world = await openWorld();
    await world.sync("applications");
    const [id = 0] = world.sandbox.data.applications.ids();
    const row = world.sandbox.data.applications.get(id);
    world.sandbox.data.applications.remove(id);
    await world.sync("applications");
    expect(await deletedIn(world)).toEqual([id]);
    world.sandbox.data.applications.insert(row);
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", restored: 1, inserted: 0, updated: 0 });
    expect(await deletedIn(world)).toEqual([]);
    expect(await world.database.change.count({ where: { kind: "restored", rowId: id } })).toBe(1);
  });

  it("stay where the API answers neither of them nor of a row that is there", async () => {
    const world = await openWorld({ sandbox: { variants: { applicationShow: "missing" } } });
    await world.sync("applications");
    const gone = removeSome(world, 3);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 3, deleted: 0 } }]);
    expect(shown(world)).toBe(1);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 3, deleted: 3 } }]);
    expect(await deletedIn(world)).toEqual(gone);
  });

  it("are marked as deleted in one run also where the list is empty now, so that no row can be the control row", async () => {
    const world = await openWorld({ sandbox: { applications: 3 } });
    await world.sync("applications");
    const gone = removeSome(world, 3);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 3, deleted: 3 } }]);
    expect(await deletedIn(world)).toEqual(gone);
    expect(shown(world)).toBe(gone.length);
  });

  it("stay where the list is empty and web pages say 404, until a second run does not see them either", async () => {
    const world = await openWorld({ sandbox: { applications: 3, variants: { errorBody: "html" } } });
    await world.sync("applications");
    const gone = removeSome(world, 3);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 3, deleted: 0 } }]);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 3, deleted: 3 } }]);
    expect(await deletedIn(world)).toEqual(gone);
  });

  it("are not gone because a web page says so, unless a row that is there is still shown after it", async () => {
    const world = await openWorld();
    await world.sync("applications");
    removeSome(world, 1);
    world.sandbox.script.fault({ kind: "html", status: 404 }, { path: "/applications/:id", nth: 2 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { deleted: 1 } }]);
    const [controlRow, candidate, controlRowAgain] = [1, 1, 1];
    expect(shown(world)).toBe(controlRow + candidate + controlRowAgain);
  });

  it("stay where web pages say 404 to everything", async () => {
    const world = await openWorld();
    await world.sync("applications");
    removeSome(world, 2);
    world.sandbox.script.fault({ kind: "html", status: 404 }, { path: "/applications/:id", nth: 2, times: Infinity });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 2, deleted: 0 } }]);
    expect(await deletedIn(world)).toEqual([]);
  });

  it("stay, also after a second proven run, where they cannot be asked for", async () => {
    const world = await openWorld();
    await world.sync("applications");
    removeSome(world, 2);
    world.sandbox.script.fault({ kind: "refusal" }, { path: "/applications/:id", times: Infinity });
    for (const sync of [1, 2]) {
      const [run] = await world.sync("applications");
      expect({ sync, state: run?.state, deleted: run?.proof?.deleted }).toEqual({ sync, state: "proven", deleted: 0 });
    }
    expect(await deletedIn(world)).toEqual([]);
  });

  it("are gone where every error of the API is a web page", async () => {
    const world = await openWorld({ sandbox: { variants: { errorBody: "html" } } });
    await world.sync("applications");
    const gone = removeSome(world, 2);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { deleted: 2 } }]);
    expect(await deletedIn(world)).toEqual(gone);
  });

  it("are kept, and the run proves nothing, where they are there when asked for", async () => {
    const world = await openWorld();
    await world.sync("applications");
    const [id = 0] = world.sandbox.data.applications.ids();
    const row = world.sandbox.data.applications.get(id);
    world.sandbox.data.applications.remove(id);
    world.sandbox.script.before({ path: "/applications/:id", nth: 2 }, (data) => void data.applications.insert(row));
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "unproven", error: { code: "rows_hidden" }, proof: { deleted: 0, refuted: 1 } });
    expect(await deletedIn(world)).toEqual([]);
  });
});

describe("rows that a jobboard's list no longer holds", () => {
  it("are marked as deleted when a second proven run in a row does not see them", async () => {
    const world = await openWorld({ kind: "jobboard" });
    await world.sync("applications");
    const gone = removeSome(world, 4);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 4, deleted: 0 } }]);
    expect(await deletedIn(world)).toEqual([]);
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", proof: { candidates: 4, deleted: 4 } }]);
    expect(await deletedIn(world)).toEqual(gone);
  });
});

describe("campaigns that a jobboard's list no longer holds", () => {
  it("are marked as deleted too, but for those whose last status explains that they are not listed", async () => {
    const world = await openWorld({ kind: "jobboard", sandbox: { variants: { jobboardCampaigns: "all" } } });
    await world.sync("campaigns");
    const campaigns = world.sandbox.data.campaigns.all();
    const [online = 0, archived = 0] = ["online", "archived"].map(
      (one) => campaigns.find(({ status }) => status === one)?.id,
    );
    for (const id of [online, archived]) expect(world.sandbox.data.campaigns.remove(id)).toBe(true);
    expect(await world.sync("campaigns")).toMatchObject([{ state: "proven", proof: { candidates: 1, deleted: 0 } }]);
    expect(await world.sync("campaigns")).toMatchObject([{ state: "proven", proof: { candidates: 1, deleted: 1 } }]);
    const gone = await world.database.campaign.findMany({ where: { deleted_at: { not: null } }, select: { id: true } });
    expect(gone.map(({ id }) => Number(id))).toEqual([online]);
  });
});

describe("the brake", () => {
  it("leaves it to a person when more than 20 rows and 2 % would vanish at once; accepted later, each is confirmed", async () => {
    const world = await openWorld();
    await world.sync("applications");
    const gone = removeSome(world, 30);
    const [held] = await world.sync("applications");
    expect(held).toMatchObject({
      state: "needs_review",
      error: { code: "too_many_absent" },
      proof: { candidates: 30 },
    });
    expect(await deletedIn(world)).toEqual([]);
    expect(shown(world)).toBe(0);
    expect(await decide(world, null)).toMatchObject([
      { run: held?.run, resource: "applications", absent: 30, known: 300 },
    ]);

    // What is new is read meanwhile, every quarter of an hour.
    await world.sync("applications", undefined, "incremental");
    expect(await decide(world, { accept: held?.run ?? 0 })).toEqual([]);
    await world.workerHere();
    const accepted = async () => (await world.runs()).find(({ run }) => run === held?.run);
    await waitFor("the end of the accepted run", async () => (await accepted())?.state !== "running");
    expect(await accepted()).toMatchObject({ state: "proven", rows: 270, proof: { deleted: 30 } });
    expect(await deletedIn(world)).toEqual(gone);
    expect(await world.database.syncPage.count()).toBe(0);
  });

  it("keeps everything when the person says so, and a decided run cannot be decided again", async () => {
    const world = await openWorld();
    await world.sync("applications");
    removeSome(world, 30);
    const [held] = await world.sync("applications");
    expect(await world.database.syncPage.count()).toBeGreaterThan(0);
    expect(await decide(world, { reject: held?.run ?? 0 })).toEqual([]);
    expect(await deletedIn(world)).toEqual([]);
    expect(await world.database.syncPage.count()).toBe(0);
    await expect(decide(world, { accept: held?.run ?? 0 })).rejects.toMatchObject({ code: "no_such_review" });
  });
});
