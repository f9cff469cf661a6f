import { describe, expect, it } from "vitest";
import { openWorld, type World } from "../support/world.ts";

const incremental = (world: World, resource = "applications") =>
  world.sync(resource, (config) => config, "incremental");

async function countFor(world: World, list: string, work: () => Promise<unknown>): Promise<number> {
  const before = world.requestsFor(list).length;
  await work();
  return world.requestsFor(list).length - before;
}

const distinctStatuses = ({ sandbox }: World) =>
  new Set(sandbox.data.applications.all().flatMap(({ status }) => (status === null ? [] : [status.value]))).size;

describe("an incremental sync of a customer's applications", () => {
  it("in which nothing changed costs one request for the head and one for each status", async () => {
    const world = await openWorld();
    await world.sync("applications");
    const requests = await countFor(world, "applications", async () => {
      expect(await incremental(world)).toMatchObject([{ kind: "incremental", state: "done", inserted: 0, updated: 0 }]);
    });
    expect(requests).toBeLessThanOrEqual(1 + distinctStatuses(world));
  });

  it("finds what is new and what has another status, and leaves a silent edit to the next full sync", async () => {
    const world = await openWorld();
    await world.sync("applications");
    const { applications } = world.sandbox.data;
    const [oldest = 0, second = 0] = applications.ids();
    applications.insert();
    applications.insert();
    applications.edit(oldest, { status: { value: "interview", date: Date.now() } });
    applications.edit(second, { source: "edited in silence" });
    expect(await incremental(world)).toMatchObject([{ state: "done", inserted: 2, updated: 1 }]);
    const row = await world.database.application.findFirst({ where: { id: oldest } });
    expect(row).toMatchObject({ status: "interview" });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", inserted: 0, updated: 1 }]);
    expect((await world.mirror()).applications).toEqual(world.source().applications);
  });

  it("reads on while whole pages are new", async () => {
    const world = await openWorld();
    await world.sync("applications");
    for (let i = 0; i < 120; i += 1) world.sandbox.data.applications.insert();
    expect(await incremental(world)).toMatchObject([{ inserted: 120 }]);
  });

  it("is refused before the first full sync, by what to do first", async () => {
    const world = await openWorld();
    await expect(incremental(world)).rejects.toMatchObject({ code: "never_read" });
    expect(world.requestsFor("applications")).toEqual([]);
  });
});

describe("an incremental sync of campaigns", () => {
  it("asks for the latest activity, then for what is new", async () => {
    const world = await openWorld();
    await world.sync("campaigns");
    const [id = 0] = world.sandbox.data.campaigns.ids();
    world.sandbox.data.campaigns.edit(id, { status: "standby", last_activation_at: Date.now() });
    const requests = await countFor(world, "campaigns", async () => {
      expect(await incremental(world, "campaigns")).toMatchObject([{ state: "done", updated: 1 }]);
    });
    expect(requests).toBe(2);
  });
});

describe("an incremental sync of a jobboard", () => {
  it("polls the head alone", async () => {
    const world = await openWorld({ kind: "jobboard" });
    await world.sync("applications");
    const requests = await countFor(world, "applications", () => incremental(world));
    expect(requests).toBe(1);
  });
});
