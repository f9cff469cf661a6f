import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { claimFreshMirror } from "../support/fresh-mirror.ts";
import { importPeople } from "../support/imports.ts";
import { lead, statesOf } from "../support/outbox.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const LEA = {
  email: "lea.martin@example.org",
  first_name: "Léa",
  last_name: "Martin-Test",
  key: "ats-1",
  source: "careers",
};

const listed = z.object({
  counts: z.record(z.string(), z.number()),
  oldestWaiting: z.string().nullable(),
  gate: z.object({ open: z.boolean(), code: z.string(), until: z.string().nullable() }),
  imports: z.array(z.looseObject({ id: z.string(), state: z.string(), key: z.string().nullable() })),
});

describe("imports", () => {
  it("list shows states, reasons and keys, and of nobody anything else", async () => {
    const world = await openWorld();
    const [one, other] = await importPeople(world, [LEA, { email: "noe@example.org", source: "file" }]);
    await lead(world, other?.id ?? 0n, ["rejected"]);
    const { code, stdout } = await world.run(["imports", "list"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Imports: 1 ready, 1 rejected; the oldest waits since /);
    expect(stdout).toMatch(new RegExp(`${one?.id} +ready +- +ats-1 +careers`));
    const json = await world.run(["imports", "list", "--json", "--state", "ready,held", "--source", "careers"]);
    const found = listed.parse(JSON.parse(json.stdout));
    expect(found).toMatchObject({ counts: { ready: 1, rejected: 1, done: 0 }, imports: [{ key: "ats-1" }] });
    expect(stdout + json.stdout).not.toMatch(/lea|martin|noe@/i);
  });

  it("list is about the newest, as many as asked for", async () => {
    const world = await openWorld();
    const added = await importPeople(
      world,
      [1, 2, 3].map((n) => ({ email: `p${n}@example.org`, source: "file" })),
    );
    const { stdout } = await world.run(["imports", "list", "--json", "--limit", "2"]);
    expect(listed.parse(JSON.parse(stdout)).imports.map(({ id }) => id)).toEqual(
      added
        .slice(1)
        .map(({ id }) => String(id))
        .toReversed(),
    );
  });

  it("show tells everything of one, and what to do next", async () => {
    const world = await openWorld();
    const [one] = await importPeople(world, [{ ...LEA, is_legals_accepted_by_manager: true }]);
    const { code, stdout } = await world.run(["imports", "show", String(one?.id)]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/email +lea\.martin@example\.org/);
    expect(stdout).toMatch(/consent +submitted; reported to the API as false/);
    expect(stdout).toMatch(new RegExp(`Next: .*imports release ${one?.id}`));
    const json = await world.run(["imports", "show", String(one?.id), "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: String(one?.id),
      state: "held",
      reasonCode: "consent_evidence",
      person: { email: "lea.martin@example.org", last_name: "Martin-Test" },
      events: [{ step: "applicant", from: null, to: "held", reasonCode: "consent_evidence" }],
    });
  });

  it("act on what is named, end with 1 where they cannot, and with 2 where the arguments are wrong", async () => {
    const world = await openWorld();
    const [one] = await importPeople(world, [LEA]);
    const id = String(one?.id);
    const said = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await world.run(["imports", ...args]);
      return { code, text: stdout + stderr };
    };
    expect(await said("show", "999")).toMatchObject({ code: 1, text: expect.stringMatching(/no import 999/) });
    expect(await said("hold", id, "--reason", "odd")).toMatchObject({ code: 0 });
    expect(await statesOf(world)).toEqual(["held (by_hand)"]);
    expect(await said("retry", id, "999")).toMatchObject({
      code: 1,
      text: expect.stringMatching(/it is held.*\n.*no import 999/),
    });
    expect(await said("release", id)).toMatchObject({ code: 0, text: expect.stringMatching(/e-mails the person/) });
    expect(await said("resolve", id, "--drop", "--json")).toMatchObject({ code: 0 });
    expect(await statesOf(world)).toEqual(["rejected (dropped)"]);
    for (const wrong of [
      ["hold"],
      ["hold", id, "--all"],
      ["release", "--all", "--source", "x"],
      ["resolve", id],
      ["resolve", id, "--absent", "--drop"],
      ["resolve", id, "--applicant", "x"],
      ["resolve", id, "--from", "list.csv"],
      ["retry"],
      ["drop", "--from", "missing.csv"],
      ["list", "--reason", "odd"],
      ["list", "--since", "soon"],
      ["list", "--state", "lost"],
      ["list", "--limit", "0"],
      ["show", "-1"],
      ["nonsense"],
    ]) {
      expect({ wrong, code: (await said(...wrong)).code }).toEqual({ wrong, code: 2 });
    }
  });

  it("go through a file: listed, completed, and given back to a verb; a file that is wrong changes nothing", async () => {
    const world = await openWorld();
    await importPeople(world, [LEA, { email: "noe@example.org" }, { email: "zoe@example.org" }]);
    const csv = join(world.env["DATA_DIR"] ?? "", "list.csv");
    const written = await world.run(["imports", "list", "--csv", csv]);
    expect(written).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Imports written to .*list\.csv: 3\. It holds personal data/),
    });
    expect(written.stdout).not.toMatch(/lea|martin|noe@/i);
    const text = await readFile(csv, "utf8");
    await writeFile(csv, `${text}999;;\r\n`);
    expect(await world.run(["imports", "hold", "--from", csv])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/nothing was done: .*\n.*line 5: there is no import 999/),
    });
    await writeFile(csv, text);
    const held = await world.run(["imports", "hold", "--from", csv]);
    expect(held).toMatchObject({ code: 0, stdout: expect.stringMatching(/Imports changed: 3 of 3\./) });
    const refused = await world.run(["imports", "dismiss", "--from", csv]);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/changed: 0 of 3/) });
    const found = await world.run(["imports", "show", "ats-1"]);
    expect(found.stdout).toMatch(/email +lea\.martin@example\.org/);
  });

  it("hold --all and release --all throw the kill switch and reset it", async () => {
    const world = await openWorld();
    await importPeople(world, [LEA]);
    const held = await world.run(["imports", "hold", "--all", "--reason", "wrong offers"]);
    expect(held.stdout).toMatch(/nothing more is sent, and 1 import/);
    const { stdout } = await world.run(["imports", "list"]);
    expect(stdout).toMatch(/Nothing is sent now: Imports are held \(wrong offers\)/);
    const released = await world.run(["imports", "release", "--all", "--json"]);
    expect(JSON.parse(released.stdout)).toMatchObject({ moved: 1 });
    expect(await statesOf(world)).toEqual(["ready (released)"]);
  });

  it("of a source that has none are no zero but a wrong argument", async () => {
    const world = await openWorld();
    await importPeople(world, [LEA]);
    for (const verb of ["hold", "release"]) {
      const { code, stderr } = await world.run(["imports", verb, "--source", "carers"]);
      expect({ verb, code }).toEqual({ verb, code: 2 });
      expect(stderr).toMatch(/no import of source "carers"\. .*: applicant-sync imports list/);
    }
    const none = await world.run(["imports", "release", "--source", "careers"]);
    expect(none).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0 imports of source "careers" may be sent/),
    });
  });

  it("are part of status and doctor", async () => {
    const world = await openWorld();
    await importPeople(world, [LEA, { email: "noe@example.org", is_legals_accepted_by_manager: true }]);
    const status = await world.run(["status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      imports: { counts: { ready: 1, held: 1 }, gate: { open: true } },
    });
    const text = await world.run(["status"]);
    expect(text.stdout).toMatch(/Imports: 1 held, 1 ready; the oldest waits since/);
  });

  it("that wait for production are reported by doctor", async () => {
    const world = await openWorld({ env: { KELIO_ENVIRONMENT: "production" } });
    const { stdout } = await world.run(["doctor"]);
    expect(stdout).toMatch(/writes +ok +imports wait: ALLOW_PRODUCTION_WRITES is not yes/);
    expect(stdout).toMatch(/imports +ok +none waits; nothing is sent: Writes to production are off/);
    await importPeople(world, [{ email: "noe@kelio-people.fr", is_legals_accepted_by_manager: true }]);
    const warned = await world.run(["doctor"]);
    expect(warned.stdout).toMatch(
      /imports +warning +1 held wait; .* on the sandbox\. See: applicant-sync imports list/,
    );
  });
});

