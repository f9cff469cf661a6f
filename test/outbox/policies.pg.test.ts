import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { loadConfig } from "../../src/config/config.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { claimImport } from "../../src/outbox/delivery/claim.ts";
import { closeCircuit, countFailure } from "../../src/outbox/delivery/circuit-breaker.ts";
import { gateOf } from "../../src/outbox/delivery/send-gate.ts";
import { checkImport } from "../../src/outbox/import/check.ts";
import { lead, outboxDepsOf, people, statesOf, worldWith } from "../support/outbox.ts";
import type { World } from "../support/world.ts";

const PRODUCTION = { KELIO_ENVIRONMENT: "production" };

const gate = (world: World) => inTransaction(world.database, (tx) => gateOf(tx, outboxDepsOf(world)));
const claim = (world: World, id: bigint) =>
  inTransaction(world.database, (tx) => claimImport(tx, outboxDepsOf(world), Number(id)));

describe("production", () => {
  it("is not written to unless ALLOW_PRODUCTION_WRITES=yes, and what comes waits", async () => {
    const { world } = await worldWith([], PRODUCTION);
    expect(await gate(world)).toMatchObject({ open: false, code: "production_writes_off", until: null });
    const allowed = { ...world, env: { ...world.env, ALLOW_PRODUCTION_WRITES: "yes" } };
    expect(await gate(allowed)).toMatchObject({ open: true });
  });

  it("leaves an import ready that may not go there yet", async () => {
    const { world, ids } = await worldWith(people(1));
    const there = { ...world, env: { ...world.env, ...PRODUCTION } };
    expect(await claim(there, ids[0] ?? 0n)).toMatchObject({ is: "closed", gate: { code: "production_writes_off" } });
    expect(await statesOf(world)).toEqual(["ready"]);
  });

  it("refuses addresses of reserved and of obviously fake domains, which the sandbox accepts", async () => {
    const { world } = await worldWith([]);
    for (const email of ["a@example.org", "a@mail.example.com", "a@b.test", "a@x.invalid", "a@test.com"]) {
      const faultsIn = (env: World["env"]) => {
        const checked = checkImport({ email }, outboxOptionsOf(loadConfig(env, { keys: true })));
        return checked.ok ? [] : checked.faults.map(({ field, reason }) => `${field} ${reason.en}`);
      };
      expect(faultsIn({ ...world.env, ...PRODUCTION })).toEqual([
        "email is of a domain for examples, tests or throw-away addresses",
      ]);
      expect(faultsIn(world.env)).toEqual([]);
    }
  });
});

describe("a cap", () => {
  it.each([
    { env: { IMPORTS_PER_HOUR: "3" }, code: "hour_cap", age: "59 minutes", past: "61 minutes" },
    { env: { IMPORTS_PER_DAY: "3" }, code: "day_cap", age: "23 hours", past: "25 hours" },
  ])(
    "counts applicants whose creation began within it, whatever came of them: $code",
    async ({ env, code, age, past }) => {
      const { world, ids } = await worldWith(people(4), env);
      await lead(world, ids[0] ?? 0n, ["sending", "sent"]);
      await lead(world, ids[1] ?? 0n, ["sending", "unknown"]);
      expect(await gate(world)).toMatchObject({ open: true });
      await lead(world, ids[2] ?? 0n, ["sending", "rejected"]);
      expect(await gate(world)).toMatchObject({ open: false, code, until: expect.any(Date) });
      expect(await claim(world, ids[3] ?? 0n)).toMatchObject({ is: "closed" });
      const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id: ids[3] ?? 0n } });
      expect(row).toMatchObject({ state: "ready", notBefore: expect.any(Date) });
      const makeOlder = (by: string) =>
        world.database.$executeRawUnsafe(
          `update public.import_event set at = now() - interval '${by}' where to_state = 'sending'`,
        );
      await makeOlder(age);
      expect(await gate(world)).toMatchObject({ open: false });
      await makeOlder(past);
      expect(await gate(world)).toMatchObject({ open: true });
    },
  );

  it("is exact where many claim at once", async () => {
    const { world, ids } = await worldWith(people(12), { IMPORTS_PER_HOUR: "5" });
    const claims = await Promise.all(ids.map((id) => claim(world, id)));
    expect(claims.filter((one) => one.is === "claimed")).toHaveLength(5);
    expect(claims.filter((one) => one.is === "closed")).toHaveLength(7);
  });

  it("counts no application, which e-mails nobody", async () => {
    const { world } = await worldWith([], { IMPORTS_PER_HOUR: "1" });
    await world.database.$executeRaw`
      insert into public.applicant_import (account, source, intake, email, campaign_id, applicant_state)
      values (${world.account}, 'file', 'file', 'a@example.org', 7, 'ready')`;
    const { id } = await world.database.applicantImport.findFirstOrThrow();
    await lead(world, id, ["sent", "sending", "sent"]);
    expect(await gate(world)).toMatchObject({ open: true });
  });

  it("is that of its account", async () => {
    const { world, ids } = await worldWith(people(1), { IMPORTS_PER_HOUR: "1" });
    await lead(world, ids[0] ?? 0n, ["sending", "sent"]);
    expect(await gate(world)).toMatchObject({ code: "hour_cap" });
    expect(await gate({ ...world, env: { ...world.env, KELIO_ACCOUNT: "other" } })).toMatchObject({ open: true });
  });
});

describe("quiet hours", () => {
  it("leave an import ready for their end", async () => {
    const { world, ids } = await worldWith(people(1));
    const [row] = await world.database.$queryRaw<
      { hour: number }[]
    >`select extract(hour from now() at time zone 'UTC')::int as hour`;
    const time = (hours: number) => `${String(((row?.hour ?? 0) + hours + 24) % 24).padStart(2, "0")}:00`;
    const env = { ...world.env, TIMEZONE: "UTC", QUIET_HOURS: `${time(-1)}-${time(3)}` };
    expect(await claim({ ...world, env }, ids[0] ?? 0n)).toMatchObject({ is: "closed", gate: { code: "quiet_hours" } });
    const stored = await world.database.applicantImport.findUniqueOrThrow({ where: { id: ids[0] ?? 0n } });
    expect(stored).toMatchObject({ state: "ready", notBefore: expect.any(Date) });
  });
});

describe("a row of requests of unknown outcome", () => {
  it("pauses imports from the third on, longer each time, until the API answers", async () => {
    const { world } = await worldWith([]);
    const note = () => inTransaction(world.database, (tx) => countFailure(tx, world.account));
    const pauses: number[] = [];
    for (let n = 1; n <= 9; n += 1) {
      await note();
      const [row] = await world.database.$queryRaw<{ minutes: number | null }[]>`
        select round(extract(epoch from paused_until - clock_timestamp()) / 60)::int as minutes from public.import_pause`;
      pauses.push(row?.minutes ?? 0);
    }
    expect(pauses).toEqual([0, 0, 1, 2, 4, 8, 15, 15, 15]);
    expect(await gate(world)).toMatchObject({ open: false, code: "circuit_open", until: expect.any(Date) });
    await inTransaction(world.database, (tx) => closeCircuit(tx, world.account));
    expect(await gate(world)).toMatchObject({ open: true });
  });

  it("ends by itself after its pause", async () => {
    const { world } = await worldWith([]);
    for (let n = 0; n < 3; n += 1) await inTransaction(world.database, (tx) => countFailure(tx, world.account));
    await world.database.$executeRaw`update public.import_pause set paused_until = now() - interval '1 second'`;
    expect(await gate(world)).toMatchObject({ open: true });
  });
});
