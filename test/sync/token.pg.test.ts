import { describe, expect, it, onTestFinished } from "vitest";
import { createApiClient } from "../../src/api/client.ts";
import { loadConfig } from "../../src/config/config.ts";
import { createRequestLog } from "../../src/quota/request-gate.ts";
import { openWorld, type World } from "../support/world.ts";

const APPLICATIONS = { path: "/applications" };

const seen = ({ sandbox }: World) => sandbox.requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
const logged = ({ database, account }: World) => database.apiRequest.count({ where: { account } });

describe("a token that is refused in the middle of a run", () => {
  it("costs one new attempt with a token signed anew", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "status", status: 401 }, { ...APPLICATIONS, nth: 3 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300 }]);
    expect(seen(world).filter((line) => line.endsWith("401"))).toHaveLength(1);
    expect(seen(world)).toHaveLength(6 + 1 + 1);
    expect(await logged(world)).toBe(8);
  });

  it("costs one new token and one new attempt where tokens come from the endpoint, none of them hidden", async () => {
    const world = await openWorld({ env: { KELIO_TOKEN_SOURCE: "endpoint" } });
    world.sandbox.script.fault({ kind: "status", status: 401 }, { ...APPLICATIONS, nth: 3 });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 300 }]);
    expect(seen(world).filter((line) => line.startsWith("POST /jwt"))).toHaveLength(2);
    expect(seen(world)).toHaveLength(6 + 1 + 1 + 2);
    expect(await logged(world)).toBe(10);
  });

  it("again and again fails the run, and says which settings to look at", async () => {
    const world = await openWorld();
    world.sandbox.script.fault({ kind: "status", status: 401 }, { ...APPLICATIONS, nth: 3, times: Infinity });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "failed", error: { code: "api_unauthorised" } });
    expect(run?.error?.message).toMatch(/KELIO_PRIVATE_KEY/);
    expect(seen(world).filter((line) => line.endsWith("401"))).toHaveLength(2);
  });
});

describe("a token of a short life", () => {
  it.each(["claimed", "silent"] as const)(
    "that is %s is renewed as often as need be, and each request is counted",
    async (jwtExpiry) => {
      const world = await openWorld({
        env: { KELIO_TOKEN_SOURCE: "endpoint", KELIO_REQUESTS_PER_MINUTE: "300" },
        sandbox: { tokenLife: 2, variants: { jwtExpiry }, applications: 1_000 },
      });
      expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 1_000, error: null }]);
      expect(seen(world).filter((line) => line.startsWith("POST /jwt")).length).toBeGreaterThan(1);
      expect(await logged(world)).toBe(seen(world).length);
    },
  );
});

describe("wrong keys", () => {
  it.each(["sign", "endpoint"])("fail the run with one or two requests when tokens come by %s", async (source) => {
    const world = await openWorld({ env: { KELIO_TOKEN_SOURCE: source, KELIO_SECRET_KEY: "not-the-secret" } });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "failed", error: { code: "api_unauthorised" } });
    expect(run?.error?.message).not.toMatch(/not-the-secret/);
    expect(seen(world).length).toBeLessThanOrEqual(2);
  });

  it("are named by each of two requests that used the same second token", async () => {
    const world = await openWorld({ sandbox: { latency: { min: 300, max: 300 } } });
    const { api } = loadConfig(world.env, { keys: true });
    const settings = { ...api, kind: "customer", privateKey: "not-the-key", secretKey: "not-the-secret" } as const;
    const log = createRequestLog(world.database, { account: world.account, requestsPerMinute: 6_000 });
    const client = createApiClient(settings, { log });
    onTestFinished(client.close);
    const ask = () => client.probe("campaigns_read", { job: null }).catch((error: unknown) => String(error));
    await Promise.all([ask(), ask()]);
    const said = await Promise.all([ask(), ask()]);
    expect(said.map((text) => /KELIO_PRIVATE_KEY/.test(text ?? ""))).toEqual([true, true]);
  });
});
