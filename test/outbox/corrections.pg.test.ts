import { describe, expect, it } from "vitest";
import { ApiError } from "../../src/api/errors.ts";
import type { StepState } from "../../src/outbox/import/states.ts";
import { releaseImport } from "../../src/outbox/operations/hold.ts";
import { resolveImport } from "../../src/outbox/operations/review.ts";
import { verifyResolution } from "../../src/outbox/operations/verify.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople } from "../support/imports.ts";
import { applicationAt, lead, people, statesOf, worldWith } from "../support/outbox.ts";
import { openWorld } from "../support/world.ts";

async function reportedOne() {
  const { world, ids, deps } = await worldWith(people(1));
  const id = ids[0] ?? 0n;
  await lead(world, id, ["sending", "unknown", "needs_review"]);
  await resolveImport(deps, id, { is: "applicant", id: 999_999n });
  return { world, id, deps };
}

describe("what a person reported about an import", () => {
  it("can be corrected, and the history says so", async () => {
    const { world, id, deps } = await reportedOne();
    expect(await resolveImport(deps, id, { is: "applicant", id: 4711n })).toMatchObject({
      isDone: true,
      state: "done",
    });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ applicantId: 4711n, applicantOrigin: "reported" });
    const events = await world.database.importEvent.findMany({ where: { importId: id }, orderBy: { id: "asc" } });
    expect(events.slice(-2).map(({ fromState, toState }) => [fromState, toState])).toEqual([
      ["sent", "needs_review"],
      ["needs_review", "sent"],
    ]);
  });

  it.each([
    { is: "review", state: "needs_review" },
    { is: "absent", state: "ready" },
    { is: "drop", state: "rejected" },
  ] as const)("can be withdrawn: $is", async ({ is, state }) => {
    const { id, deps } = await reportedOne();
    expect(await resolveImport(deps, id, { is })).toMatchObject({ isDone: true, state });
  });

  it("is about one step: an application that was never sent needs no review, though its applicant was sent once more", async () => {
    const world = await openWorld({ kind: "jobboard" });
    const [one] = await importPeople(world, [{ email: "lea@example.org", company_id: 42, campaign_id: 7 }]);
    const [id, deps] = [one?.id ?? 0n, { database: world.database, account: world.account, by: PERSON }];
    await lead(world, id, ["sending", "unknown", "needs_review"]);
    await resolveImport(deps, id, { is: "absent" });
    await lead(world, id, ["sending", "sent"]);
    expect(await resolveImport(deps, id, { is: "review" })).toMatchObject({ isDone: false, state: "ready" });
  });

  it("leaves no applicant behind when it is withdrawn as absent: the person is sent, not found", async () => {
    const { world, id, deps } = await reportedOne();
    await resolveImport(deps, id, { is: "absent" });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ applicantState: "ready", applicantId: null, applicantOrigin: null });
  });

  it("can be corrected if it was dropped while its outcome was unknown", async () => {
    const { world, ids, deps } = await worldWith(people(1));
    const id = ids[0] ?? 0n;
    await lead(world, id, ["sending", "unknown"]);
    await resolveImport(deps, id, { is: "drop" });
    expect(await resolveImport(deps, id, { is: "applicant", id: 7n })).toMatchObject({ isDone: true, state: "done" });
  });

  it("can be corrected before the application that follows it is sent", async () => {
    const { world, id, deps } = await applicationAt(["held"]);
    const why = { reasonCode: "kill_switch", reason: "All imports are held." };
    await world.database.applicantImport.update({ where: { id }, data: { applicantOrigin: "reported", ...why } });
    expect(await resolveImport(deps, id, { is: "applicant", id: 4711n })).toMatchObject({
      isDone: true,
      state: "held",
    });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ applicantId: 4711n, applicationState: "held", ...why });
  });

  it("cannot replace what the API reported, neither in the code nor in the database", async () => {
    const { world, id, deps } = await reportedOne();
    await world.database.applicantImport.update({ where: { id }, data: { applicantOrigin: "created" } });
    expect(await resolveImport(deps, id, { is: "applicant", id: 1n })).toMatchObject({ isDone: false, state: "done" });
    const back = world.database.applicantImport.update({ where: { id }, data: { applicantState: "needs_review" } });
    await expect(back).rejects.toThrow(/only what a person reported/);
    expect(await statesOf(world)).toEqual(["done (reported)"]);
  });
});

