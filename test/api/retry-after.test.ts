import { expect, test } from "vitest";
import { retryAfterMs } from "../../src/api/answer/classify.ts";

const now = Date.parse("2026-03-01T10:00:00Z");

test.each([
  ["seconds", "30", 30_000],
  ["a date to come", "Sun, 01 Mar 2026 10:00:45 GMT", 45_000],
  ["a date gone by", "Sun, 01 Mar 2026 09:00:00 GMT", 0],
  ["more than ten minutes", "86400", 600_000],
  ["a date far away", "Mon, 01 Mar 2027 10:00:00 GMT", 600_000],
  ["nonsense", "later", 0],
  ["nothing", undefined, 0],
  ["an empty header", "", 0],
])("reads %s", (_, header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
