import { expect, it } from "vitest";
import { truthsOf } from "../../src/sync/runs/truth.ts";
import { openWorld, type World } from "../support/world.ts";

const staleShare = async ({ database, account }: World) =>
  (await truthsOf(database, account, ["applications"])).at(0)?.staleShare;

it("the staleness to expect is the share of rows that the last proven run found changed or gone in silence", async () => {
  const world = await openWorld();
  await world.sync("applications");
  expect(await staleShare(world)).toBeNull();

  const [gone = 0, ...edited] = world.sandbox.data.applications.ids().slice(100, 103);
  world.sandbox.data.applications.remove(gone);
  for (const id of edited) world.sandbox.data.applications.edit(id, { source: "edited" });
  world.sandbox.data.applications.insert();
  await world.sync("applications");
  expect(await staleShare(world)).toBeCloseTo(3 / 300, 5);
  expect((await world.run(["status"])).stdout).toMatch(/^applications .* 1\.00 %/m);

  await world.sync("applications");
  expect(await staleShare(world)).toBe(0);
});

it("what an incremental sync has brought meanwhile is not stale", async () => {
  const world = await openWorld();
  await world.sync("applications");
  const newest = world.sandbox.data.applications.ids().at(-1) ?? 0;
  world.sandbox.data.applications.edit(newest, { source: "edited" });
  await world.sync("applications", (config) => config, "incremental");
  await world.sync("applications");
  expect(await staleShare(world)).toBe(0);
});
