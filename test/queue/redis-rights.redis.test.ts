import { readFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { createTestDatabase } from "../support/postgres.ts";
import { describeWithRedis, startRedis } from "../support/redis.ts";
import { openWorld } from "../support/world.ts";

/** A world whose user of Redis has these rights alone. */
async function worldWith(rights: readonly string[]) {
  const redis = await startRedis((port) => ({ port, appendonly: "yes" }));
  onTestFinished(redis.stop);
  const admin = new Redis(redis.url);
  await admin.acl("SETUSER", "app", "on", ">Zq9xJ", ...rights);
  admin.disconnect();
  return openWorld({ redisUrl: `redis://app:Zq9xJ@127.0.0.1:${redis.port}`, sandbox: { applications: 20 } });
}

/** What docs/installation.md tells to allow. */
async function documentedRights(): Promise<readonly string[]> {
  const text = await readFile(new URL("../../docs/installation.md", import.meta.url), "utf8");
  const [, rights = ""] = /ACL SETUSER app on >secret ([^`]+)`/.exec(text) ?? [];
  return rights.split(/\s+/);
}

async function targetUrl(): Promise<string> {
  const target = await createTestDatabase();
  onTestFinished(target.drop);
  return target.url;
}

describeWithRedis("a user of Redis", () => {
  it("with the documented rights can do everything, and sees the workers", async () => {
    const world = await worldWith(await documentedRights());
    const worker = await world.workerHere();
    expect(await world.run(["status"])).toMatchObject({ code: 0, stdout: expect.stringContaining("1 worker running") });
    expect((await world.run(["doctor"])).stdout).toMatch(/workers +ok +1 running/);
    const target = await targetUrl();
    expect(await world.run(["database", "copy-to", target])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("worker or a sync"),
    });
    await worker.stop();
    expect(await world.run(["database", "copy-to", target])).toMatchObject({ code: 0, stderr: "" });
  });

  it("who may not list connections reads that the workers are unknown, and copies nothing", async () => {
    const world = await worldWith(["~{applicant-sync}*", "+@all", "-@admin"]);
    await world.sync("campaigns");
    expect(await world.run(["status"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("a worker runs is unknown"),
    });
    expect((await world.run(["doctor"])).stdout).toMatch(/workers +warning +unknown: .*\+client\|list/);
    const copied = await world.run(["database", "copy-to", await targetUrl()]);
    expect(copied).toMatchObject({ code: 1, stderr: expect.stringContaining("Nothing was copied") });
  });
});
