import { expect, it } from "vitest";
import { claimFreshMirror } from "../support/fresh-mirror.ts";
import { importPeople } from "../support/imports.ts";
import { people, statesOf } from "../support/outbox.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const EVIDENCE = { consent_at: "2026-01-01T00:00:00Z", consent_how: "form", consent_wording: "v1" };
const CREATIONS = { method: "POST", path: "/applicants" };
/** Slots of a tenth of a second: much is still to be sent when something happens. */
const SLOWLY = { KELIO_REQUESTS_PER_MINUTE: "600" };
/** Slots of three seconds: what one answer leads to is done before the next request may be sent. */
const ONE_BY_ONE = { KELIO_REQUESTS_PER_MINUTE: "20" };
/** How many jobs a worker has in flight beside one, if their outcomes are recorded slowly. */
const BESIDE = 7;

const creationsAt = ({ sandbox }: World) =>
  sandbox.requests.filter(({ method, path }) => method === "POST" && path === "/applicants");
const control = ({ database, account }: World) => database.importControl.findUnique({ where: { account } });
const pause = ({ database, account }: World) => database.importPause.findUnique({ where: { account } });
const allAre = (world: World, form: RegExp) => async () => (await statesOf(world)).every((state) => form.test(state));

const nothingMoves =
  ({ database }: World) =>
  async () =>
    (await database.applicantImport.count({ where: { OR: [{ queuedAt: { not: null } }, { state: "sending" }] } })) ===
    0;

describeOnBackends("a worker", ({ redisUrl }) => {
  it("tells the API of an agreement only with evidence, and of no subscription that nobody asked for", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    await importPeople(world, [
      { email: "agreed@example.org", is_legals_accepted_by_manager: true, ...EVIDENCE },
      { email: "claimed@example.org", is_legals_accepted_by_manager: true },
      { email: "silent@example.org", ...EVIDENCE },
      { email: "wants@example.org", is_partner_newsletter_active: true, is_campaign_alert_active: "oui" },
    ]);
    await world.workerHere();
    await waitFor("all but the held one are done", allAre(world, /^done|consent_evidence/));
    expect(world.sandbox.mails.map(({ to, kind }) => `${kind} ${to}`).toSorted()).toEqual([
      "terms silent@example.org",
      "terms wants@example.org",
    ]);
    const flags = (email: string) =>
      world.sandbox.data
        .applicantsByEmail(email)
        .map((row) => [row.is_partner_newsletter_active, row.is_campaign_alert_active]);
    expect(flags("agreed@example.org")).toEqual([[false, false]]);
    expect(flags("wants@example.org")).toEqual([[true, true]]);
    const held = await world.database.applicantImport.findFirstOrThrow({ where: { state: "held" } });
    await world.run(["imports", "release", String(held.id)]);
    await waitFor("it is done", allAre(world, /^done/));
    expect(world.sandbox.mails.at(-1)).toMatchObject({ to: "claimed@example.org", kind: "terms" });
    const expected = await world.database.applicantImport.findMany({ orderBy: { id: "asc" } });
    expect(expected.map(({ emailExpected }) => emailExpected)).toEqual([false, true, true, true]);
  });

  it("throws the kill switch at a refusal, and sends no second creation", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: ONE_BY_ONE });
    await claimFreshMirror(world.database, world.account);
    world.sandbox.script.fault({ kind: "refusal" }, { ...CREATIONS, times: Infinity });
    await importPeople(world, people(4), true);
    await world.workerHere();
    await waitFor("the switch is thrown", async () => (await control(world))?.held);
    await waitFor("the others are held", nothingMoves(world));
    // The one that was refused is ready again, and nothing claims it while the switch is thrown.
    expect((await statesOf(world)).toSorted().slice(0, 2)).toEqual(["held (kill_switch)", "held (kill_switch)"]);
    expect(await control(world)).toMatchObject({
      heldReason: expect.stringMatching(/refuses POST \/applicants \(HTTP 403\)/),
    });
    expect(creationsAt(world)).toHaveLength(1);
    expect(world.sandbox.effects).toEqual([]);
  });

  it("throws the kill switch where its keys are wrong", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: ONE_BY_ONE });
    await importPeople(world, people(3), true);
    await world.workerHere({ KELIO_SECRET_KEY: "not-the-secret-key" });
    await waitFor("the switch is thrown", async () => (await control(world))?.held);
    await waitFor("the others are held", nothingMoves(world));
    // The one that was refused is ready again, and nothing claims it while the switch is thrown.
    expect((await statesOf(world)).toSorted().slice(0, 2)).toEqual(["held (kill_switch)", "held (kill_switch)"]);
    expect(world.sandbox.effects).toEqual([]);
    // A token that is refused is renewed once.
    expect(creationsAt(world).length).toBeLessThanOrEqual(2);
  });

  it("goes on while doctor tries other keys, by which nobody is sent", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: SLOWLY });
    await importPeople(world, people(12), true);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { reached } = world.sandbox.script.before({ ...CREATIONS, nth: 3, times: Infinity }, () => held);
    await world.workerHere();
    await reached;
    const { code } = await world.run(["doctor"], { KELIO_SECRET_KEY: "not-the-secret-key" });
    expect(code).toBe(1);
    release();
    await waitFor("all are done", allAre(world, /^done/));
    expect(await control(world)).toMatchObject({ held: false });
    expect(creationsAt(world)).toHaveLength(12);
    expect(world.sandbox.effects).toHaveLength(12);
    expect(world.sandbox.mails).toHaveLength(12);
  });

  it("pauses after three requests of unknown outcome and those in flight beside them, and creates nobody twice", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: SLOWLY });
    world.sandbox.script.fault({ kind: "reset", effect: "after" }, { ...CREATIONS, times: Infinity });
    await importPeople(world, people(20), true);
    await world.workerHere();
    await waitFor("it pauses", async () => ((await pause(world))?.pausedUntil ?? null) !== null);
    await waitFor("none is on its way", async () => !(await statesOf(world)).includes("sending"));
    const { failures = 0 } = (await pause(world)) ?? {};
    expect(failures).toBeGreaterThanOrEqual(3);
    expect(failures).toBeLessThanOrEqual(3 + BESIDE);
    expect(world.sandbox.effects.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: failures }, () => "created"),
    );
    expect((await statesOf(world)).filter((state) => state.startsWith("ready"))).toHaveLength(20 - failures);
  });

  it("keeps a cap among two", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: { IMPORTS_PER_HOUR: "5" } });
    await importPeople(world, people(12), true);
    await Promise.all([world.workerHere(), world.workerHere()]);
    await waitFor(
      "the cap is reached",
      async () => (await statesOf(world)).filter((state) => state === "done").length === 5,
    );
    await waitFor(
      "the others wait",
      async () => (await world.database.applicantImport.count({ where: { state: "ready", queuedAt: null } })) === 7,
    );
    expect(world.sandbox.effects).toHaveLength(5);
  });
});
