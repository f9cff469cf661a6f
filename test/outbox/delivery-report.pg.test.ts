import { describe, expect, it } from "vitest";
import { holdAll } from "../../src/outbox/operations/hold.ts";
import { overviewOf } from "../../src/outbox/operations/overview.ts";
import { renderOverview } from "../../src/commands/imports/list.ts";
import { importPeople } from "../support/imports.ts";
import { lead, outboxDepsOf, people, worldWith } from "../support/outbox.ts";
import { openWorld } from "../support/world.ts";

const one = () => Promise.resolve(1);
const none = () => Promise.resolve(0);

describe("the overview of imports", () => {
  it("says how fast they are sent, what limits that, and when the last will be sent", async () => {
    const { world, ids } = await worldWith(people(30), { KELIO_REQUESTS_PER_MINUTE: "10", IMPORTS_PER_DAY: "5" });
    const deps = outboxDepsOf(world);
    await lead(world, ids[0] ?? 0n, ["sending", "sent"]);
    const found = await overviewOf(world.database, deps, one);
    expect(found.delivery).toMatchObject({ waiting: 29, createdLastHour: 1, limit: "day_cap" });
    const days = (Date.parse(found.delivery.lastAt ?? "") - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(4.9);
    expect(days).toBeLessThan(5.2);
    expect(renderOverview(found)).toMatch(
      /limited by the cap of IMPORTS_PER_DAY: the last of 29 will be sent about \d{4}-\d\d-\d\d \d\d:\d\d[+-]\d\d(?::\d\d)?\. Applicants in the last hour: 1\./,
    );
    const free = await overviewOf(world.database, { ...deps, imports: { ...deps.imports, perDay: null } }, one);
    expect(free.delivery).toMatchObject({ limit: "quota", perHour: expect.closeTo(600, -2) });
  });

  it("names what a person has to do first: start a worker, approve a source, release all", async () => {
    const world = await openWorld({ env: { SOURCE_APPROVAL: "2" } });
    const deps = outboxDepsOf(world);
    expect((await overviewOf(world.database, deps, none)).delivery).toMatchObject({
      waiting: 0,
      limit: null,
      lastAt: null,
    });
    await importPeople(world, people(3, { source: "fair" }));
    const held = await overviewOf(world.database, deps, none);
    expect(held.delivery).toMatchObject({ waiting: 0, awaitingApproval: 3 });
    expect(renderOverview(held)).toMatch(/Waiting for the approval of their source: 3\. .*--reason source_approval/);
    await world.database
      .$executeRaw`update public.applicant_import set applicant_state = 'ready', reason_code = 'released'`;
    expect((await overviewOf(world.database, deps, none)).delivery).toMatchObject({
      limit: "no_worker",
      lastAt: expect.any(String),
    });
    await holdAll(deps, "stop");
    await world.database
      .$executeRaw`update public.applicant_import set applicant_state = 'ready', reason_code = null where reason_code = 'kill_switch'`;
    const stopped = await overviewOf(world.database, deps, one);
    expect(stopped.delivery).toMatchObject({ waiting: 3, limit: "kill_switch", perHour: null, lastAt: null });
  });
});
