import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { withClient } from "../../src/database/connect.ts";
import { claimImport } from "../../src/outbox/delivery/claim.ts";
import {
  holdAll,
  holdImport,
  holdSource,
  releaseAll,
  releaseImport,
  releaseSource,
} from "../../src/outbox/operations/hold.ts";
import { gateOf } from "../../src/outbox/delivery/send-gate.ts";
import { holdEverything } from "../../src/outbox/operations/switch.ts";
import { readImport } from "../../src/outbox/operations/report.ts";
import { resolveImport } from "../../src/outbox/operations/review.ts";
import { because } from "../support/decider.ts";
import { importPeople } from "../support/imports.ts";
import { applicationAt, lead, outboxDepsOf, people, statesOf, worldWith } from "../support/outbox.ts";

describe("the kill switch", () => {
  it("holds what is ready, and releases what it held and nothing else", async () => {
    const { world, ids, deps } = await worldWith([
      ...people(3),
      { email: "noe@example.org", is_legals_accepted_by_manager: true },
    ]);
    await holdImport({ ...deps, by: because("odd") }, ids[1] ?? 0n);
    await lead(world, ids[2] ?? 0n, ["sending"]);
    expect(await holdAll(deps, "wrong offers")).toEqual({ held: 1, sending: 1 });
    expect(await statesOf(world)).toEqual([
      "held (kill_switch)",
      "held (by_hand)",
      "sending",
      "held (consent_evidence)",
    ]);
    const control = await world.database.importControl.findUniqueOrThrow({ where: { account: world.account } });
    expect(control).toMatchObject({ held: true, heldReason: "wrong offers", heldAt: expect.any(Date) });
    await importPeople(world, [{ email: "late@example.org" }]);
    expect((await statesOf(world)).at(-1)).toBe("held (kill_switch)");
    expect(await releaseAll(deps)).toEqual({ released: 2, stillHeld: 2 });
    expect(await statesOf(world)).toEqual([
      "ready (released)",
      "held (by_hand)",
      "sending",
      "held (consent_evidence)",
      "ready (released)",
    ]);
  });

  it("holds applications of applicants that are there", async () => {
    const { world, id, deps } = await applicationAt([]);
    await holdAll(deps, null);
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ applicantState: "sent", applicationState: "held" });
    await releaseAll(deps);
    expect(await statesOf(world)).toEqual(["ready (released)"]);
  });

  it("ends a pause when it is reset", async () => {
    const { world, deps } = await worldWith([]);
    const data = { account: world.account, failures: 4, pausedUntil: new Date(Date.now() + 60_000) };
    await world.database.importPause.create({ data });
    await releaseAll(deps);
    const pause = await world.database.importPause.findUniqueOrThrow({ where: { account: world.account } });
    expect(pause).toMatchObject({ failures: 0, pausedUntil: null });
  });

  it("works by one row of the database, whoever changes it", async () => {
    const { world, ids } = await worldWith(people(1));
    const deps = outboxDepsOf(world);
    await inTransaction(world.database, (tx) => claimImport(tx, deps, -1));
    await world.database
      .$executeRaw`insert into public.import_control (account) values (${world.account}) on conflict do nothing`;
    await world.database.$executeRaw`update public.import_control set held = true where account = ${world.account}`;
    const claim = await inTransaction(world.database, (tx) => claimImport(tx, deps, Number(ids[0])));
    expect(claim).toMatchObject({ is: "closed", gate: { code: "kill_switch" } });
    expect(await statesOf(world)).toEqual(["held (kill_switch)"]);
  });

  it("says that it is thrown where the connection breaks right after", async () => {
    const { world, deps } = await worldWith(people(2));
    const held = await withClient(world.env["DATABASE_URL"] ?? "", (client) =>
      holdEverything(
        async <T extends Record<string, unknown>>(sql: string, ...values: readonly unknown[]) => {
          const { rows } = await client.query<T>(sql, [...values]);
          await client.end();
          return rows;
        },
        deps.account,
        { code: null, reason: null, by: deps.by },
      ),
    );
    expect(held).toEqual({ held: 0, sending: 0, isDelayed: true });
    expect(await statesOf(world)).toEqual(["ready", "ready"]);
    expect((await gateOf(world.database, outboxDepsOf(world))).open).toBe(false);
  });

  it.each(["database_older", "database_copied"])(
    "names the command that resets it while nobody has decided on a restore, whoever threw it last (%s)",
    async (code) => {
      const { world, ids, deps } = await worldWith(people(1));
      await world.database.importRestore.create({ data: { account: world.account, code } });
      const next = async () => (await readImport(world.database, world.account, ids[0] ?? 0n))?.next;
      const gate = () => gateOf(world.database, outboxDepsOf(world));
      for (const by of [code, null]) {
        await holdAll(deps, "found", by);
        expect(await next()).toBe("All imports are held: applicant-sync imports release --all --after-restore");
        expect((await gate()).reason).toMatch(/ --after-restore$/);
      }
      await world.database.importRestore.updateMany({ data: { decidedAt: new Date() } });
      expect(await next()).toBe("All imports are held: applicant-sync imports release --all");
      expect((await gate()).reason).toMatch(/imports release --all$/);
    },
  );

  it("still holds for approval the first imports of a new source that came while it was on", async () => {
    const { world, deps } = await worldWith([], { SOURCE_APPROVAL: "1" });
    await holdAll(deps, null);
    await importPeople(world, people(2));
    await releaseAll(deps);
    expect(await statesOf(world)).toEqual(["held (source_approval)", "held (awaits_source_approval)"]);
  });
});

