import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { openBackend } from "../../src/queue/backend.ts";
import { parseRedisUrl } from "../../src/platform/redis-url.ts";
import { plainSubjects, importSubjects } from "../support/fault-people.ts";
import { describeWithRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

async function started(options: Readonly<Record<string, string | number>> = {}): Promise<TestRedis> {
  const redis = await startRedis((port) => ({ port, appendonly: "yes", ...options }));
  onTestFinished(redis.stop);
  return redis;
}

function adminOf({ port }: TestRedis, password?: string): Redis {
  const admin = new Redis({ port, host: "127.0.0.1", ...(password === undefined ? {} : { password }) });
  onTestFinished(() => admin.disconnect());
  return admin;
}

/** What opening a queue there gives: what is known, the codes of the warnings, or the error. */
async function opened(url: string) {
  try {
    const backend = await openBackend({ databaseUrl: "", databaseKey: "test", redis: parseRedisUrl(url) });
    await backend.close();
    return { detail: backend.detail, warnings: backend.warnings.map(({ code }) => code) };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return { code: error.code, message: error.message };
  }
}

describeWithRedis("a Redis that a queue is opened in", () => {
  it("is used as it is where it is right", async () => {
    expect(await opened((await started()).url)).toEqual({
      detail: expect.stringMatching(/^version \d+\.\d+\.\d+, primary, noeviction$/),
      warnings: [],
    });
  });

  it("holds no queue outside the keys that it names", async () => {
    const redis = await started();
    const backend = await openBackend({ databaseUrl: "", databaseKey: "test", redis: parseRedisUrl(redis.url) });
    const queue = backend.queue("queue", () => {});
    await queue.add("kind", {}, {});
    const keys = await adminOf(redis).keys("{applicant-sync}:test:*");
    expect(backend.keysBegin).toBe("{applicant-sync}:test:");
    expect(keys.length).toBeGreaterThan(0);
    expect((await adminOf(redis).keys("*")).filter((key) => !keys.includes(key))).toEqual(["{applicant-sync}:probe"]);
    await queue.close();
    await backend.close();
  });

  it("keeps nothing for a database that is only looked for", async () => {
    const redis = await started();
    const options = { databaseUrl: "", databaseKey: "test", redis: parseRedisUrl(redis.url), leavesNothing: true };
    const backend = await openBackend(options);
    const queue = backend.queue("queue", () => {});
    expect(await queue.workers()).toBe(0);
    expect((await queue.counts()).waiting).toBe(0);
    await queue.close();
    await backend.close();
    expect(await adminOf(redis).keys("{applicant-sync}:test:*")).toEqual([]);
  });

  it("is refused while it is a replica", async () => {
    const primary = await started();
    const replica = await started({ replicaof: `127.0.0.1 ${primary.port}` });
    expect(await opened(replica.url)).toMatchObject({ code: "redis_readonly", message: /name the primary/ });
    await adminOf(replica).replicaof("NO", "ONE");
    expect(await opened(replica.url)).toMatchObject({ warnings: [] });
  });

  it.each(["allkeys-lru", "volatile-ttl", "allkeys-random"])(
    "is refused where its policy %s throws jobs away, and is warned of before it has a limit",
    async (policy) => {
      const redis = await started({ maxmemory: "64mb", "maxmemory-policy": policy });
      expect(await opened(redis.url)).toMatchObject({ code: "redis_eviction", message: /maxmemory-policy noeviction/ });
      await adminOf(redis).config("SET", "maxmemory", "0");
      expect(await opened(redis.url)).toMatchObject({ warnings: ["redis_eviction"] });
      await adminOf(redis).config("SET", "maxmemory-policy", "noeviction");
      expect(await opened(redis.url)).toMatchObject({ warnings: [] });
    },
  );

  it("is warned of when it is full, or nearly", async () => {
    const redis = await started();
    const admin = adminOf(redis);
    await admin.setrange("something", 20_000_000, "x");
    const used = Number(/used_memory:(\d+)/.exec(await admin.info("memory"))?.[1]);
    await admin.config("SET", "maxmemory", String(Math.round(used * 1.05)));
    expect(await opened(redis.url)).toMatchObject({ warnings: ["redis_nearly_full"] });
    await admin.config("SET", "maxmemory", "100000");
    expect(await opened(redis.url)).toMatchObject({ warnings: ["redis_oom", "redis_nearly_full"] });
  });

  it("is warned of when it keeps nothing over a restart", async () => {
    expect(await opened((await started({ appendonly: "no" })).url)).toMatchObject({
      warnings: ["redis_not_persistent"],
    });
    expect(await opened((await started({ appendonly: "no", save: "3600 1" })).url)).toMatchObject({ warnings: [] });
  });

  it("is warned of once when a worker starts, each fault on a line of its log", async () => {
    const redis = await started({ appendonly: "no", "maxmemory-policy": "allkeys-lru" });
    const world = await openWorld({ redisUrl: redis.url });
    const worker = await world.worker();
    worker.kill("SIGTERM");
    const { stdout, stderr } = await worker.ended;
    expect(stdout).toBe("");
    const lines = stderr.trim().split("\n");
    const logged = lines.map((line): { readonly code?: string } => JSON.parse(line));
    expect(logged.flatMap(({ code }) => (code?.startsWith("redis_") ? [code] : []))).toEqual([
      "redis_eviction",
      "redis_not_persistent",
    ]);
  });

  it("says that it does not know what it may not ask", async () => {
    const redis = await started();
    await adminOf(redis).acl("SETUSER", "app", "on", ">Zq9xJ", "~*", "+@all", "-info", "-config");
    expect(await opened(`redis://app:Zq9xJ@127.0.0.1:${redis.port}`)).toEqual({
      detail: expect.stringContaining("unknown: INFO is not allowed"),
      warnings: [],
    });
  });

  it("is refused with what to do where it does not let us in, and no part of a password is shown", async () => {
    const redis = await started({ requirepass: "Zq9xJ" });
    const host = `127.0.0.1:${redis.port}`;
    await adminOf(redis, "Zq9xJ").acl("SETUSER", "other", "on", ">Kw3vP", "~other*", "+@all");
    const cases = [
      [`redis://${host}`, "redis_login", /asks for a password/],
      [`redis://:Yt7bN@${host}`, "redis_login", /check user and password/],
      [`redis://nobody:Zq9xJ@${host}`, "redis_login", /check user and password/],
      [`redis://:Zq9xJ@${host}/99`, "redis_database", /number of the database/],
      [`redis://other:Kw3vP@${host}`, "redis_noperm", /allow the keys/],
      [`redis+cluster://:Zq9xJ@${host}`, "redis_unreachable", /no Cluster/],
      [`redis+sentinel://${host}/main?sentinel_password=Zq9xJ`, "redis_unreachable", /no sentinel/],
      ["redis://:Zq9xJ@127.0.0.1:1", "redis_unreachable", /that the server runs/],
      ["redis://:Zq9xJ@no-such-host.invalid", "redis_unreachable", /name of the host/],
    ] as const;
    for (const [url, code, message] of cases) {
      const refused = await opened(url);
      expect(refused).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(JSON.stringify(refused)).not.toMatch(/Zq9xJ|Yt7bN|Kw3vP/);
    }
  });
});

describeWithRedis("a Redis that is full", () => {
  it(
    "loses no run and no import: both go on when there is room, and the log stays short",
    { timeout: 150_000 },
    async () => {
      const redis = await started();
      const admin = adminOf(redis);
      const world = await openWorld({
        redisUrl: redis.url,
        sandbox: { now: Date.now },
        env: { APPLICATIONS_CRON: "0 3 29 2 *", KELIO_REQUESTS_PER_MINUTE: "300" },
      });
      const worker = await world.worker();
      await waitFor("some pages", async () => (await world.database.syncPage.count()) >= 2);
      await admin.config("SET", "maxmemory", "100000");
      const emails = ["one@example.org", "two@example.org"];
      await importSubjects(world, plainSubjects("customer", emails));
      await waitFor("the log to say so", () => /OOM/.test(worker.stderr()));
      const before = worker.stderr().split("\n").length;
      const retries = Number(/total_error_replies:(\d+)/.exec(await admin.info("stats"))?.[1]);
      await waitFor(
        "some more attempts",
        async () => Number(/total_error_replies:(\d+)/.exec(await admin.info("stats"))?.[1]) > retries + 5,
      );
      expect(worker.stderr().split("\n").length - before).toBeLessThan(20);
      expect(worker.stderr()).toMatch(/"code":"redis_oom","message":"The Redis of the queue is full/);
      expect(worker.stderr()).not.toMatch(/"stack"/);
      expect(worker.isRunning()).toBe(true);

      await admin.config("SET", "maxmemory", "0");
      expect(await world.waitForRun()).toMatchObject({ rows: 300 });
      await waitFor(
        "both imports",
        async () => (await world.database.applicantImport.count({ where: { state: "done" } })) === 2,
        100_000,
      );
      expect(world.sandbox.effects).toHaveLength(2);
    },
  );
});
