import { describe, expect, it } from "vitest";
import { holdAll, releaseAll } from "../../src/outbox/operations/hold.ts";
import type { OutboxJob } from "../../src/outbox/context.ts";
import { resolveImport, retryImport, type Resolution } from "../../src/outbox/operations/review.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople } from "../support/imports.ts";
import { applicationAt, lead, people, statesOf, worldWith } from "../support/outbox.ts";
import { openWorld, type World } from "../support/world.ts";

const CLAIMED = { consent_at: "2026-01-01T00:00:00Z", consent_how: "form", consent_wording: "v1" };

async function retry(world: World, id: bigint) {
  const jobs: OutboxJob[] = [];
  const enqueue = async (job: OutboxJob) => void jobs.push(job);
  return {
    ...(await retryImport({ database: world.database, account: world.account, by: PERSON, enqueue }, id)),
    jobs,
  };
}

describe("imports retry", () => {
  it("makes a rejected import ready again", async () => {
    const { world, ids } = await worldWith(people(1));
    await lead(world, ids[0] ?? 0n, ["rejected"]);
    expect(await retry(world, ids[0] ?? 0n)).toMatchObject({ isDone: true, state: "ready", jobs: [] });
    expect(await statesOf(world)).toEqual(["ready (retried)"]);
  });

  it("tries the application alone where the applicant is there", async () => {
    const { world, id } = await applicationAt(["sending", "rejected"]);
    await retry(world, id);
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ applicantState: "sent", applicationState: "ready" });
  });

  it("holds a rejected import while the kill switch is thrown", async () => {
    const { world, ids, deps } = await worldWith(people(1));
    await lead(world, ids[0] ?? 0n, ["rejected"]);
    await holdAll(deps, null);
    await retry(world, ids[0] ?? 0n);
    expect(await statesOf(world)).toEqual(["held (kill_switch)"]);
    await releaseAll(deps);
    expect(await statesOf(world)).toEqual(["ready (released)"]);
  });

  it("holds a rejected import that claims an agreement without evidence", async () => {
    const { world, ids } = await worldWith(people(1, { is_legals_accepted_by_manager: true }));
    await lead(world, ids[0] ?? 0n, ["rejected"]);
    expect(await retry(world, ids[0] ?? 0n)).toMatchObject({ isDone: true, state: "held" });
    expect(await statesOf(world)).toEqual(["held (consent_evidence)"]);
  });

  it("has an import of unknown outcome looked up, and sends nothing", async () => {
    const { world, ids } = await worldWith(people(1));
    await lead(world, ids[0] ?? 0n, ["sending", "unknown"]);
    const { jobs, state } = await retry(world, ids[0] ?? 0n);
    expect(state).toBe("unknown");
    expect(jobs).toEqual([{ kind: "reconcile", import: Number(ids[0]), turn: 10_000, bulk: false }]);
  });

  it.each([
    { way: ["sending"], says: /it is sending/ },
    { way: ["held"], says: /it is held/ },
    { way: ["sent"], says: /it is sent/ },
    { way: ["sending", "unknown", "needs_review"], says: /imports resolve/ },
  ] as const)("refuses one that went $way, and says so", async ({ way, says }) => {
    const { world, ids } = await worldWith(people(1));
    await lead(world, ids[0] ?? 0n, way);
    const before = await statesOf(world);
    expect(await retry(world, ids[0] ?? 0n)).toMatchObject({ isDone: false, message: expect.stringMatching(says) });
    expect(await statesOf(world)).toEqual(before);
  });

  it("never sends what was dropped while its outcome was unknown", async () => {
    const { world, ids, deps } = await worldWith(people(1));
    await lead(world, ids[0] ?? 0n, ["sending", "unknown"]);
    await resolveImport(deps, ids[0] ?? 0n, { is: "drop" });
    expect(await retry(world, ids[0] ?? 0n)).toMatchObject({
      isDone: false,
      message: expect.stringMatching(/outcome of its request was unknown/),
    });
    await importPeople(world, people(1, { first_name: "Léa" }));
    expect(await statesOf(world)).toEqual(["rejected (dropped)"]);
  });

  it("refuses an import whose data has been erased, and one of another account", async () => {
    const { world, ids } = await worldWith(people(1));
    const id = ids[0] ?? 0n;
    await lead(world, id, ["rejected"]);
    await world.database.applicantImport.update({ where: { id }, data: { email: null } });
    expect(await retry(world, id)).toMatchObject({ isDone: false, message: expect.stringMatching(/erased/) });
    expect(await retry({ ...world, account: "other" }, id)).toMatchObject({ isDone: false, state: null });
  });
});

