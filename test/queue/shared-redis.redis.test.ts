import { expect, it, onTestFinished } from "vitest";
import { describeWithRedis, startRedis } from "../support/redis.ts";
import { openWorld } from "../support/world.ts";

describeWithRedis("two installations with one Redis", () => {
  it("never meet, although both call their account by the same name", async () => {
    const redis = await startRedis();
    onTestFinished(redis.stop);
    const env = { KELIO_ACCOUNT: "default" };
    const one = await openWorld({ redisUrl: redis.url, env, sandbox: { applications: 120, seed: 1 } });
    const other = await openWorld({ redisUrl: redis.url, env, sandbox: { applications: 160, seed: 2 } });
    const done = await Promise.all([one.sync("applications"), other.sync("applications")]);
    expect(done.flat().map(({ state, rows }) => [state, rows])).toEqual([
      ["proven", 120],
      ["proven", 160],
    ]);
    expect(one.sandbox.requests.length).toBeLessThan(10);
  });
});
