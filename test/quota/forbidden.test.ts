import { expect, test } from "vitest";
import { classifyForbidden, quotaAdvice, quotaPauseMs, refusalAdvice } from "../../src/quota/forbidden.ts";
import { scopeFor } from "../../src/api/kelio.ts";
import { QUIET } from "../api/support/client.ts";

const MINUTE = 60_000;
const quiet = { ...QUIET, lastMinute: 5 };
const answered = { ...quiet, pathAnswered: true };

test.each([
  ["near the quota is the quota", { ...quiet, lastMinute: 108 }, "quota"],
  ["below nine tenths of it, on a path never answered, is a refusal", { ...quiet, lastMinute: 107 }, "refused"],
  ["on a path never answered, while a pause stands, is part of a ban", { ...quiet, pauseStands: true }, "quota"],
  [
    "on a path never answered is a refusal where it outlasts three pauses",
    { ...quiet, pauseStands: true, refusedInARow: 3 },
    "refused",
  ],
  ["far below, on a path that was answered, is a ban or another program's use of the quota", answered, "quota"],
  ["is no refusal however often a ban goes on", { ...answered, refusedInARow: 5, refusedForMs: 35 * MINUTE }, "quota"],
  ["is a refusal once it has gone on for an hour", { ...answered, refusedForMs: 61 * MINUTE }, "refused"],
  [
    "is a refusal of a path that is refused three times while another one is answered",
    { ...answered, refusedInARow: 3, othersAnswered: true },
    "refused",
  ],
  [
    "is the quota where another path was answered only once in between",
    { ...answered, refusedInARow: 2, othersAnswered: true },
    "quota",
  ],
  ["near the quota is the quota however often", { ...answered, lastMinute: 120, refusedInARow: 9 }, "quota"],
])("a 403 %s", (_, recent, expected) => {
  expect(classifyForbidden(recent, 120)).toBe(expected);
});

test.each([
  ["right after other answers is refused alone", answered, "alone"],
  ["right after another 403 is part of a ban", { ...answered, othersRefused: true }, "quota"],
  ["near the quota is the quota", { ...answered, lastMinute: 119 }, "quota"],
  ["on a path never answered is a refusal, for the outbox to narrow", quiet, "refused"],
])("a 403 for what may be refused for its offer or its size, %s", (_, recent, expected) => {
  expect(classifyForbidden(recent, 120, true)).toBe(expected);
});

test("near is relative to a lowered quota", () => {
  expect(classifyForbidden({ ...quiet, lastMinute: 9 }, 10)).toBe("quota");
});

test("a pause is a full minute and at most five seconds", () => {
  expect(quotaPauseMs(0)).toBe(60_000);
  expect(quotaPauseMs(0.999)).toBeLessThanOrEqual(65_000);
});

test("a refusal names the scope, the load, and both other causes", () => {
  const advice = refusalAdvice(scopeFor("GET", "/entities"), quiet, 120);
  expect(advice).toMatch(/managers_read.*/);
  expect(advice).toContain("5 of 120");
  expect(advice).toContain("closed");
  expect(advice).toContain("another program");
});

test("a pause says whether the quota is used up or something else refuses", () => {
  expect(quotaAdvice({ ...quiet, lastMinute: 119 }, 120)).toMatch(/used up/);
  expect(quotaAdvice(quiet, 120)).toMatch(/5 of 120.*another program.*firewall/);
});
