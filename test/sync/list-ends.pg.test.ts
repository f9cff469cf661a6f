import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/requests/faults.ts";
import { startProxy } from "../support/proxy.ts";
import { openWorld } from "../support/world.ts";

const silent = { pagination: "absent" } as const;

describe("a list of one row whose length the API does not tell", () => {
  it.each(["entities", "units", "applications", "campaigns"] as const)(
    "costs at most four requests: %s",
    async (name) => {
      const world = await openWorld({ sandbox: { variants: silent } });
      const { entities, units, applications, campaigns } = world.sandbox.data;
      for (const table of [entities, units, applications, campaigns])
        for (const id of table.ids().slice(1)) table.remove(id);
      const [entity = 0] = entities.ids();
      for (const unit of units.all()) units.edit(unit.id, { entity_id: entity });
      expect(await world.sync(name)).toMatchObject([{ state: "proven", rows: 1 }]);
      expect(world.requestsFor(name).length).toBeLessThanOrEqual(4);
    },
  );

  it.each([2, 3, 50, 51])("and one of %i rows is read to its end and proven", async (rows) => {
    const world = await openWorld({ sandbox: { applications: rows, variants: silent } });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows }]);
    expect(world.requestsFor("applications").length).toBeLessThanOrEqual(4);
  });

  it("costs at most two requests of an incremental sync", async () => {
    const world = await openWorld({ kind: "jobboard", sandbox: { applications: 1, variants: silent } });
    await world.sync("applications");
    const before = world.requestsFor("applications").length;
    await world.sync("applications", undefined, "incremental");
    expect(world.requestsFor("applications").length - before).toBeLessThanOrEqual(2);
  });
});

describe("a header that contradicts its page", () => {
  const lies = [
    '{"total-count":0,"current-page":1,"next-page":null,"last-page":0}',
    '{"total-count":1,"current-page":1,"next-page":null,"last-page":1}',
    '{"total-count":50,"current-page":1,"next-page":null,"last-page":1}',
  ];
  it.each(lies)("has no row marked as deleted, in two runs of a jobboard: %s", async (lie) => {
    const world = await openWorld({ kind: "jobboard", sandbox: { applications: 60 } });
    await world.sync("applications");
    const url = await startProxy(
      world.sandbox,
      (items) => items,
      (page, original) => (page === 1 ? lie : original),
    );
    const through = () => world.sync("applications", (config) => ({ ...config, api: { ...config.api, url } }));
    for (const _ of [1, 2]) expect(await through()).toMatchObject([{ rows: 60, proof: { deleted: 0 } }]);
    expect(await world.database.application.count({ where: { deleted_at: { not: null } } })).toBe(0);
  });

  it("on a later page leaves the run unproven, with all rows mirrored", async () => {
    const world = await openWorld({ sandbox: { applications: 130 } });
    const lie = '{"total-count":20,"current-page":2,"next-page":null,"last-page":1}';
    const url = await startProxy(
      world.sandbox,
      (items) => items,
      (page, original) => (page === 2 ? lie : original),
    );
    const runs = await world.sync("applications", (config) => ({ ...config, api: { ...config.api, url } }));
    expect(runs).toMatchObject([{ state: "unproven", rows: 130, error: { code: "header_contradicted" } }]);
  });
});

describe("a list that the API answers with 404", () => {
  it("is refused or not offered, fails its run after one request and marks nothing as deleted", async () => {
    const world = await openWorld({ sandbox: { applications: 60 } });
    await world.sync("applications");
    const before = world.requestsFor("applications").length;
    const notFound: Fault = { kind: "status", status: 404 };
    world.sandbox.script.fault(notFound, { path: "/applications", times: Infinity });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "failed", error: { code: "api_list_refused" } });
    expect(run?.error?.message).toMatch(/refused or not offered to this key.*applications_read/);
    expect(world.requestsFor("applications").length - before).toBe(1);
    expect(await world.database.application.count({ where: { deleted_at: { not: null } } })).toBe(0);
  });

  it("of one entity leaves the units of the others mirrored, and the run unproven", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "status", status: 404 }, { path: "/entities/2/units", times: Infinity });
    expect(await world.sync("units")).toMatchObject([{ state: "unproven", error: { code: "list_cut_short" } }]);
    expect(await world.database.unit.count()).toBeGreaterThan(0);
  });

  it("behind its only page has ended", async () => {
    const world = await openWorld({ sandbox: { applications: 1, variants: silent } });
    const behind = ({ query }: { query: Readonly<Record<string, string>> }) => query["page"] !== "1";
    world.sandbox.script.fault(
      { kind: "status", status: 404 },
      { path: "/applications", where: behind, times: Infinity },
    );
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 1 }]);
  });
});
