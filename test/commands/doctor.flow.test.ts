import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeOnBackends } from "../support/redis.ts";
import { openWorld, type World } from "../support/world.ts";

const answer = z.object({
  checks: z.array(z.object({ name: z.string(), outcome: z.string(), detail: z.string() })),
});

async function doctor(world: World, env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await world.run(["doctor", "--json"], env);
  const { checks } = answer.parse(JSON.parse(stdout));
  return { code, checks, said: stdout + stderr, wrong: checks.filter(({ outcome }) => outcome === "wrong") };
}

describeOnBackends("doctor", ({ redisUrl }) => {
  it("finds nothing wrong where all is well, at the cost of one request for each read scope", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    const { code, checks, wrong } = await doctor(world);
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
    const granted = checks.filter(({ name, outcome }) => name.startsWith("scope") && outcome === "ok");
    expect(granted.map(({ name }) => name)).toEqual([
      "scope campaigns_read",
      "scope applications_read",
      "scope applicants_read",
      "scope managers_read",
    ]);
    expect(world.sandbox.requests).toHaveLength(4);
    expect(await world.database.apiRequest.count()).toBe(4);
  });

  it("checks its own keys, although a worker with other keys processes jobs", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), env: { KELIO_REQUESTS_PER_MINUTE: "600" } });
    await world.workerHere({ KELIO_SECRET_KEY: "not-the-secret-key" });
    expect(await doctor(world)).toMatchObject({ code: 0, wrong: [] });
    expect(world.sandbox.requests).toHaveLength(4);
  });
});

describe("doctor", () => {
  it("names the scope that the key lacks", async () => {
    const scopes = ["campaigns_read", "managers_read", "applicants_read"];
    const key = { kind: "customer", privateKey: "key-of-a-test", secretKey: "secret-of-a-test", scopes } as const;
    const { code, wrong } = await doctor(await openWorld({ sandbox: { keys: [key] } }));
    expect(code).toBe(1);
    expect(wrong.map(({ name }) => name)).toEqual(["scope applications_read"]);
  });

  it.each([
    ["a wrong secret key", { KELIO_SECRET_KEY: "not-the-secret-key" }, /KELIO_SECRET_KEY/],
    ["a wrong private key", { KELIO_PRIVATE_KEY: "not-the-private-key" }, /KELIO_PRIVATE_KEY/],
    ["a wrong audience", { KELIO_AUDIENCE: "http://127.0.0.1:1" }, /audience/],
    [
      "a wrong secret key, tokens from the endpoint",
      { KELIO_SECRET_KEY: "not-it-at-all", KELIO_TOKEN_SOURCE: "endpoint" },
      /KELIO_SECRET_KEY/,
    ],
  ])("finds %s, says what to look at, and shows no key", async (_, env, advice) => {
    const world = await openWorld({ env: { KELIO_REQUESTS_PER_MINUTE: "120" } });
    const { code, wrong, said } = await doctor(world, env);
    expect(code).toBe(1);
    expect(wrong.length).toBeGreaterThan(0);
    expect(wrong.every(({ detail }) => advice.test(detail))).toBe(true);
    const keys = Object.values({ ...world.env, ...env }).filter((value) => /secret|key|^0000|not-it/i.test(value));
    expect(keys.filter((key) => said.includes(key))).toEqual([]);
    expect(world.sandbox.requests.length).toBeLessThanOrEqual(8);
  });

  it("finds an API that is not there", async () => {
    const world = await openWorld();
    const { code, wrong } = await doctor(world, { KELIO_API_URL: "http://127.0.0.1:9/v2" });
    expect(code).toBe(1);
    expect(wrong.length).toBeGreaterThan(0);
  });

  it("does not end a running run, although its own keys are wrong", async () => {
    const world = await openWorld({ env: { KELIO_REQUESTS_PER_MINUTE: "300", APPLICATIONS_CRON: "0 3 29 2 *" } });
    await world.workerHere();
    await world.sandbox.script.before({ path: "/applications", nth: 2 }, () => {}).reached;
    await doctor(world, { KELIO_SECRET_KEY: "not-the-secret-key" });
    expect(await world.waitForRun()).toMatchObject({ rows: 300 });
  });
});
