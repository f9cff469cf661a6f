import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../src/database/embedded/port.ts";
import { parseRedisUrl } from "../../src/platform/redis-url.ts";
import { openBackend, type QueueClient } from "../../src/queue/backend.ts";
import { redisErrorOf } from "../../src/queue/redis-errors.ts";
import { startRelay } from "../support/relay.ts";
import { describeWithRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";

/** A queue in a Redis of the test's own, and somebody who administers it. */
async function opened(settings: Readonly<Record<string, string>> = {}) {
  const redis = await startRedis((port) => ({ port, ...settings }));
  onTestFinished(redis.stop);
  const admin = adminOf(redis);
  const { queue, errors, numbers } = await queueIn(redis.url);
  await queue.add("kind", {}, {});
  return { admin, queue, errors, numbers };
}

function adminOf({ port }: TestRedis): Redis {
  const admin = new Redis({ port, host: "127.0.0.1", maxRetriesPerRequest: 0 });
  // Where it may not know this.
  admin.on("error", () => {});
  onTestFinished(() => admin.disconnect());
  return admin;
}

async function queueIn(url: string) {
  const backend = await openBackend({ databaseUrl: "", databaseKey: "test", redis: parseRedisUrl(url) });
  onTestFinished(() => backend.close().catch(() => {}));
  const errors: Error[] = [];
  const queue = backend.queue("queue", (error) => void errors.push(error));
  onTestFinished(() => queue.close().catch(() => {}));
  return { queue, errors, numbers: backend.numbers };
}

function worksNow(queue: QueueClient): Promise<boolean> {
  return queue.add("kind", {}, {}).then(
    () => true,
    () => false,
  );
}

const FAULTS: readonly (readonly [what: string, code: string, begin: (admin: Redis) => Promise<unknown>])[] = [
  ["is full", "redis_oom", (admin) => admin.config("SET", "maxmemory", "100000")],
  ["has become a replica", "redis_readonly", (admin) => admin.replicaof("127.0.0.1", 1)],
  [
    "has become a replica that has lost its primary",
    "redis_readonly",
    async (admin) => {
      await admin.config("SET", "replica-serve-stale-data", "no");
      await admin.replicaof("127.0.0.1", 1);
    },
  ],
  ["has too few replicas", "redis_noreplicas", (admin) => admin.config("SET", "min-replicas-to-write", "1")],
  ["takes a right away", "redis_noperm", (admin) => admin.acl("SETUSER", "default", "resetkeys", "~other*")],
];

describeWithRedis("a Redis that, while it is used,", () => {
  it.each(FAULTS)("%s, is reported as such by each command (%s)", async (_, code, begin) => {
    const { admin, queue, numbers } = await opened();
    await begin(admin);
    const known = { code, message: expect.stringMatching(/^The Redis of the queue /) };
    await expect(queue.add("kind", {}, {})).rejects.toMatchObject(known);
    await expect(numbers?.raise("name", 1n)).rejects.toMatchObject(known);
  });

  it("cannot save to its disk, is reported as such", async () => {
    const { admin, queue } = await opened({ save: "1 1", "enable-protected-configs": "yes" });
    await admin.config("SET", "dir", "/proc");
    await admin.bgsave();
    await waitFor("the save to fail", async () => /last_bgsave_status:err/.test(await admin.info("persistence")));
    await expect(queue.add("kind", {}, {})).rejects.toMatchObject({ code: "redis_misconf" });
    // It ends only once it need not save.
    await admin.config("SET", "save", "");
  });

  it("asks for a password after its connections have ended, is reported as such until it lets us in again", async () => {
    const { admin, queue, errors } = await opened();
    await admin.config("SET", "requirepass", "Zq9xJ");
    await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    // It fails, or waits for the connection, whose errors are reported.
    void queue.add("kind", {}, {}).catch((error: Error) => errors.push(error));
    await waitFor("an error", () => errors.some((error) => "code" in error && error.code === "redis_login"));
    await admin.config("SET", "requirepass", "");
    await waitFor("the queue to work again", () => worksNow(queue));
    expect(errors.map(({ message }) => message).join("\n")).not.toContain("Zq9xJ");
  });

  it("has become a replica while its address leads to the new primary, is left for that", async () => {
    const [former, primary] = await Promise.all([startRedis(), startRedis()]);
    for (const { stop } of [former, primary]) onTestFinished(stop);
    const relay = await startRelay(former.url);
    const { queue } = await queueIn(relay.url);
    await queue.add("kind", {}, {});
    relay.redirect(primary.url);
    await adminOf(former).replicaof("127.0.0.1", primary.port);
    await waitFor("the queue to work again", () => worksNow(queue));
    expect(await adminOf(primary).dbsize()).toBeGreaterThan(0);
  });

  it("is kept busy by a script, is reported as such", async () => {
    const { admin, queue } = await opened();
    await admin.config("SET", "busy-reply-threshold", "1");
    const other = admin.duplicate();
    onTestFinished(() => other.disconnect());
    const endless = other.eval("while true do end", 0).catch(() => {});
    await waitFor("the script", async () =>
      (await admin.ping().catch((error: Error) => error.message)).startsWith("BUSY"),
    );
    await expect(queue.add("kind", {}, {})).rejects.toMatchObject({ code: "redis_busy" });
    await admin.script("KILL");
    await endless;
  });

  it("is a node of a Cluster, is refused with what to do", async () => {
    await expect(opened({ "cluster-enabled": "yes", "cluster-port": String(await freePort()) })).rejects.toMatchObject({
      code: "redis_cluster",
      message: expect.stringContaining("use redis+cluster://"),
    });
  });
});

describe("what Redis and ioredis say", () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'. script: 1e9b, on @user_script:119.", "redis_oom"],
    [
      "ERR Error running script (call to f_1e9b): @user_script:12: @user_script: 12: -READONLY You can't write against a read only replica.",
      "redis_readonly",
    ],
    ["LOADING Redis is loading the dataset in memory", "redis_loading"],
    ["WRONGPASS invalid username-password pair or user is disabled.", "redis_login"],
    ["ERR invalid password", "redis_login"],
    ["DENIED Redis is running in protected mode because protected mode is enabled", "redis_login"],
    ["CLUSTERDOWN The cluster is down", "redis_cluster"],
    ["Too many Cluster redirections. Last error: Error: MOVED 866 127.0.0.1:7002", "redis_cluster"],
    ["ASK 866 127.0.0.1:7002", "redis_cluster"],
    ["TRYAGAIN Multiple keys request during rehashing of slot", "redis_cluster"],
    ["CROSSSLOT Keys in request don't hash to the same slot", "redis_cluster"],
    ["ERR max number of clients reached", "redis_clients"],
    ["Connection is closed.", "redis_connection"],
    ["All sentinels are unreachable. Retrying from scratch after 10ms.", "redis_connection"],
    ["Failed to refresh slots cache.", "redis_connection"],
  ])("is a known error: %s", (said, code) => {
    const error = redisErrorOf(new Error(said));
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^The Redis of the queue /) });
    expect(error.cause).toMatchObject({ message: said });
  });

  it("of a broken connection is a known error by its code, and what is not of Redis stays what it is", () => {
    for (const code of ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT"])
      expect(redisErrorOf(Object.assign(new Error("it broke"), { code }))).toMatchObject({ code: "redis_connection" });
    const other = new Error("Missing lock for job 7");
    expect(redisErrorOf(other)).toBe(other);
  });
});
