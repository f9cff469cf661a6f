import { describe, expect, it, onTestFinished } from "vitest";
import { renderDoctor } from "../../src/commands/doctor.ts";
import { importSubjects, plainSubjects } from "../support/fault-people.ts";
import { createTestDatabase, onServer } from "../support/postgres.ts";
import { describeWithRedis, startRedis } from "../support/redis.ts";
import { openWorld, type World } from "../support/world.ts";

interface Line {
  readonly name: string;
  readonly level: string;
  readonly detail: string;
}

/** What `doctor --json` says: its verdict, and the line of each check by its name. */
async function doctor(world: World, env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await world.run(["doctor", "--json"], env);
  const said: {
    readonly level: string;
    readonly failed: number;
    readonly warnings: number;
    readonly checks: readonly Line[];
  } = JSON.parse(stdout);
  const lines = Object.fromEntries(said.checks.map(({ name, level, detail }) => [name, `${level}: ${detail}`]));
  return { code, stderr, level: said.level, failed: said.failed, warnings: said.warnings, lines };
}

/** Lines for people, beside the log of a worker that stops. */
const linesOf = (stderr: string) =>
  stderr
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith('{"level":"info"')).length;

const NO_SCOPES = { KELIO_SCOPES: "campaigns_read" };

describe("doctor", () => {
  it("says that all is well only if there is no warning", () => {
    const check = { name: "a", detail: "b" };
    expect(renderDoctor([{ ...check, outcome: "ok" }])).toMatch(/All is well\.$/);
    expect(renderDoctor([{ ...check, outcome: "skipped" }])).toMatch(/All is well\.$/);
    const warned = renderDoctor([{ ...check, outcome: "warning" }]);
    expect(warned).toMatch(/It works, with 1 warning: do what the lines marked warning say\.$/);
    const wrong = renderDoctor([
      { ...check, outcome: "wrong" },
      { ...check, outcome: "warning" },
    ]);
    expect(wrong).toMatch(/1 check failed, 1 warning: /);
    expect([warned, wrong].join("")).not.toContain("well");
  });

  it("warns while no worker runs, the mirror is stale by its own schedule, the switch is thrown and imports wait", async () => {
    const world = await openWorld({
      env: {
        ...NO_SCOPES,
        KELIO_SCOPES: "campaigns_read,applicants_write",
        NOTIFY_URL: "https://hooks.example.org/applicant-sync",
      },
    });
    const quiet = await doctor(world);
    expect(quiet).toMatchObject({ code: 0, level: "ok", failed: 0, warnings: 0 });
    expect(quiet.lines).toMatchObject({
      "kill switch": "ok: off",
      imports: "ok: none waits",
      mirror: "ok: no schedule keeps it fresh",
      workers: "ok: none runs, and nothing waits for one",
    });

    const env = { CAMPAIGNS_CRON: "0 2 * * *" };
    await importSubjects(world, plainSubjects("customer", ["one@example.org"]));
    expect((await world.run(["imports", "hold", "--all", "--reason", "wrong \u001b[2Joffers"])).code).toBe(0);
    const before = await doctor(world, env);
    expect(before).toMatchObject({ code: 1, level: "warning", failed: 0, warnings: 4 });
    expect(before.lines["kill switch"]).toMatch(
      /^warning: thrown: wrong .*offers\. Nothing is sent until: applicant-sync imports release --all$/,
    );
    expect(before.lines["imports"]).toMatch(/^warning: 1 held wait/);
    expect(before.lines["workers"]).toMatch(/^warning: none runs: .*1 is kept\. Start one with: applicant-sync start$/);
    expect(before.lines["mirror"]).toMatch(/^warning: never synced: campaigns/);

    await world.sync("campaigns");
    expect((await doctor(world, env)).lines["mirror"]).toMatch(/^ok: as fresh as/);
    await world.database.$executeRaw`update public.sync_run set started_at = started_at - interval '25 hours'`;
    expect((await doctor(world, env)).lines["mirror"]).toMatch(/^ok: as fresh as/);
    await world.database.$executeRaw`update public.sync_run set started_at = started_at - interval '25 hours'`;
    expect((await doctor(world, env)).lines["mirror"]).toMatch(
      /^warning: stale: campaigns 2\.1 days old, its schedule keeps it under 24 h/,
    );
    expect((await doctor(world, { CAMPAIGNS_CRON: "0 2 * * 1" })).lines["mirror"]).toMatch(/^ok: as fresh as/);

    await world.workerHere(env);
    const running = await doctor(world, env);
    expect(running.lines["workers"]).toBe("ok: 1 running");
  });

  it("says that imports pause after requests of unknown outcome", async () => {
    const world = await openWorld({ env: NO_SCOPES });
    await world.database.$executeRaw`
      insert into public.import_pause (account, failures, paused_until)
      values (${world.account}, 3, clock_timestamp() + interval '10 minutes')`;
    const { code, lines } = await doctor(world);
    expect(code).toBe(0);
    expect(lines["imports"]).toMatch(
      /^warning: none waits; paused until \S+ \S+: The outcome of 3 requests in a row is unknown; imports pause/,
    );
  });
});

