import { createTask } from "node-cron";
import { afterEach, describe, expect, it, vi } from "vitest";
import { calendarOf } from "../../src/schedule/calendar.ts";

afterEach(() => vi.useRealTimers());

const MANY = 6;

function ours(expression: string, timezone: string, from: Date): readonly Date[] {
  const ticks: Date[] = [];
  for (const tick of calendarOf(expression, timezone).after(from)) if (ticks.push(tick) === MANY) break;
  return ticks;
}

/** The next runs of node-cron itself, at that time. */
function theirs(expression: string, timezone: string, from: Date): readonly Date[] {
  vi.useFakeTimers({ now: from, toFake: ["Date"] });
  const task = createTask(expression, () => {}, { timezone });
  const runs = task.getNextRuns(MANY);
  void task.destroy();
  vi.useRealTimers();
  return runs;
}

/** Before the clocks change in spring and in autumn, in Europe, America and Australia, and before a new year. */
const MOMENTS = [
  "2026-03-27T12:00Z",
  "2026-10-23T12:34:56.5Z",
  "2026-03-06T00:00Z",
  "2026-04-03T14:59Z",
  "2026-12-30T05:00Z",
];
const ZONES = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"];

describe.each([
  "0 2 * * *",
  "*/20 1-3 * * *",
  "30 2 * * 1-5",
  "15 2 L * *",
  "0 2 15W * *",
  "0 2 * * 5#2",
  "10 30 2 * * 0",
])("the ticks of %s", (expression) => {
  it("are those of node-cron in every time zone, also when daylight saving begins and ends", () => {
    for (const timezone of ZONES) {
      for (const from of MOMENTS.map((moment) => new Date(moment))) {
        expect(ours(expression, timezone, from), `${timezone} ${from.toISOString()}`).toEqual(
          theirs(expression, timezone, from),
        );
      }
    }
  });

  it("are found backwards, too", () => {
    const calendar = calendarOf(expression, "Europe/Paris");
    const ticks = ours(expression, "Europe/Paris", new Date("2026-03-27T12:00Z"));
    expect(ticks.map((tick) => calendar.before(tick))).toEqual(ticks);
    const justBefore = ticks.slice(1).map((tick) => calendar.before(new Date(tick.getTime() - 1)));
    expect(justBefore).toEqual(ticks.slice(0, -1));
  });
});

it("an expression that never matches has no tick, before or after", () => {
  const calendar = calendarOf("0 0 1 1 2#3", "Europe/Paris");
  expect(calendar.after(new Date()).next().value).toBeUndefined();
  expect(calendar.before(new Date())).toBeNull();
});
