import { afterEach, describe, expect, it, vi } from "vitest";
import { comingTicks } from "../../src/schedule/cron.ts";

afterEach(() => vi.useRealTimers());

/** The ticks as they come after `from`, in UTC to the minute. */
function ticksFrom(from: string, expression: string, until: string, timezone = "Europe/Paris"): readonly string[] {
  vi.useFakeTimers({ now: new Date(from), toFake: ["Date"] });
  return comingTicks(expression, timezone, new Date(until)).ticks.map((tick) => tick.toISOString().slice(0, 16));
}

describe("the coming ticks of a cron expression", () => {
  it("are those up to a time and the one after it", () => {
    expect(ticksFrom("2026-12-01T12:00Z", "0 2 * * *", "2026-12-03T12:00Z")).toEqual([
      "2026-12-02T01:00",
      "2026-12-03T01:00",
      "2026-12-04T01:00",
    ]);
  });

  it("are at least two, even if they are years away", () => {
    expect(ticksFrom("2026-12-01T12:00Z", "0 3 29 2 *", "2026-12-03T12:00Z")).toEqual([
      "2028-02-29T02:00",
      "2032-02-29T02:00",
    ]);
  });

  it("skip the weekend if the schedule does", () => {
    // From a Thursday afternoon, 15:00 in Paris: 20 ticks until 19:45, 48 on Friday, none until Monday.
    const ticks = ticksFrom("2026-12-03T14:00Z", "*/15 8-19 * * 1-5", "2026-12-07T06:00Z");
    expect(ticks).toHaveLength(19 + 48 + 1);
    expect(ticks.slice(-2)).toEqual(["2026-12-04T18:45", "2026-12-07T07:00"]);
  });

  it("are none if the expression never matches", () => {
    expect(ticksFrom("2026-12-01T12:00Z", "0 0 1 1 2#3", "2026-12-09T12:00Z")).toEqual([]);
  });

  it.each([
    ["* * * * *", 1, "2026-12-01T12:01:00.000Z"],
    ["30 * * * * *", 1, "2026-12-01T12:00:30.000Z"],
    ["7,30-59/10 * * * * *", 4, "2026-12-01T12:00:07.000Z"],
    ["* * * * * *", 60, "2026-12-01T12:01:00.000Z"],
  ])("of %s are one for every minute of eight days, which stands for %i", (expression, fires, first) => {
    vi.useFakeTimers({ now: new Date("2026-12-01T12:00Z"), toFake: ["Date"] });
    const found = comingTicks(expression, "Europe/Paris", new Date("2026-12-09T12:00Z"));
    expect(found.fires).toBe(fires);
    expect(found.ticks.length).toBeGreaterThanOrEqual(8 * 24 * 60);
    expect(found.ticks[0]?.toISOString()).toBe(first);
    expect(found.ticks.at(-1)?.getTime()).toBeGreaterThan(Date.parse("2026-12-09T12:00Z"));
  });
});

describe("on a day of daylight saving", () => {
  it("an hour that does not exist has no tick, so that night has none", () => {
    expect(ticksFrom("2026-03-27T12:00Z", "0 2 * * *", "2026-03-30T12:00Z")).toEqual([
      "2026-03-28T01:00",
      "2026-03-30T00:00",
      "2026-03-31T00:00",
    ]);
  });

  it("an hour that is repeated has its ticks once", () => {
    expect(ticksFrom("2026-10-24T12:00Z", "10 2 * * *", "2026-10-26T00:00Z")).toEqual([
      "2026-10-25T01:10",
      "2026-10-26T01:10",
    ]);
    // From 01:59 to 04:01 in Paris three hours pass, and two are filled.
    const ticks = ticksFrom("2026-10-24T23:59Z", "*/15 * * * *", "2026-10-25T02:59Z");
    expect(ticks).toHaveLength(8 + 1);
  });

  it("a time zone without daylight saving has a tick every day", () => {
    expect(ticksFrom("2026-03-28T12:00Z", "0 2 * * *", "2026-03-29T12:00Z", "UTC")).toEqual([
      "2026-03-29T02:00",
      "2026-03-30T02:00",
    ]);
  });
});
