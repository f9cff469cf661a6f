import { describe, expect, test } from "vitest";

import { createQuota } from "../../src/sandbox/quota.ts";
import { customer, jobboard, openSandbox } from "./support.ts";

/** A quota with a clock that the test sets, in seconds. */
function quotaAt(options: Parameters<typeof createQuota>[0]) {
  let now = 0;
  const quota = createQuota(options, () => now);
  return (seconds: number, key = 0): boolean => {
    now = seconds * 1_000;
    return quota.take(key);
  };
}

describe("quota", () => {
  test("a rolling window frees a request 60 s after it was granted", () => {
    const take = quotaAt({ limit: 2, window: "rolling", countRefused: false });
    expect([take(50), take(55), take(100), take(109.999), take(110), take(114)]).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  test("a fixed window frees all requests on the minute", () => {
    const take = quotaAt({ limit: 2, window: "fixed" });
    expect([take(58), take(59), take(59.9), take(60), take(61), take(62)]).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test("refused calls count by default", () => {
    const take = quotaAt({ limit: 1, window: "rolling" });
    expect([take(0), take(30), take(61), take(122)]).toEqual([true, false, false, true]);
  });

  test("each key has its own quota", () => {
    const take = quotaAt({ limit: 1, window: "rolling" });
    expect([take(0, 0), take(0, 1), take(0, 0)]).toEqual([true, true, false]);
  });

  test("null lifts it", () => {
    const take = quotaAt(null);
    expect(Array.from({ length: 500 }, () => take(0))).not.toContain(false);
  });
});

test("the 121st request of a minute is refused with 403, for the key that made it", async () => {
  const now = Date.now();
  const sandbox = await openSandbox({ quota: { limit: 120, window: "rolling" }, now: () => now });
  const paths = Array.from({ length: 121 }, () => "/campaigns?per_page=1");
  const replies = await Promise.all(paths.map((path) => customer(sandbox).get(path)));
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(120);
  expect(replies.filter((reply) => reply.status === 403)).toHaveLength(1);
  expect((await jobboard(sandbox).get("/jobboards/campaigns")).status).toBe(200);
  expect(sandbox.requests.filter((request) => request.refusedBy === "quota")).toHaveLength(1);
});
