import { describe, expect, it } from "vitest";
import { redisInstalled } from "../support/installed.ts";
import { busiestMinute, ENV, QUOTA, SANDBOX } from "../support/quota.ts";
import { redisNote, startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const TIMEOUT_MS = 240_000;

describe.concurrent("the quota of 120 requests a minute", () => {
  it.for([
    ["Postgres", false],
    [`Redis${redisNote()}`, true],
  ] as const)(
    "is used and never exceeded by one, two and four workers, one of them another process, with the queue in %s",
    { timeout: TIMEOUT_MS },
    async ([, onRedis], { onTestFinished: onEnd, skip }) => {
      skip(onRedis && !redisInstalled());
      const redis = onRedis ? await startRedis() : null;
      onEnd(async () => redis?.stop());
      const world = await openWorld({
        redisUrl: redis?.url ?? null,
        env: ENV,
        sandbox: { ...SANDBOX, latency: { min: 100, max: 400 } },
        onEnd,
      });
      const arrived = (count: number) =>
        waitFor(`${count} requests`, () => world.sandbox.requests.length >= count, TIMEOUT_MS);
      await world.worker();
      await arrived(40);
      await world.workerHere();
      await arrived(80);
      await Promise.all([world.workerHere(), world.workerHere()]);
      await arrived(150);
      const requests = [...world.sandbox.requests];
      expect(requests.filter(({ status }) => status === 403)).toEqual([]);
      expect(busiestMinute(requests)).toBeLessThanOrEqual(QUOTA);
      // Half of it would mean that the workers wait for one another; a slow machine alone does not.
      expect(busiestMinute(requests)).toBeGreaterThan(QUOTA / 2);
    },
  );
});
