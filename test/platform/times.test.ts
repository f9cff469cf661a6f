import { expect, test } from "vitest";
import { localTimes, parseDuration } from "../../src/platform/text.ts";

test.each([
  ["90m", 5_400_000],
  ["26h", 93_600_000],
  ["2d", 172_800_000],
  ["1d 12h", 129_600_000],
  ["1d12h", 129_600_000],
  ["1.5h", 5_400_000],
  ["45 s", 45_000],
  ["1w", 604_800_000],
])("%s is a duration", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["26", "two days", "0h", "", " ", "5x", "-3h", "h", "26h5", "2 d d", "26H h", "1e3h"])(
  "%j is none",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test("the times of a text are those of the process' zone, and a column keeps its width", () => {
  const zone = process.env["TZ"];
  process.env["TZ"] = "Asia/Kolkata";
  try {
    expect(localTimes("From 2026-11-30T22:00Z until 2026-11-26T03:43:54.123Z.")).toBe(
      "From 2026-12-01 03:30+05:30 until 2026-11-26 09:13:54+05:30.",
    );
    process.env["TZ"] = "Europe/Paris";
    expect(localTimes("a  2026-07-01T12:00:00.000Z  b")).toBe("a  2026-07-01 14:00:00+02    b");
    // An example of ISO 8601 and a text of somebody's own stay.
    expect(localTimes("such as 2026-11-24T10:00:00Z; crm-2026-11-26T03:43:54.123Zx")).toMatch(/10:00:00Z.*54\.123Zx$/);
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});
