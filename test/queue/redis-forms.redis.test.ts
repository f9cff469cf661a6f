import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../src/database/embedded/port.ts";
import type { Ended } from "../support/cli.ts";
import { describeWithRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

/** Starts a Redis that ends with the test. */
async function started(...args: Parameters<typeof startRedis>): Promise<TestRedis> {
  const redis = await startRedis(...args);
  onTestFinished(redis.stop);
  return redis;
}

const SYNC = ["sync", "applications"];

/** Runs `sync` in this process, unless `run` says otherwise. */
async function syncOver(redisUrl: string, run: (world: World) => Promise<Ended> = (world) => world.run(SYNC)) {
  const world = await openWorld({ redisUrl });
  const { code, stderr } = await run(world);
  return { code, stderr: code === 0 ? "" : stderr, rows: (await world.mirror()).applications.length };
}

const WHOLE = { code: 0, stderr: "", rows: 300 };

describeWithRedis("a whole sync by the command, the queue in a Redis", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "applicant-sync-redis-forms-"));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it("behind TLS, whose certificate NODE_EXTRA_CA_CERTS vouches for; else the command says what is wrong", async () => {
    const [key, certificate] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", key, "-out", certificate];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, ...files], {
      stdio: "ignore",
    });
    const { port } = await started((own) => ({
      port: 0,
      "tls-port": own,
      "tls-cert-file": certificate,
      "tls-key-file": key,
      "tls-auth-clients": "no",
    }));
    const url = `rediss://127.0.0.1:${port}`;
    // A process of its own: Node reads whom to trust when it starts.
    const vouched = (world: World) => world.cli(SYNC, { NODE_EXTRA_CA_CERTS: certificate }).ended;
    expect(await syncOver(url, vouched)).toEqual(WHOLE);
    const world = await openWorld({ redisUrl: url });
    const { code, stderr } = await world.run(SYNC);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/REDIS_URL/) });
    expect(stderr).toMatch(/certificate/);
  });

  it("that Sentinel watches", async () => {
    const master = await started();
    const config = join(directory, "sentinel.conf");
    await writeFile(config, `sentinel monitor main 127.0.0.1 ${master.port} 1\n`);
    const sentinel = await started((port) => ({ port }), [config, "--sentinel"]);
    expect(await syncOver(`redis+sentinel://127.0.0.1:${sentinel.port}/main`)).toEqual(WHOLE);
  });

  it("that is a cluster", async () => {
    const bus = await freePort();
    const node = await started((port) => ({
      port,
      "cluster-enabled": "yes",
      "cluster-port": bus,
      "cluster-announce-ip": "127.0.0.1",
    }));
    const client = new Redis(node.url);
    await client.call("cluster", "addslotsrange", "0", "16383");
    await waitFor("a cluster that is up", async () => /cluster_state:ok/.test(await client.cluster("INFO")));
    client.disconnect();
    expect(await syncOver(`redis+cluster://127.0.0.1:${node.port}`)).toEqual(WHOLE);
  });
});
