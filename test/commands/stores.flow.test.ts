import { describe, expect, inject, it, onTestFinished } from "vitest";
import { createEmptyDatabase } from "../support/postgres.ts";
import { redisInstalled } from "../support/installed.ts";
import { openWorld } from "../support/world.ts";

const PASSWORD = "hunter2hunter2";
/** Nothing listens there. */
const NOWHERE = "127.0.0.1:9";

async function emptyDatabase(): Promise<string> {
  const { url, drop } = await createEmptyDatabase();
  onTestFinished(drop);
  return url;
}

describe("a store that is not there", () => {
  const stores = {
    DATABASE_URL: `postgres://user:${PASSWORD}@${NOWHERE}/db`,
    REDIS_URL: `redis://:${PASSWORD}@${NOWHERE}`,
  };

  it.each(Object.entries(stores).flatMap(([name, url]) => ["start", "sync", "status"].map((one) => [name, one, url])))(
    "%s: %s ends with an error that names the setting, and no password",
    async (name = "", command = "", url = "") => {
      const world = await openWorld();
      const { code, stdout, stderr } = await world.run([command], { [name]: url });
      expect([1, 2]).toContain(code);
      expect(stdout).toBe("");
      expect(stderr).toContain(name);
      expect(stderr).not.toContain(PASSWORD);
      expect(stderr).not.toMatch(/unexpected error|\n\s+at /);
    },
  );

  it.each(Object.entries(stores))("%s: doctor says so and skips what needs it", async (name, url) => {
    const world = await openWorld();
    const { code, stdout, stderr } = await world.run(["doctor", "--json"], { [name]: url });
    expect(code).toBe(1);
    const store = name === "REDIS_URL" ? "queue" : "database";
    expect(JSON.parse(stdout)).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: store, outcome: "wrong" })]),
    });
    expect(stdout + stderr).not.toContain(PASSWORD);
  });
});

describe("AUTO_MIGRATE=off", () => {
  it("lets no command touch a database that lacks migrations, until migrate has applied them", async () => {
    const world = await openWorld();
    const env = { DATABASE_URL: await emptyDatabase(), AUTO_MIGRATE: "off" };
    const refused = await world.run(["sync"], env);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/applicant-sync migrate/);
    expect(await world.run(["migrate"], env)).toMatchObject({ code: 0 });
    expect(await world.run(["migrate"], env)).toMatchObject({ code: 0, stdout: "The database is up to date.\n" });
    expect(await world.run(["sync", "campaigns"], env)).toMatchObject({ code: 0 });
  });

  it("is not needed: several processes may meet an empty database at once", async () => {
    const world = await openWorld();
    const env = { DATABASE_URL: await emptyDatabase() };
    const ended = await Promise.all([1, 2, 3].map(() => world.cli(["migrate"], env).ended));
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(ended.map(() => ({ code: 0, stderr: "" })));
  });
});

describe("an account key", () => {
  it("that stands for another remote account ends with 2, before any request", async () => {
    const world = await openWorld();
    await world.sync("campaigns");
    const asked = world.sandbox.requests.length;
    const { code, stderr } = await world.run(["sync"], { KELIO_ACCOUNT_KIND: "jobboard" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/KELIO_ACCOUNT/);
    expect(world.sandbox.requests).toHaveLength(asked);
  });
});

describe("database", () => {
  it("prints the URL of the configured Postgres, and nothing else", async () => {
    const world = await openWorld();
    const { code, stdout, stderr } = await world.run(["database"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${world.env["DATABASE_URL"]}\n`, stderr: "" });
  });
});

describe("database with DATABASE_PASSWORD", () => {
  it("prints the URL without that password, which the arguments of psql would show", async () => {
    const world = await openWorld();
    const env = {
      DATABASE_URL: "postgresql://app@db.example.org:5432/ats?sslmode=require",
      DATABASE_PASSWORD: PASSWORD,
    };
    expect(await world.run(["database"], env)).toMatchObject({ code: 0, stdout: `${env.DATABASE_URL}\n`, stderr: "" });
  });
});

describe("status", () => {
  it("tells what the mirror holds, how fresh it is and what was used, without keys and without a request", async () => {
    const world = await openWorld({ redisUrl: redisInstalled() ? inject("redisUrl") : null });
    await world.sync();
    const asked = world.sandbox.requests.length;
    const env = { KELIO_PRIVATE_KEY: "", KELIO_SECRET_KEY: "" };
    const { code, stdout } = await world.run(["status", "--json"], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      account: world.account,
      mirror: [
        { table: "campaign", rows: 12, deleted: 0 },
        { table: "application", rows: 300, deleted: 0 },
        { table: "applicant", rows: world.source().applicants.length, deleted: 0 },
        { table: "manager", rows: 0, deleted: 0 },
        { table: "entity", rows: 0, deleted: 0 },
        { table: "unit", rows: 0, deleted: 0 },
      ],
      resources: [
        { resource: "campaigns", freshAsOf: expect.any(String) },
        { resource: "applications", freshAsOf: expect.any(String) },
        { resource: "applicants", freshAsOf: null },
        { resource: "managers", freshAsOf: null },
        { resource: "entities", freshAsOf: null },
        { resource: "units", freshAsOf: null },
      ],
      runs: [{ state: "proven" }, { state: "proven" }],
      quota: { lastHour: asked, perMinute: 6_000 },
      queue: { workers: 0, waiting: 0, delayed: 0, active: 0 },
    });
    expect(world.sandbox.requests).toHaveLength(asked);
    const { stdout: text } = await world.run(["status"], env);
    expect(text).toMatch(/application +300/);
  });

  it("counts the workers that run", async () => {
    const world = await openWorld();
    await Promise.all([world.workerHere(), world.workerHere()]);
    const { stdout } = await world.run(["status", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ queue: { workers: 2 } });
  });
});
