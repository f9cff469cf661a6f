import { expect, test } from "vitest";
import { judgeForbidden, quotaPauseMs, refusalAdvice } from "../../src/api/forbidden.ts";

const quiet = { lastMinute: 5, refusedInARow: 0, pathAnsweredLately: false };

test.each([
  ["near the quota is the quota", { ...quiet, lastMinute: 108 }, "quota"],
  ["below nine tenths of it is a refusal", { ...quiet, lastMinute: 107 }, "refused"],
  [
    "far below, on a path answered lately, is another program using the quota",
    { ...quiet, pathAnsweredLately: true },
    "quota",
  ],
  ["there is still the quota the third time", { ...quiet, pathAnsweredLately: true, refusedInARow: 2 }, "quota"],
  ["there is a refusal after three pauses", { ...quiet, pathAnsweredLately: true, refusedInARow: 3 }, "refused"],
  ["near the quota is the quota however often", { ...quiet, lastMinute: 120, refusedInARow: 9 }, "quota"],
])("a 403 %s", (_, recent, expected) => {
  expect(judgeForbidden(recent, 120)).toBe(expected);
});

test("near is relative to a lowered quota", () => {
  expect(judgeForbidden({ ...quiet, lastMinute: 9 }, 10)).toBe("quota");
});

test("a pause is a full minute and at most five seconds", () => {
  expect(quotaPauseMs(0)).toBe(60_000);
  expect(quotaPauseMs(0.999)).toBeLessThanOrEqual(65_000);
});

test("a refusal names the scope, the load, and both other causes", () => {
  const advice = refusalAdvice({ method: "GET", path: "/entities" }, quiet, 120);
  expect(advice).toMatch(/managers_read.*/);
  expect(advice).toContain("5 of 120");
  expect(advice).toContain("closed");
  expect(advice).toContain("another program");
});
