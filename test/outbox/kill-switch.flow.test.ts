import { Client } from "pg";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { claimFreshMirror } from "../support/fresh-mirror.ts";
import { importPeople } from "../support/imports.ts";
import { connect, insert } from "../support/inbox.ts";
import { people, statesOf } from "../support/outbox.ts";
import { describeWithPgBouncer, startPgBouncer } from "../support/pgbouncer.ts";
import { startRelay } from "../support/relay.ts";
import { createTestDatabase, onServer } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

/** A request every half second: most people wait. */
const SLOWLY = { KELIO_REQUESTS_PER_MINUTE: "120" };

const creations = ({ sandbox }: World) =>
  sandbox.requests.filter(({ method, path }) => method === "POST" && path === "/applicants");

/** Runs the command; returns how many creations had arrived when it ended. Prints how long it ran. */
async function hold(world: World, situation: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
  const begun = performance.now();
  const { code, stderr, stdout } = await world.run(["imports", "hold", "--all", "--reason", "stop"], env);
  const ms = Math.round(performance.now() - begun);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/The kill switch is thrown/);
  process.stdout.write(`imports hold --all, ${situation}: ${ms} ms\n`);
  return creations(world).length;
}

/** People who are sent at once, for nobody is looked up before. */
async function importReady(world: World, count: number): Promise<void> {
  await claimFreshMirror(world.database, world.account);
  await importPeople(world, people(count), true);
}

/** A worker that is alive holds what is ready. */
const allHeld = (world: World) =>
  waitFor("all are held", async () => (await statesOf(world)).every((state) => !state.startsWith("ready")));

describe("imports hold --all works", () => {
  it("while a transaction of an SQL client hangs, and 2,000 drafts are checked", async () => {
    const world = await openWorld({ env: SLOWLY });
    await importReady(world, 20);
    await world.workerHere();
    const hanging = await connect(world);
    await hanging.query("begin");
    await insert(hanging, { account: world.account, email: "person.19@example.org" });
    await waitFor("some are sent", () => creations(world).length > 0);
    const client = await connect(world);
    await client.query(
      "insert into import_inbox (account, email) select $1, 'd' || n || '@example.org' from generate_series(1, 2000) n",
      [world.account],
    );
    const before = await hold(world, "inbox hangs, drafts are checked");
    await allHeld(world);
    expect(creations(world)).toHaveLength(before);
    await hanging.query("commit");
  });

  it("while requests to the API hang", async () => {
    const world = await openWorld({ env: SLOWLY });
    world.sandbox.script.fault({ kind: "hang" }, { method: "POST", path: "/applicants", times: Infinity });
    await importReady(world, 10);
    await world.workerHere();
    await waitFor("some hang", () => creations(world).length > 1);
    const before = await hold(world, "API hangs");
    expect(creations(world)).toHaveLength(before);
  });

  it("while a worker has been stopped, and somebody holds the outbox and a row of it", async () => {
    const world = await openWorld({ env: SLOWLY });
    await importReady(world, 20);
    const worker = await world.worker();
    await waitFor("some are sent", () => creations(world).length > 0);
    worker.kill("SIGSTOP");
    const frozen = await connect(world);
    await frozen.query("begin");
    await frozen.query("set local idle_in_transaction_session_timeout = 0");
    await frozen.query("select public.lock_account($1, 'outbox', null)", [world.account]);
    await frozen.query("select from applicant_import where state = 'ready' limit 3 for update");
    const before = await hold(world, "a worker is stopped, outbox and rows are locked");
    await frozen.query("rollback");
    worker.kill("SIGCONT");
    await allHeld(world);
    expect(creations(world)).toHaveLength(before);
  });

  it("while somebody's transaction holds a lock on the whole table of imports", async () => {
    const world = await openWorld();
    await importPeople(world, people(2));
    const operator = await connect(world);
    await operator.query("begin; lock table applicant_import in share mode");
    await hold(world, "applicant_import is locked");
    expect(await statesOf(world)).toEqual(["ready", "ready"]);
    const control = await world.database.importControl.findUniqueOrThrow({ where: { account: world.account } });
    expect(control).toMatchObject({ held: true, heldReason: "stop" });
    const released = await world.run(["imports", "release", "--all"]);
    expect(released).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The kill switch is off\. .*pg_stat_activity/),
    });
    await operator.query("rollback");
    await hold(world, "the lock has gone");
    expect(await statesOf(world)).toEqual(["held (kill_switch)", "held (kill_switch)"]);
  });

  it.each([
    ["database_disk_full", "53100", "The disk of Postgres is full"],
    ["database_rights", "42501", "lacks a right"],
    ["a reason that nobody expects", "XX001", "refused"],
  ])("and says that imports could not be moved for a reason that does not pass (%s)", async (_, state, why) => {
    const world = await openWorld();
    await importPeople(world, people(1));
    const owner = await connect(world);
    await owner.query(`create function public.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'refused' using errcode = '${state}'; end $$`);
    await owner.query("create trigger refuse before update on applicant_import execute function public.refuse()");
    const { code, stderr } = await world.run(["imports", "hold", "--all"]);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
    expect(stderr).not.toContain("nothing was changed");
    expect(stderr).toContain("The kill switch is thrown: nothing more is sent. The imports could not be moved. ");
    const control = await world.database.importControl.findUniqueOrThrow({ where: { account: world.account } });
    expect(control).toMatchObject({ held: true });
    await owner.query("alter table applicant_import disable trigger refuse");
    await hold(world, "moved");
    await owner.query("alter table applicant_import enable trigger refuse");
    const released = await world.run(["imports", "release", "--all"]);
    expect(released).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
    expect(released.stderr).toContain("The kill switch is off. The imports could not be moved. ");
    expect(await statesOf(world)).toEqual(["held (kill_switch)"]);
    expect(await world.database.importControl.count({ where: { account: world.account, held: true } })).toBe(0);
  });

  it("and says that nobody knows whether it is thrown if the connection breaks before Postgres has answered", async () => {
    const relay = await startRelay(inject("postgresUrl"));
    const world = await openWorld();
    const { port, hostname } = new URL(relay.url);
    const through = Object.assign(new URL(world.env["DATABASE_URL"] ?? ""), { port, hostname }).href;
    const [owner, watcher] = [await connect(world), await connect(world)];
    await owner.query(`create table public.gate (); create function public.wait() returns trigger language plpgsql as
      $$ begin set local lock_timeout = 0; lock table public.gate; return null; end $$;
      create constraint trigger wait after insert on import_control deferrable initially deferred
        for each row execute function public.wait()`);
    await owner.query("begin; lock table gate");
    const broken = world.run(["imports", "hold", "--all"], { DATABASE_URL: through });
    await waitFor("the commit is on its way", async () => {
      const { rows } = await watcher.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query = 'commit'",
      );
      return rows.length > 0;
    });
    relay.reset();
    expect(await broken).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^applicant-sync: It is unknown whether the kill switch is thrown: stop the workers, or try again .*The connection to Postgres broke/,
      ),
    });
    await owner.query("rollback");
    const { database, account } = world;
    await waitFor("it is thrown all the same", () =>
      database.importControl.findFirst({ where: { account, held: true } }),
    );
  });

  it("and says that nobody knows whether it is thrown if Postgres ends the connection at the commit", async () => {
    const world = await openWorld();
    const owner = await connect(world);
    await owner.query(`create function public.stops() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
      create constraint trigger stops after insert on import_control deferrable initially deferred
        for each row execute function public.stops()`);
    expect(await world.run(["imports", "hold", "--all"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^applicant-sync: It is unknown whether the kill switch is thrown: /),
    });
  });

  it("and says that it was not thrown if Postgres answers what nobody expects", async () => {
    const world = await openWorld();
    const owner = await connect(world);
    await owner.query(`create function public.unexpected() returns trigger language plpgsql as
      $$ begin raise exception 'an unexpected answer' using errcode = 'XX001'; end $$`);
    await owner.query("create trigger refuse before insert on import_control execute function public.unexpected()");
    expect(await world.run(["imports", "hold", "--all"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^applicant-sync: The kill switch was not thrown: stop the workers, or try again .*an unexpected answer/,
      ),
    });
  });

  it("with the last connection that Postgres has for the role", async () => {
    const world = await openWorld();
    const owner = await connect(world);
    const role = `few_${crypto.randomUUID().slice(0, 8)}`;
    await owner.query(`create role ${role} login password 'few' connection limit 3;
      grant all on all tables in schema public to ${role}; grant usage on all sequences in schema public to ${role}`);
    const url = new URL(world.env["DATABASE_URL"] ?? "");
    url.username = role;
    url.password = "few";
    const clients = [1, 2].map(() => new Client({ connectionString: url.href }));
    for (const client of clients) await client.connect();
    onTestFinished(async () => {
      await owner.query(`drop owned by ${role}; drop role ${role}`).catch(() => undefined);
    });
    await importPeople(world, people(3));
    await hold(world, "one connection left", { DATABASE_URL: url.href });
    for (const client of clients) await client.end();
    expect(await statesOf(world)).toEqual(Array(3).fill("held (kill_switch)"));
  });
});

