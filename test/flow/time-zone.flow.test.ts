import { Client } from "pg";
import { expect, inject, it, onTestFinished } from "vitest";
import { importPeople } from "../support/imports.ts";
import { openOutboxWorker } from "../support/outbox-worker.ts";
import { createTestDatabase, onServer } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const TIMEZONE = "Europe/Paris";
/** Three in the morning of a day that is far off. */
const RARELY = "0 3 29 2 *";
const MINUTE_MS = 60_000;

const CLOCK = new Intl.DateTimeFormat("en", {
  timeZone: TIMEZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
/** The time of day so many minutes from now, as QUIET_HOURS has it. */
const clock = (minutes: number): string => CLOCK.format(new Date(Date.now() + minutes * MINUTE_MS));

/** A database that another zone was set for, by itself or by its role. */
async function zoned(holder: "database" | "role", zone: string): Promise<string> {
  const { url, drop } = await createTestDatabase();
  const [server, name] = [inject("postgresUrl"), new URL(url).pathname.slice(1)];
  onTestFinished(drop);
  if (holder === "database") {
    await onServer(server, `alter database ${name} set timezone to '${zone}'`);
    return url;
  }
  const role = `zoned_${crypto.randomUUID().slice(0, 8)}`;
  await onServer(
    server,
    `create role ${role} superuser login password 'zoned'`,
    `alter role ${role} set timezone to '${zone}'`,
  );
  onTestFinished(async () => onServer(server, `drop role ${role}`));
  return Object.assign(new URL(url), { username: role, password: "zoned" }).href;
}

it.each([
  ["database", "Europe/Paris"],
  ["role", "Europe/Paris"],
  ["database", "America/New_York"],
] as const)(
  "with a %s set to %s quiet hours are kept, ages and due times right, and the clock agrees",
  async (holder, zone) => {
    const world = await openWorld({
      databaseUrl: await zoned(holder, zone),
      redisUrl: null,
      sandbox: { now: Date.now },
      env: { CAMPAIGNS_CRON: RARELY, TIMEZONE, KELIO_SCOPES: "campaigns_read,applicants_write" },
    });
    await importPeople(world, [{ email: "lea@example.org" }]);

    const quiet = { QUIET_HOURS: `${clock(-20)}-${clock(30)}` };
    const inside = await openOutboxWorker({ ...world, env: { ...world.env, ...quiet } });
    await inside.outbox.reconcilePending();
    inside.outbox.wake();
    await inside.stop();
    expect(world.sandbox.effects).toEqual([]);
    const held = JSON.parse((await world.run(["status", "--json"], quiet)).stdout);
    expect(held.imports.gate).toMatchObject({ open: false, code: "quiet_hours" });
    expect(clock((Date.parse(held.imports.gate.until) - Date.now()) / MINUTE_MS)).toBe(quiet.QUIET_HOURS.slice(6));

    await world.workerHere({ QUIET_HOURS: `${clock(30)}-${clock(-20)}` });
    await waitFor("the import", () => world.database.applicantImport.findFirst({ where: { state: "done" } }));
    expect(world.sandbox.effects).toMatchObject([{ kind: "applicant", outcome: "created" }]);

    await world.waitForRun();
    const { resources } = JSON.parse((await world.run(["status", "--json"])).stdout);
    const [{ ageSeconds, nextDue }] = resources;
    expect(ageSeconds).toBeGreaterThanOrEqual(0);
    expect(ageSeconds).toBeLessThan(600);
    expect(new Date(nextDue).toLocaleString("sv", { timeZone: TIMEZONE })).toMatch(/-02-29 03:00:00$/);
    // As another application reads it, in its own session.
    const client = new Client({ connectionString: world.env["DATABASE_URL"] });
    await client.connect();
    const { rows } = await client.query("select extract(epoch from next_at)::float8 as due from public.schedule_tick");
    await client.end();
    expect(rows).toEqual([{ due: Date.parse(nextDue) / 1_000 }]);

    const { code, stdout } = await world.run(["doctor"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clock +ok /m);
  },
  120_000,
);
