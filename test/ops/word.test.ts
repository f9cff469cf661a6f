import { describe, expect, it } from "vitest";
import { deadlineOf, periodOf } from "../../src/ops/state/deadlines.ts";
import { wordOf, type WordFacts } from "../../src/ops/state/word.ts";
import { calendarOf } from "../../src/schedule/calendar.ts";

const PARIS = "Europe/Paris";
const NIGHTLY = ["0 2 * * *"];
const WORKDAYS = ["0 2 * * 1-5"];
/** The schedules of applications as they are by default. */
const BOTH = ["10 2 * * *", "*/15 8-19 * * 1-5"];
const HOUR_MS = 3_600_000;

function wordAt(expressions: readonly string[], read: string | null, now: string, facts: Partial<WordFacts> = {}) {
  const calendars = expressions.map((expression) => calendarOf(expression, PARIS));
  const freshAsOf = read === null ? null : new Date(read);
  const after = (periods: number) => (freshAsOf === null ? null : deadlineOf(calendars, freshAsOf, periods));
  const known = { freshAsOf, lateAt: after(1), overdueAt: after(2), unprovenAt: null, hasFailed: false, run: null };
  return wordOf({ isScheduled: expressions.length > 0, ...known, ...facts }, new Date(now));
}

const run = (aliveAt: string, kind: { readonly isFull?: boolean; readonly hasRead?: boolean } = {}) => ({
  isFull: true,
  hasRead: false,
  aliveAt: new Date(aliveAt),
  ...kind,
});

describe("the word of a resource", () => {
  it.each([
    // A night in winter: 02:00 in Paris is 01:00 UTC. Six hours are its grace.
    [NIGHTLY, "2026-12-02T01:00Z", "2026-12-03T06:59Z", "on_time"],
    [NIGHTLY, "2026-12-02T01:00Z", "2026-12-03T07:01Z", "late"],
    [NIGHTLY, "2026-12-02T01:00Z", "2026-12-04T06:59Z", "late"],
    [NIGHTLY, "2026-12-02T01:00Z", "2026-12-04T07:01Z", "overdue"],
    [NIGHTLY, "2026-10-01T00:00Z", "2026-12-04T07:01Z", "overdue"],
    // From Friday to Monday.
    [WORKDAYS, "2026-12-04T01:00Z", "2026-12-07T06:59Z", "on_time"],
    [WORKDAYS, "2026-12-04T01:00Z", "2026-12-07T07:01Z", "late"],
    [WORKDAYS, "2026-12-04T01:00Z", "2026-12-08T07:01Z", "overdue"],
    // Wednesday's was missed: the weekend does not lengthen the days of the week.
    [WORKDAYS, "2026-12-01T01:00Z", "2026-12-02T07:01Z", "late"],
    // 29 March 2026 has no 02:00 in Paris: no sync is due between the 28th, 01:00 UTC, and the 30th, 00:00 UTC.
    [NIGHTLY, "2026-03-28T01:00Z", "2026-03-30T05:59Z", "on_time"],
    [NIGHTLY, "2026-03-28T01:00Z", "2026-03-30T06:01Z", "late"],
    // 25 October 2026 has 25 hours.
    [NIGHTLY, "2026-10-24T00:00Z", "2026-10-25T06:59Z", "on_time"],
    // A schedule of every second night.
    [["0 2 * * 1,3,5"], "2026-12-02T01:00Z", "2026-12-04T06:59Z", "on_time"],
    // Of working hours: from the last one in the evening to the night's, and over a weekend.
    [BOTH, "2026-12-01T18:45Z", "2026-12-02T01:15Z", "on_time"],
    [BOTH, "2026-12-04T01:10Z", "2026-12-04T07:00Z", "on_time"],
    [BOTH, "2026-12-01T13:00Z", "2026-12-01T13:44Z", "on_time"],
    [BOTH, "2026-12-01T13:00Z", "2026-12-01T13:46Z", "late"],
    [BOTH, "2026-12-01T13:00Z", "2026-12-01T14:01Z", "overdue"],
    [BOTH, "2026-12-05T01:10Z", "2026-12-06T07:00Z", "on_time"],
    [["0 2 1 * *"], "2026-11-01T01:00Z", "2026-12-01T06:59Z", "on_time"],
    [["0 0 1 1 2#3"], "2026-11-01T01:00Z", "2026-12-01T06:59Z", "on_time"],
    [[], "2026-11-01T01:00Z", "2026-12-01T06:59Z", "off"],
    [[], null, "2026-12-01T06:59Z", "off"],
    [NIGHTLY, null, "2026-12-01T06:59Z", "never_synced"],
  ] as const)("of %j, read at %s, is at %s %s", (expressions, read, now, word) => {
    expect(wordAt(expressions, read, now)).toBe(word);
  });

  it("leaves a mirror that was read between two ticks its whole period, but no tick more", () => {
    expect(wordAt(NIGHTLY, "2026-12-02T11:00Z", "2026-12-03T16:59Z")).toBe("on_time");
    expect(wordAt(NIGHTLY, "2026-12-02T11:00Z", "2026-12-03T17:01Z")).toBe("late");
    // Read on a Saturday noon: Monday's was missed, which Tuesday's shows.
    expect(wordAt(WORKDAYS, "2026-12-05T11:00Z", "2026-12-08T07:01Z")).toBe("late");
  });

  it("is running in a first sync of four hours, and while a worker that was started again catches up", () => {
    expect(wordAt(NIGHTLY, null, "2026-12-02T05:00Z", { run: run("2026-12-02T01:00Z") })).toBe("running");
    expect(wordAt(NIGHTLY, "2026-11-28T01:00Z", "2026-12-02T05:00Z", { run: run("2026-12-02T04:59Z") })).toBe(
      "running",
    );
    expect(wordAt([], null, "2026-12-02T05:00Z", { run: run("2026-12-02T04:59Z") })).toBe("running");
  });

  it("is not running because of a run that has not reported for hours", () => {
    expect(wordAt(NIGHTLY, null, "2026-12-02T08:00Z", { run: run("2026-12-02T01:00Z") })).toBe("never_synced");
    expect(wordAt(NIGHTLY, "2026-11-28T01:00Z", "2026-12-02T08:00Z", { run: run("2026-12-02T01:00Z") })).toBe(
      "overdue",
    );
  });

  it("does not change with each attempt that fails again, but with a full one that reads pages", () => {
    const failed = { hasFailed: true, freshAsOf: new Date("2026-12-01T13:00Z") };
    const now = "2026-12-01T15:00Z";
    const attempt = (kind: Parameters<typeof run>[1]) =>
      wordAt(BOTH, "2026-12-01T13:00Z", now, { ...failed, run: run(now, kind) });
    expect(attempt({ isFull: false, hasRead: true })).toBe("overdue");
    expect(attempt({ isFull: true, hasRead: false })).toBe("overdue");
    expect(attempt({ isFull: true, hasRead: true })).toBe("running");
  });

  it("is unproven where the mirror is fresh and a night did not prove it", () => {
    const facts = { unprovenAt: new Date("2026-12-01T07:00Z") };
    expect(wordAt(BOTH, "2026-12-01T09:00Z", "2026-12-01T09:10Z", facts)).toBe("unproven");
    const incremental = { ...facts, run: run("2026-12-01T09:05Z", { isFull: false }) };
    expect(wordAt(BOTH, "2026-12-01T09:00Z", "2026-12-01T09:10Z", incremental)).toBe("unproven");
    expect(wordAt(BOTH, "2026-12-01T09:00Z", "2026-12-01T10:30Z", facts)).toBe("overdue");
  });
});

