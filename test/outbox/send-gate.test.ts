import { describe, expect, it } from "vitest";
import { endOfQuiet } from "../../src/outbox/delivery/quiet-hours.ts";
import { releaseCommandOf } from "../../src/outbox/operations/switch.ts";

const PARIS = "Europe/Paris";
const NIGHT = { from: 20 * 60, to: 8 * 60 };
const NOON = { from: 12 * 60, to: 14 * 60 + 30 };

const endAt = (hours: typeof NIGHT, now: string, timezone = PARIS) =>
  endOfQuiet(hours, timezone, new Date(now))?.toISOString() ?? null;

describe("quiet hours", () => {
  it.each([
    { what: "before them", now: "2026-01-15T18:59:59Z", end: null },
    { what: "in their first minute", now: "2026-01-15T19:00:00Z", end: "2026-01-16T07:00:00.000Z" },
    { what: "before midnight", now: "2026-01-15T22:59:59Z", end: "2026-01-16T07:00:00.000Z" },
    { what: "after midnight", now: "2026-01-15T23:00:00Z", end: "2026-01-16T07:00:00.000Z" },
    { what: "in their last minute", now: "2026-01-16T06:59:59Z", end: "2026-01-16T07:00:00.000Z" },
    { what: "after them", now: "2026-01-16T07:00:00Z", end: null },
    { what: "in summer", now: "2026-07-15T18:00:00Z", end: "2026-07-16T06:00:00.000Z" },
  ])("across midnight, $what", ({ now, end }) => {
    expect(endAt(NIGHT, now)).toBe(end);
  });

  it.each([
    { now: "2026-01-15T10:59:00Z", end: null },
    { now: "2026-01-15T11:00:00Z", end: "2026-01-15T13:30:00.000Z" },
    { now: "2026-01-15T13:30:00Z", end: null },
  ])("within a day, at $now", ({ now, end }) => {
    expect(endAt(NOON, now)).toBe(end);
  });

  it("end at the hour of the wall clock in the night in which it goes forward", () => {
    expect(endAt(NIGHT, "2026-03-28T22:00:00Z")).toBe("2026-03-29T06:00:00.000Z");
    expect(endAt(NIGHT, "2026-03-29T00:30:00Z")).toBe("2026-03-29T06:00:00.000Z");
    expect(endAt(NIGHT, "2026-03-29T01:30:00Z")).toBe("2026-03-29T06:00:00.000Z");
  });

  it("end at the hour of the wall clock in the night in which it goes back", () => {
    expect(endAt(NIGHT, "2026-10-24T21:00:00Z")).toBe("2026-10-25T07:00:00.000Z");
    expect(endAt(NIGHT, "2026-10-25T00:30:00Z")).toBe("2026-10-25T07:00:00.000Z");
    expect(endAt(NIGHT, "2026-10-25T01:30:00Z")).toBe("2026-10-25T07:00:00.000Z");
  });

  it("are of the time zone, whatever that of the machine", () => {
    expect(endAt(NIGHT, "2026-01-15T12:00:00Z", "Asia/Tokyo")).toBe("2026-01-15T23:00:00.000Z");
    expect(endAt(NIGHT, "2026-01-15T15:00:00Z", "America/New_York")).toBeNull();
  });
});

describe("releaseCommandOf", () => {
  it("asks for the flag after a restore or a copy alone", () => {
    const plain = "applicant-sync imports release --all";
    expect(releaseCommandOf({ isRestored: false })).toBe(plain);
    expect(releaseCommandOf({ isRestored: true })).toBe(`${plain} --after-restore`);
  });
});