/** `doctor` shows the advice as the failed line of `name`; each other command, in turn, as its only line, and ends. */
async function oneLineEach(
  world: World,
  name: string,
  cases: readonly (readonly [env: Readonly<Record<string, string>>, advice: RegExp])[],
): Promise<number> {
  for (const [n, [env, advice]] of cases.entries()) {
    const command = ["start", "status", "sync"][n % 3] ?? "start";
    const [found, { code, stderr }] = await Promise.all([doctor(world, env), world.run([command], env)]);
    expect(found).toMatchObject({ code: 1, level: "failed", stderr: "" });
    expect(found.lines[name]).toMatch(/^failed: /);
    expect(found.lines[name]).toMatch(advice);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(advice);
    expect(linesOf(stderr)).toBe(1);
    expect(JSON.stringify(found) + stderr).not.toMatch(/Zq9xJ|Kw3vP|node_modules/);
  }
  return cases.length;
}

describe("a database that cannot be used", () => {
  it("is one line that says what to do, without a stack, from doctor, start, status and sync", async () => {
    const world = await openWorld({ env: NO_SCOPES });
    const url = new URL(world.env["DATABASE_URL"] ?? "");
    const changed = (change: (url: URL) => void) => {
      const other = new URL(url);
      change(other);
      return other.href;
    };
    const role = `weak_${crypto.randomUUID().slice(0, 8)}`;
    const [empty, latin] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    onTestFinished(async () => {
      await Promise.all([empty.drop(), latin.drop()]);
      await onServer(url.href, `drop role ${role}`);
    });
    await onServer(url.href, `create role ${role} login password 'Zq9xJ'`);
    await onServer(
      empty.url,
      "drop schema public cascade",
      "create schema public",
      "revoke all on schema public from public",
    );
    const name = new URL(latin.url).pathname.slice(1);
    await onServer(
      url.href,
      `drop database ${name}`,
      `create database ${name} encoding 'LATIN1' locale_provider libc locale 'C' template template0`,
    );
    const cases = [
      [
        "another host",
        changed((one) => (one.hostname = "no-such-host.invalid")),
        /Cannot reach Postgres at no-such-host/,
      ],
      ["another port", changed((one) => (one.port = "1")), /Cannot reach Postgres at .*:1 /],
      ["a wrong password", changed((one) => (one.password = "Kw3vP")), /check user and password/],
      ["no such database", changed((one) => (one.pathname = "/nothing")), /has no database nothing/],
      ["TLS that the server has not", changed((one) => one.searchParams.set("sslmode", "verify-full")), /TLS|SSL/],
      [
        "a role without rights",
        changed((one) =>
          Object.assign(one, { username: role, password: "Zq9xJ", pathname: new URL(empty.url).pathname }),
        ),
        /may not create tables/,
      ],
      ["another encoding", latin.url, /is in LATIN1/],
    ] as const;
    expect(
      await oneLineEach(
        world,
        "database",
        cases.map(([, databaseUrl, advice]) => [{ DATABASE_URL: databaseUrl }, advice]),
      ),
    ).toBe(cases.length);
  }, 180_000);
});

describeWithRedis("a Redis that cannot be used", () => {
  it("is one line that says what to do, from doctor, start, status and sync", async () => {
    const primary = await startRedis((port) => ({ port, requirepass: "Zq9xJ" }));
    onTestFinished(primary.stop);
    const replica = await startRedis((port) => ({ port, replicaof: `127.0.0.1 ${primary.port}`, masterauth: "Zq9xJ" }));
    onTestFinished(replica.stop);
    const evicting = await startRedis((port) => ({ port, maxmemory: "64mb", "maxmemory-policy": "allkeys-lru" }));
    onTestFinished(evicting.stop);
    const world = await openWorld({ env: NO_SCOPES });
    const cases = [
      ["redis://127.0.0.1:1", /Redis cannot be used at 127\.0\.0\.1:1/],
      [primary.url, /asks for a password/],
      [`redis://:Kw3vP@127.0.0.1:${primary.port}`, /check user and password/],
      [`redis://:Zq9xJ@127.0.0.1:${primary.port}/77`, /number of the database/],
      [replica.url, /is a replica/],
      [evicting.url, /maxmemory-policy noeviction/],
    ] as const;
    expect(
      await oneLineEach(
        world,
        "queue",
        cases.map(([redisUrl, advice]) => [{ REDIS_URL: redisUrl }, advice]),
      ),
    ).toBe(cases.length);
    const full = await startRedis((port) => ({ port, maxmemory: "100kb" }));
    onTestFinished(full.stop);
    const { code, lines } = await doctor(world, { REDIS_URL: full.url });
    expect(lines["redis"]).toMatch(/^warning: it /);
    expect(code).not.toBe(2);
  }, 180_000);
});