describe("of any schedule and any time", () => {
  const EXPRESSIONS = ["0 2 * * *", "0 2 * * 1-5", "*/15 8-19 * * 1-5", "30 2 * * 0", "0 */6 * * *", "0 2 L * *"];
  const STARTS = ["2026-03-25T00:00Z", "2026-10-21T00:00Z", "2026-12-24T00:00Z"];
  const cases = EXPRESSIONS.flatMap((expression) => STARTS.map((start) => [expression, start] as const));

  it.each(cases)("%s from %s: a mirror that every tick refreshes is never late", (expression, start) => {
    const calendar = calendarOf(expression, PARIS);
    let read = calendar.before(new Date(start)) ?? new Date(start);
    let ticks = 0;
    for (const tick of calendar.after(read)) {
      // The run of the tick ends half an hour later at most, or within its grace.
      expect(wordAt([expression], read.toISOString(), new Date(tick.getTime() + 0.49 * HOUR_MS).toISOString())).toBe(
        "on_time",
      );
      read = tick;
      if (++ticks === 12) break;
    }
  });

  it.each(cases)(
    "%s from %s: it is late before it is overdue, and within a period, a tick and six hours",
    (expression, start) => {
      const calendars = [calendarOf(expression, PARIS)];
      for (let hours = 0; hours < 24 * 14; hours += 19) {
        const read = new Date(Date.parse(start) + hours * HOUR_MS);
        const [late, overdue] = [deadlineOf(calendars, read, 1), deadlineOf(calendars, read, 2)];
        const ticks = calendars.flatMap((one) => {
          const coming = one.after(read);
          return [coming.next().value, coming.next().value].flatMap((tick) => tick ?? []);
        });
        expect(late?.getTime()).toBeGreaterThan(ticks[0]?.getTime() ?? 0);
        expect(late?.getTime()).toBeLessThanOrEqual((ticks[1]?.getTime() ?? 0) + 6 * HOUR_MS);
        expect(overdue?.getTime()).toBeGreaterThan(late?.getTime() ?? Infinity);
      }
    },
  );
});

it("the period of several schedules is the longest time in which none is due", () => {
  const periodAt = (expressions: readonly string[]) =>
    periodOf(
      expressions.map((one) => calendarOf(one, PARIS)),
      new Date("2026-12-01T12:00Z"),
    );
  expect(periodAt(NIGHTLY)).toBe(24 * HOUR_MS);
  expect(periodAt(WORKDAYS)).toBe(72 * HOUR_MS);
  expect(periodAt(BOTH)).toBe(24 * HOUR_MS);
  expect(periodAt([])).toBeNull();
});
