import { describe, expect, it } from "vitest";
import { forecastDelivery, type Pacing } from "../../src/outbox/delivery/forecast.ts";

const FROM = new Date("2026-11-26T10:00:00Z");
const HOUR_MS = 3_600_000;
const FREE: Pacing = {
  perMinute: 60,
  perHour: null,
  perDay: null,
  quietHours: null,
  timezone: "Europe/Paris",
  from: FROM,
  created: [],
};

function forecast(imports: number, more: Partial<Pacing> = {}, applicants = imports) {
  const { lastAt, limit } = forecastDelivery({ imports, applicants }, { ...FREE, ...more });
  return { hours: Math.round(((lastAt.getTime() - FROM.getTime()) / HOUR_MS) * 100) / 100, limit };
}

describe("the forecast of delivery", () => {
  it("is by the quota where nothing else limits it", () => {
    expect(forecast(60)).toEqual({ hours: 0.02, limit: "quota" });
    expect(forecast(7_200)).toEqual({ hours: 2, limit: "quota" });
    expect(forecast(100_000)).toEqual({ hours: 27.78, limit: "quota" });
  });

  it("waits for a cap that leaves no room, counting what was sent before", () => {
    expect(forecast(100, { perHour: 50 })).toEqual({ hours: 1.03, limit: "hour_cap" });
    expect(forecast(50, { perHour: 50, created: [{ at: new Date(FROM.getTime() - HOUR_MS / 2), count: 50 }] })).toEqual(
      {
        hours: 0.51,
        limit: "hour_cap",
      },
    );
    expect(forecast(1_001, { perDay: 500 })).toEqual({ hours: 48.28, limit: "day_cap" });
  });

  it("does not count what creates no applicant", () => {
    expect(forecast(100, { perHour: 50 }, 0)).toEqual({ hours: 0.03, limit: "quota" });
    expect(forecast(100, { perHour: 50 }, 50)).toEqual({ hours: 0.03, limit: "quota" });
  });

  it("sends nothing in quiet hours, by the time zone, across midnight and a change of the clocks", () => {
    // 10:00 UTC is 11:00 in Paris.
    expect(forecast(60, { quietHours: { from: 600, to: 720 } })).toEqual({ hours: 1.02, limit: "quiet_hours" });
    expect(forecast(60 * 60 * 10, { quietHours: { from: 1_200, to: 480 } })).toEqual({
      hours: 22,
      limit: "quiet_hours",
    });
    const before = new Date("2026-10-24T17:30:00Z");
    const { lastAt } = forecastDelivery(
      { imports: 3_600, applicants: 3_600 },
      { ...FREE, from: before, quietHours: { from: 1_200, to: 480 } },
    );
    // Half an hour before 20:00 in summer time, the rest from 08:00 in winter time.
    expect(lastAt.toISOString()).toBe("2026-10-25T07:30:00.000Z");
  });

  it("ends for any number of imports and the smallest cap", () => {
    const { hours, limit } = forecast(1_000_000, { perDay: 1, quietHours: { from: 0, to: 1_439 } });
    expect(limit).toMatch(/day_cap|quiet_hours/);
    expect(hours).toBeGreaterThan(24 * 900_000);
  });
});