/** A pool of four for `DATABASE_URL`, which transactions of the same role hold, and one for a role that nothing else uses. */
async function openUsedUp(pool_mode: "transaction" | "session", query_wait_timeout: number) {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  const server = inject("postgresUrl");
  const role = `own_${crypto.randomUUID().slice(0, 8)}`;
  await onServer(server, `create role ${role} superuser login password 'own'`);
  onTestFinished(() => onServer(server, `drop role ${role}`));
  const own = Object.assign(new URL(url), { username: role, password: "own" }).href;
  const settings = { pool_mode, default_pool_size: 4, query_wait_timeout };
  const bouncer = await startPgBouncer(server, settings, [own]);
  onTestFinished(bouncer.stop);
  const world = await openWorld({ databaseUrl: url });
  await importPeople(world, people(2));
  const occupants = [1, 2, 3, 4].map(() => new Client({ connectionString: bouncer.through(url) }));
  for (const occupant of occupants) await occupant.connect();
  for (const occupant of occupants) await occupant.query("begin");
  onTestFinished(async () => void (await Promise.all(occupants.map((occupant) => occupant.end()))));
  return {
    world,
    occupants,
    shared: { DATABASE_URL: bouncer.through(url) },
    own: { DATABASE_URL: bouncer.through(own) },
  };
}

describeWithPgBouncer("imports hold --all, while open transactions use up the pool of PgBouncer,", () => {
  it.each([
    ["transaction", 120],
    ["transaction", 2],
    ["session", 120],
  ] as const)(
    "says that the switch was not thrown and what to do (%s mode, a client waits for at most %i s)",
    async (mode, wait) => {
      const { world, shared, occupants } = await openUsedUp(mode, wait);
      const { code, stderr } = await world.run(["imports", "hold", "--all"], shared);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^applicant-sync: The kill switch was not thrown: stop the workers, or try again .*hold every connection of its pool: end them/,
      );
      await occupants[0]?.end();
      await hold(world, "one transaction has ended", shared);
    },
    30_000,
  );

  it("works with a role of its own, for which there is another pool", async () => {
    const { world, own } = await openUsedUp("transaction", 120);
    await hold(world, "another role has the pool", own);
    expect(await statesOf(world)).toEqual(Array(2).fill("held (kill_switch)"));
  });
});