describe("an applicant that a person reported by mistake, whose application is not sent", () => {
  async function reportedWith(way: readonly StepState[]) {
    const { world, id, deps } = await applicationAt([]);
    await world.database.applicantImport.update({ where: { id }, data: { applicantOrigin: "reported" } });
    await lead(world, id, way);
    const read = () => world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    return { world, id, deps, read };
  }

  it.each([[[]], [["rejected"]], [["held"]]] as const)(
    "is put back for review after %j, and found again",
    async (way) => {
      const { id, deps, read } = await reportedWith(way);
      expect(await resolveImport(deps, id, { is: "review" })).toMatchObject({ isDone: true, state: "needs_review" });
      expect(await resolveImport(deps, id, { is: "review" })).toMatchObject({ isDone: false });
      const state = way[0] === "held" ? "held" : "ready";
      expect(await resolveImport(deps, id, { is: "applicant", id: 4711n })).toMatchObject({ isDone: true, state });
      expect(await read()).toMatchObject({ applicantId: 4711n, applicationState: state, resends: 0 });
    },
  );

  it.each([[[]], [["rejected"]]] as const)("is sent once more if it is absent, and only once: %j", async (way) => {
    const { world, id, deps, read } = await reportedWith(way);
    expect(await resolveImport(deps, id, { is: "absent" })).toMatchObject({ isDone: true, state: "ready" });
    expect(await read()).toMatchObject({ applicantId: null, applicationState: "waiting", resends: 1 });
    expect(await resolveImport(deps, id, { is: "absent" })).toMatchObject({ isDone: false, state: "ready" });
    await lead(world, id, ["sending", "sent"]);
    expect(await read()).toMatchObject({ state: "ready", applicationState: "ready", resends: 0 });
  });

  it.each([
    [[{ is: "absent" }], "kill_switch"],
    [[{ is: "review" }, { is: "absent" }], "by_hand"],
  ] as const)("stays held by %j until a person releases it, for %s", async (answers, reasonCode) => {
    const { world, id, deps, read } = await reportedWith(["held"]);
    await world.database.applicantImport.update({ where: { id }, data: { reasonCode: "kill_switch" } });
    for (const answer of answers) expect(await resolveImport(deps, id, answer)).toMatchObject({ isDone: true });
    expect(await read()).toMatchObject({ state: "held", reasonCode, applicationState: "waiting", applicantId: null });
    await releaseImport(deps, id);
    expect(await read()).toMatchObject({ state: "ready", applicationState: "waiting" });
  });

  it("cannot be withdrawn once its application is on its way, nor if the API reported it", async () => {
    const sending = await reportedWith(["sending"]);
    expect(await resolveImport(sending.deps, sending.id, { is: "review" })).toMatchObject({ isDone: false });
    const { world, id, deps } = await applicationAt([]);
    await world.database.applicantImport.update({ where: { id }, data: { applicantOrigin: "created" } });
    expect(await resolveImport(deps, id, { is: "absent" })).toMatchObject({ isDone: false, state: "ready" });
  });
});

describe("the id that a person gives", () => {
  const verify = async (answer: () => Promise<unknown>, kind: "customer" | "jobboard" = "customer") => {
    const { world, ids, deps } = await worldWith(people(1));
    const api = () => ({ show: answer });
    const seen = await verifyResolution({ ...deps, accountKind: kind, api }, ids[0] ?? 0n, { is: "applicant", id: 5n });
    return { world, ...seen };
  };
  const failing = (kind: "not-found" | "quota") => () =>
    Promise.reject(new ApiError(kind, { method: "GET", path: "/applicants/:id" }, "x", { status: 404, sent: true }));

  it.each([
    ["the import's, in another spelling, is right", async () => ({ id: 5, email: " Person.0@Example.ORG" }), "right"],
    ["another person's is wrong", async () => ({ id: 5, email: "noe@example.org" }), "wrong"],
    ["answered with another applicant is wrong", async () => ({ id: 6, email: "person.0@example.org" }), "wrong"],
    ["nobody's is wrong", failing("not-found"), "wrong"],
    ["not looked up for want of quota is unanswered", failing("quota"), "unanswered"],
  ] as const)("%s", async (_, answer, is) => {
    const seen = await verify(answer);
    expect(seen.is).toBe(is);
    expect(Object.values(seen.reason).join(" ")).not.toMatch(/@/);
  });

  it("is not checked for a jobboard whose mirror does not know it", async () => {
    expect(await verify(failing("quota"), "jobboard")).toMatchObject({ is: "unchecked" });
  });
});

describe("an import that was reported absent by mistake", () => {
  it.each(["ready", "held"] as const)("can be resolved again while it is %s, and is not sent", async (state) => {
    const { world, ids, deps } = await worldWith(people(1));
    const id = ids[0] ?? 0n;
    await lead(world, id, ["sending", "unknown", "needs_review"]);
    await resolveImport(deps, id, { is: "absent" });
    if (state === "held") await lead(world, id, ["held"]);
    expect(await resolveImport(deps, id, { is: "absent" })).toMatchObject({ isDone: false, state });
    expect(await resolveImport(deps, id, { is: "applicant", id: 4711n })).toMatchObject({
      isDone: true,
      state: "done",
    });
  });

  it("can need a review again, also for its application", async () => {
    const { world, id, deps } = await applicationAt(["sending", "unknown", "needs_review"]);
    await resolveImport(deps, id, { is: "absent" });
    expect(await statesOf(world)).toEqual(["ready (reported_absent)"]);
    // An answer about the other step changes nothing.
    expect(await resolveImport(deps, id, { is: "applicant", id: 1n })).toMatchObject({ isDone: false, state: "ready" });
    expect(await resolveImport(deps, id, { is: "review" })).toMatchObject({ isDone: true, state: "needs_review" });
    expect(await resolveImport(deps, id, { is: "application", id: 99n })).toMatchObject({
      isDone: true,
      state: "done",
    });
  });

  it("is another than one that was never sent, which needs no review", async () => {
    const { world, ids, deps } = await worldWith(people(1));
    expect(await resolveImport(deps, ids[0] ?? 0n, { is: "applicant", id: 1n })).toMatchObject({ isDone: false });
    await expect(lead(world, ids[0] ?? 0n, ["needs_review"])).rejects.toThrow(/only what a person reported/);
  });
});