describe("imports resolve", () => {
  it.each(["unknown", "needs_review"] as const)("settles an applicant that is %s by its id", async (state) => {
    const { world, ids, deps } = await worldWith(people(1));
    const id = ids[0] ?? 0n;
    await lead(world, id, ["sending", "unknown", ...(state === "unknown" ? [] : ([state] as const))]);
    expect(await resolveImport(deps, id, { is: "applicant", id: 4711n })).toMatchObject({
      isDone: true,
      state: "done",
    });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ applicantId: 4711n, applicantOrigin: "reported" });
  });

  it("goes on with the application once the applicant is reported", async () => {
    const world = await openWorld({ kind: "jobboard" });
    const [one] = await importPeople(world, [{ email: "lea@example.org", company_id: 42, campaign_id: 7 }]);
    await lead(world, one?.id ?? 0n, ["sending", "unknown"]);
    const said = await resolveImport({ database: world.database, account: world.account, by: PERSON }, one?.id ?? 0n, {
      is: "applicant",
      id: 4711n,
    });
    expect(said).toMatchObject({ isDone: true, state: "ready" });
  });

  it("resolves an application by its id, and refuses the id of an applicant for it", async () => {
    const { world, id, deps } = await applicationAt(["sending", "unknown", "needs_review"]);
    expect(await resolveImport(deps, id, { is: "applicant", id: 1n })).toMatchObject({ isDone: false });
    expect(await resolveImport(deps, id, { is: "application", id: 99n })).toMatchObject({
      isDone: true,
      state: "done",
    });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ applicationId: 99n, applicationOrigin: "reported", applicantOrigin: null });
  });

  it("sends what a person did not find, warns of the e-mail, and never resends it by itself", async () => {
    const { world, ids, deps } = await worldWith(people(1));
    const id = ids[0] ?? 0n;
    await lead(world, id, ["sending", "unknown", "needs_review"]);
    const said = await resolveImport(deps, id, { is: "absent" });
    expect(said).toMatchObject({ isDone: true, state: "ready", message: expect.stringMatching(/e-mails the person/) });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ reasonCode: "reported_absent", resends: 1, existsThere: false });
  });

  it("warns of no e-mail where there is evidence of the agreement", async () => {
    const { world, ids, deps } = await worldWith(people(1, { is_legals_accepted_by_manager: true, ...CLAIMED }));
    await lead(world, ids[0] ?? 0n, ["sending", "unknown"]);
    const { message } = await resolveImport(deps, ids[0] ?? 0n, { is: "absent" });
    expect(message).not.toMatch(/e-mail/);
  });

  it.each([
    { way: [] },
    { way: ["held"] },
    { way: ["sending", "unknown"] },
    { way: ["sending", "unknown", "needs_review"] },
  ] as const)("drops one that went $way", async ({ way }) => {
    const { world, ids, deps } = await worldWith(people(1));
    await lead(world, ids[0] ?? 0n, way);
    expect(await resolveImport(deps, ids[0] ?? 0n, { is: "drop" })).toMatchObject({ isDone: true, state: "rejected" });
    expect(await statesOf(world)).toEqual(["rejected (dropped)"]);
  });

  it("refuses an import whose outcome is not in question", async () => {
    const { world, ids, deps } = await worldWith(people(1));
    const all: readonly Resolution[] = [{ is: "applicant", id: 1n }, { is: "application", id: 1n }, { is: "absent" }];
    for (const resolution of all) {
      expect(await resolveImport(deps, ids[0] ?? 0n, resolution)).toMatchObject({ isDone: false, state: "ready" });
    }
    await lead(world, ids[0] ?? 0n, ["sending"]);
    expect(await resolveImport(deps, ids[0] ?? 0n, { is: "drop" })).toMatchObject({ isDone: false, state: "sending" });
  });
});
