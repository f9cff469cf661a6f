import { describe, expect, test } from "vitest";

import { createQuota } from "../../src/sandbox/requests/quota.ts";
import { customer, jobboard, openSandbox } from "./support.ts";

/** A quota with a clock that the test sets, in seconds. */
function quotaAt(options: Parameters<typeof createQuota>[0]) {
  let now = 0;
  const quota = createQuota(options, () => now);
  return (seconds: number, key = 0): boolean => {
    now = seconds * 1_000;
    return quota.count(key);
  };
}

describe("quota", () => {
  test("a rolling window frees a request 60 s after it was granted", () => {
    const count = quotaAt({ limit: 2, window: "rolling", countRefused: false });
    expect([count(50), count(55), count(100), count(109.999), count(110), count(114)]).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  test("a fixed window frees all requests on the minute", () => {
    const count = quotaAt({ limit: 2, window: "fixed" });
    expect([count(58), count(59), count(59.9), count(60), count(61), count(62)]).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test("refused calls count by default", () => {
    const count = quotaAt({ limit: 1, window: "rolling" });
    expect([count(0), count(30), count(61), count(122)]).toEqual([true, false, false, true]);
  });

  test("each key has its own quota", () => {
    const count = quotaAt({ limit: 1, window: "rolling" });
    expect([count(0, 0), count(0, 1), count(0, 0)]).toEqual([true, true, false]);
  });

  test("null lifts it", () => {
    const count = quotaAt(null);
    expect(Array.from({ length: 500 }, () => count(0))).not.toContain(false);
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
