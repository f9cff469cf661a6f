import { describe, expect, it } from "vitest";
import { sortItems } from "../../src/sync/reading/answer.ts";
import { resources } from "../../src/sync/resources.ts";
import { openWorld, type World } from "../support/world.ts";

const pathsOf = ({ sandbox }: World) => sandbox.requests.map(({ path }) => path);
const listsOf = ({ sandbox }: World) => sandbox.data.entities.ids().map((id) => `/entities/${id}/units`);

async function deletedUnits({ database, account }: World): Promise<readonly number[]> {
  const where = { account, deleted_at: { not: null } };
  return (await database.unit.findMany({ where, orderBy: { id: "asc" } })).map(({ id }) => Number(id));
}

describe("units", () => {
  it("are read from the list of each entity, once the entities have been read", async () => {
    const world = await openWorld();
    const units = world.source(["units"]).units.length;
    expect(await world.sync("units")).toMatchObject([
      { resource: "units", state: "proven", total: units, rows: units, inserted: units, proof: { leastTotal: units } },
    ]);
    expect(pathsOf(world).slice(0, 1)).toEqual(["/entities"]);
    expect(pathsOf(world).slice(1).toSorted()).toEqual(listsOf(world));
    expect(await world.mirror()).toEqual(world.source(["entities", "units"]));
  });

  it("follow entities that were read a moment ago without asking for them again", async () => {
    const world = await openWorld();
    await world.sync("entities");
    await world.sync("units");
    expect(pathsOf(world).filter((path) => path === "/entities")).toHaveLength(1);
  });

  it("are read with entities in one sync of both, whichever starts first", async () => {
    const world = await openWorld();
    await world.sync(["units", "entities"]);
    expect(pathsOf(world)).toHaveLength(1 + listsOf(world).length);
    expect(await world.mirror()).toEqual(world.source(["entities", "units"]));
  });

  it("of an entity with more than a page of them are all read", async () => {
    const world = await openWorld();
    for (let i = 0; i < 120; i += 1) world.sandbox.data.units.insert({ entity_id: 2 });
    expect(await world.sync("units")).toMatchObject([{ state: "proven" }]);
    expect(await world.mirror()).toEqual(world.source(["entities", "units"]));
  });

  it("are none where there is no entity", async () => {
    const world = await openWorld();
    const { entities } = world.sandbox.data;
    entities.all().forEach(({ id }) => entities.remove(id));
    expect(await world.sync("units")).toMatchObject([{ state: "proven", rows: 0 }]);
    expect(pathsOf(world)).toEqual(["/entities"]);
  });

  it("of an entity that is gone are marked as deleted by the second run that does not find them", async () => {
    const world = await openWorld();
    await world.sync(["entities", "units"]);
    const gone = world.sandbox.data.units
      .all()
      .filter((unit) => unit.entity_id === 2)
      .map(({ id }) => id);
    world.sandbox.data.entities.remove(2);
    await world.sync(["entities", "units"]);
    expect(await deletedUnits(world)).toEqual([]);
    expect(await world.sync("units")).toMatchObject([{ state: "proven", proof: { deleted: gone.length } }]);
    expect(await deletedUnits(world)).toEqual(gone.toSorted((a, b) => a - b));
  });

  it("prove nothing where the entities were not proven", async () => {
    const world = await openWorld();
    await world.sync(["entities", "units"]);
    await world.database.syncRun.updateMany({ where: { resource: "entities" }, data: { state: "unproven" } });
    expect(await world.sync("units")).toMatchObject([{ state: "unproven", error: { code: "lists_unknown" } }]);
  });

  it("are not read where the entities cannot be, and the run says what to try", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "refusal" }, { path: "/entities", times: Infinity });
    expect(await world.sync("units")).toMatchObject([
      { state: "failed", error: { code: "parents_unread", message: expect.stringContaining("sync entities") } },
    ]);
    expect(pathsOf(world).filter((path) => path.includes("units"))).toEqual([]);
  });

  it("whose item names no entity belong to the one whose list it is", () => {
    const { items } = sortItems(
      resources.units,
      [
        { id: 1, name: "Shop" },
        { id: 2, entity_id: 9 },
      ],
      7n,
    ).main;
    expect(items.map(({ raw }) => raw["entity_id"])).toEqual([7, 9]);
  });
});