describe("imports hold and release", () => {
  it("hold and release single imports, and a source that waits now", async () => {
    const { world, ids, deps } = await worldWith([
      { email: "a@example.org", source: "careers" },
      { email: "b@example.org", source: "careers" },
      { email: "c@example.org", source: "other" },
    ]);
    expect(await holdSource(deps, "careers")).toBe(2);
    expect(await statesOf(world)).toEqual(["held (by_hand)", "held (by_hand)", "ready"]);
    expect(await releaseImport(deps, ids[0] ?? 0n)).toMatchObject({ isDone: true, state: "ready" });
    expect(await releaseImport(deps, ids[0] ?? 0n)).toMatchObject({ isDone: false, state: "ready" });
    expect(await releaseSource(deps, "careers")).toEqual({ released: 1, withoutEvidence: 0 });
    expect(await statesOf(world)).toEqual(["ready (released)", "ready (released)", "ready"]);
  });

  it("keep an import held that a person held while the kill switch was on", async () => {
    const { world, ids, deps } = await worldWith(people(2));
    await holdAll(deps, null);
    await holdImport(deps, ids[0] ?? 0n);
    await releaseAll(deps);
    expect(await statesOf(world)).toEqual(["held (by_hand)", "ready (released)"]);
  });

  it("warn that a person whose agreement lacks evidence is e-mailed", async () => {
    const { world, ids, deps } = await worldWith(people(1, { is_legals_accepted_by_manager: true }));
    const said = await releaseImport(deps, ids[0] ?? 0n);
    expect(said).toMatchObject({ isDone: true, state: "ready", message: expect.stringMatching(/e-mails the person/) });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id: ids[0] ?? 0n } });
    expect(row).toMatchObject({ reasonCode: "released_by_hand", emailExpected: true });
  });

  it("leave what the kill switch holds alone when a source is released", async () => {
    const { world, deps } = await worldWith(people(1, { source: "careers" }));
    await holdAll(deps, null);
    expect(await releaseSource(deps, "careers")).toEqual({ released: 0, withoutEvidence: 0 });
    expect(await statesOf(world)).toEqual(["held (kill_switch)"]);
  });
});

describe("SOURCE_APPROVAL", () => {
  const env = { SOURCE_APPROVAL: "2" };

  it("holds the first imports of a new source, and later ones until these are decided", async () => {
    const { world, ids, deps } = await worldWith(people(4, { source: "new" }), env);
    const [first, second, ...others] = await statesOf(world);
    expect([first, second]).toEqual(["held (source_approval)", "held (source_approval)"]);
    expect(others).toEqual(["held (awaits_source_approval)", "held (awaits_source_approval)"]);
    await importPeople(world, [{ email: "known.source@example.org", source: "new" }]);
    expect((await statesOf(world)).at(-1)).toBe("held (awaits_source_approval)");
    await releaseImport(deps, ids[0] ?? 0n);
    expect((await statesOf(world)).slice(1)).toEqual([
      "held (source_approval)",
      ...Array(3).fill("held (awaits_source_approval)"),
    ]);
    await resolveImport(deps, ids[1] ?? 0n, { is: "drop" });
    expect((await statesOf(world)).slice(2)).toEqual(Array(3).fill("ready (released)"));
  });

  it("holds nothing more once the first imports of a source have been decided", async () => {
    const { world, deps } = await worldWith(people(2, { source: "new" }), env);
    await releaseSource(deps, "new");
    await importPeople(world, [{ email: "late@example.org", source: "new" }]);
    expect(await statesOf(world)).toEqual(["ready (released)", "ready (released)", "ready"]);
  });

  it("counts each source by itself", async () => {
    const { world } = await worldWith(
      [...people(2, { source: "one" }), { email: "x@example.org", source: "two" }],
      env,
    );
    expect(await statesOf(world)).toEqual(Array(3).fill("held (source_approval)"));
  });

  it("releases all waiting imports of a source together", async () => {
    const { world, deps } = await worldWith(people(4, { source: "new" }), env);
    expect(await releaseSource(deps, "new")).toEqual({ released: 4, withoutEvidence: 0 });
    expect(await statesOf(world)).toEqual(Array(4).fill("ready (released)"));
  });
});