describeOnBackends("a worker", ({ redisUrl }) => {
  it("looks up at once what imports retry names", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    // Answered, and the answer lost: the applicant is there.
    world.sandbox.script.fault({ kind: "reset", effect: "after" }, { method: "POST", path: "/applicants" });
    await world.workerHere();
    const [one] = await importPeople(world, [LEA]);
    await waitFor("nobody knows", async () => (await statesOf(world))[0]?.startsWith("unknown"));
    const { code } = await world.run(["imports", "retry", String(one?.id)]);
    expect(code).toBe(0);
    await waitFor("it is found", async () => (await statesOf(world))[0] === "done");
    expect(world.sandbox.effects).toHaveLength(1);
    expect(world.sandbox.mails).toHaveLength(1);
  });

  it("sends what is released, and nothing of what is held", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    await importPeople(
      world,
      [1, 2].map((n) => ({ email: `p${n}@example.org`, key: `k${n}` })),
    );
    await world.run(["imports", "hold", "--all"]);
    await world.workerHere();
    await importPeople(world, [{ email: "late@example.org" }]);
    await world.run(["imports", "release", "--all"]);
    await waitFor("all are done", async () => (await statesOf(world)).every((state) => state.startsWith("done")));
    expect(world.sandbox.effects).toHaveLength(3);
    expect(world.sandbox.effects.every(({ outcome }) => outcome === "created")).toBe(true);
  });

  it("sends nothing more once the row of the kill switch is flipped", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: { KELIO_REQUESTS_PER_MINUTE: "120" } });
    await claimFreshMirror(world.database, world.account);
    await importPeople(
      world,
      Array.from({ length: 12 }, (_, n) => ({ email: `p${n}@example.org` })),
      true,
    );
    await world.workerHere();
    await waitFor("some are sent", () => world.sandbox.effects.length > 1);
    await world.database.$executeRaw`update public.import_control set held = true`;
    // What had been claimed before may still arrive.
    await waitFor("none is on its way", async () => !(await statesOf(world)).includes("sending"));
    const sent = world.sandbox.effects.length;
    await waitFor(
      "the queue has been notified",
      async () =>
        (await statesOf(world)).filter((one) => one.startsWith("done")).length === sent &&
        (await statesOf(world)).includes("held (kill_switch)"),
    );
    await waitFor("all are held", async () => (await statesOf(world)).every((state) => /^done|^held/.test(state)));
    expect(world.sandbox.effects).toHaveLength(sent);
  });
});
