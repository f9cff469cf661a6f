import { describe, expect, it } from "vitest";
import { openWorld } from "../support/world.ts";

describe("the history", () => {
  it("tells of each arrival once, and of a change the fields that changed", async () => {
    const world = await openWorld({ sandbox: { applications: 60 } });
    const [first] = await world.sync("applications");
    const { database } = world;
    const where = { account: world.account, resource: "application" };
    expect(await database.change.count({ where: { ...where, kind: "inserted", runId: first?.run ?? 0 } })).toBe(60);

    const { applications } = world.sandbox.data;
    const [id = 0] = applications.ids();
    const before = applications.get(id);
    applications.edit(id, { source: "elsewhere" });
    const [second] = await world.sync("applications");
    await world.sync("applications");
    expect(await database.change.findMany({ where: { ...where, kind: { not: "inserted" } } })).toMatchObject([
      {
        rowId: BigInt(id),
        kind: "updated",
        runId: second?.run,
        before: { source: before?.source },
        after: { source: "elsewhere" },
      },
    ]);
  });

  it("holds nothing of an applicant whom an application showed in part and the list of applicants shows whole", async () => {
    const world = await openWorld();
    await world.sync("applications");
    const before = await world.database.applicant.count({ where: { account: world.account } });
    expect(before).toBeGreaterThan(0);
    const [run] = await world.sync("applicants");
    expect(run).toMatchObject({ state: "proven", updated: 0 });
    expect(
      await world.database.applicant.count({ where: { account: world.account, city: { not: null } } }),
    ).toBeGreaterThan(0);
    expect(await world.database.change.count({ where: { account: world.account, kind: "updated" } })).toBe(0);
  });

  it("holds nothing of a change in a volatile field alone", async () => {
    const world = await openWorld();
    await world.sync("campaigns");
    const [id = 0] = world.sandbox.data.campaigns.ids();
    world.sandbox.data.campaigns.edit(id, { last_activation_at: Date.now() });
    expect(await world.sync("campaigns")).toMatchObject([{ updated: 1 }]);
    expect(await world.database.change.count({ where: { kind: "updated" } })).toBe(0);
  });

  it("gives the time that an application spent in each status", async () => {
    const world = await openWorld({ sandbox: { applications: 60 } });
    const { applications } = world.sandbox.data;
    const [id = 0] = applications.ids();
    const at = (hour: number) => Date.UTC(2026, 0, 10, hour);
    applications.edit(id, { created_at: at(0), status: { value: "new", date: at(0) } });
    await world.sync("applications");
    applications.edit(id, { status: { value: "interview", date: at(5) } });
    await world.sync("applications");
    applications.edit(id, { status: { value: "offer", date: at(8) } });
    await world.sync("applications");
    const spans = await world.database.$queryRaw<object[]>`
      select status, entered_at, left_at, extract(epoch from left_at - entered_at)::int / 3600 as hours
      from public.application_status_time where account = ${world.account} and application_id = ${id} order by entered_at`;
    expect(spans).toEqual([
      { status: "new", entered_at: new Date(at(0)), left_at: new Date(at(5)), hours: 5 },
      { status: "interview", entered_at: new Date(at(5)), left_at: new Date(at(8)), hours: 3 },
      { status: "offer", entered_at: new Date(at(8)), left_at: null, hours: null },
    ]);
  });
});
