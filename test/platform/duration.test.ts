import { expect, test } from "vitest";
import { spellDuration } from "../../src/platform/text.ts";

test.each([
  [6.5, "6.5 s"],
  [45, "45 s"],
  [150, "2.5 min"],
  [600.5, "10 min"],
  [3_600, "60 min"],
  [44_106, "12 h"],
  [216_907, "2.5 days"],
  [3 * 86_400, "3 days"],
])("%d seconds are %s", (seconds, spelt) => {
  expect(spellDuration(seconds)).toBe(spelt);
});
