import { describe, expect, it } from "vitest";
import { resourceNames } from "../../src/sync/resources.ts";
import { describeOnBackends } from "../support/redis.ts";
import { openWorld, type World } from "../support/world.ts";

/** A version of every mirrored row that changes whenever the row is written, even with the same content. */
function versions({ database, account }: World) {
  return database.$queryRaw`
    select 'campaign' as name, id, xmin::text from public.campaign where account = ${account}
    union all select 'application', id, xmin::text from public.application where account = ${account}
    union all select 'applicant', id, xmin::text from public.applicant where account = ${account}
    union all select 'manager', id, xmin::text from public.manager where account = ${account}
    union all select 'entity', id, xmin::text from public.entity where account = ${account} order by 1, 2`;
}

describeOnBackends("a full sync", ({ redisUrl }) => {
  it("makes the mirror equal to the source and tells what it did", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    const [campaigns, applications] = await world.sync();
    expect(await world.mirror()).toEqual(world.source());
    expect(campaigns).toMatchObject({ resource: "campaigns", state: "proven", total: 12, rows: 12, inserted: 12 });
    expect(applications).toMatchObject({
      resource: "applications",
      kind: "full",
      trigger: "command",
      state: "proven",
      total: 300,
      rows: 300,
      inserted: 300,
      updated: 0,
      unchanged: 0,
      quarantined: 0,
      error: null,
    });
  });

  it("costs one request for each page, and one more for the head of a list of several pages", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    await world.sync();
    expect(world.requestsFor("campaigns")).toHaveLength(1);
    expect(world.requestsFor("applications").map(({ query }) => query["page"])).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
      "1",
    ]);
    expect(await world.database.apiRequest.count({ where: { account: world.account } })).toBe(8);
  });

  it("writes no row when nothing has changed", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    await world.sync();
    const before = await versions(world);
    const again = await world.sync();
    expect(await versions(world)).toEqual(before);
    expect(again).toMatchObject([
      { rows: 12, inserted: 0, updated: 0, unchanged: 12 },
      { rows: 300, inserted: 0, updated: 0, unchanged: 300 },
    ]);
  });

  it("brings over what was edited and inserted since", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    await world.sync("applications");
    const { applications, applicants } = world.sandbox.data;
    const [oldest = 0] = applications.ids();
    applications.edit(oldest, { status: { value: "hired", date: Date.UTC(2026, 9, 2) } });
    applicants.edit(applications.get(oldest)?.applicant_id ?? 0, { last_name: "Fictanew" });
    applications.insert();
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ rows: 301, inserted: 1, updated: 1, unchanged: 299 });
    const { campaigns: _, ...source } = world.source();
    expect(await world.mirror()).toMatchObject(source);
  });

  it("mirrors what a jobboard may see: broadcast campaigns, and applicants whole", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), kind: "jobboard" });
    await world.sync();
    expect(await world.mirror()).toEqual(world.source());
    expect(world.sandbox.requests.every(({ path }) => path.startsWith("/jobboards/"))).toBe(true);
  });
});

describe("a full sync of what only a customer has", () => {
  it.each(["applicants", "managers", "entities"] as const)("mirrors %s whole, from their own list", async (name) => {
    const world = await openWorld();
    const source = world.source([name]);
    const rows = source[name].length;
    expect(await world.sync(name)).toMatchObject([{ resource: name, state: "proven", rows, inserted: rows }]);
    expect(await world.mirror()).toEqual(source);
  });

  it("completes applicants that applications showed in part, beside these, and then writes nothing more", async () => {
    const world = await openWorld();
    await world.sync("all");
    expect(await world.mirror()).toEqual(world.source(resourceNames));
    const before = await versions(world);
    const again = await world.sync("all");
    expect(again.map(({ inserted, updated }) => inserted + updated)).toEqual(resourceNames.map(() => 0));
    expect(await versions(world)).toEqual(before);
  });

  it("reads applicants without their embeds where the lists bring none and no row may be asked for alone", async () => {
    const env = { DETAIL_REQUESTS_PER_RUN: "0" };
    const world = await openWorld({ env, sandbox: { variants: { listEmbeds: "withdrawn" } } });
    await world.sync("applicants");
    expect(await world.mirror()).toEqual(world.source(["applicants"]));
  });

  it("brings over an edit and keeps what a light answer leaves out", async () => {
    const world = await openWorld();
    await world.sync("applicants");
    const { applicants } = world.sandbox.data;
    const [oldest = 0] = applicants.ids();
    applicants.edit(oldest, { last_name: "Fictanew" });
    await world.sync("applications");
    expect(await world.mirror()).toEqual(world.source(["applicants", "applications"]));
    const [run] = await world.sync("applicants");
    expect(run).toMatchObject({ inserted: 0, updated: 0 });
  });
});

describe("a list", () => {
  // Behind a first page that is full, the end that the header alone tells is looked at once.
  it.each([
    [50, 3],
    [20, 1],
  ])("of one page (%i rows) is read with so many requests: %i", async (applications, requests) => {
    const world = await openWorld({ sandbox: { applications } });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: applications, pages: requests }]);
    expect(world.requestsFor("applications")).toHaveLength(requests);
  });

  it("that is empty is a complete run of no rows", async () => {
    const world = await openWorld({ sandbox: { applications: 0, campaigns: 0 } });
    expect(await world.sync()).toMatchObject([
      { state: "proven", rows: 0, total: 0 },
      { state: "proven", rows: 0, total: 0 },
    ]);
    expect(world.sandbox.requests).toHaveLength(2);
  });
});
