import { expect, test } from "vitest";
import { localTime, parseDuration } from "../../src/platform/text.ts";

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

test("a time is that of the process' zone, with its offset", () => {
  const zone = process.env["TZ"];
  process.env["TZ"] = "Asia/Kolkata";
  try {
    expect(localTime("2026-11-30T22:00Z", "minute")).toBe("2026-12-01 03:30+05:30");
    expect(localTime(new Date("2026-11-26T03:43:54.123Z"))).toBe("2026-11-26 09:13:54+05:30");
    process.env["TZ"] = "Europe/Paris";
    expect(localTime("2026-07-01T12:00:00.000Z")).toBe("2026-07-01 14:00:00+02");
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});
