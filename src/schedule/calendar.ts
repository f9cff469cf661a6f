/** The ticks of a cron expression after and before any moment. node-cron itself returns only those that come after now, and slowly. */
import { createTask, parse } from "node-cron";
import { offsetMs } from "../platform/time-zone.ts";

const DAY_MS = 86_400_000;
/** An expression that matches no day of so many years never matches. */
const MOST_DAYS = 366 * 100;
/** The days whose ticks a calendar keeps. */
const MOST_KNOWN = 100;
/** By so much local time differs from UTC at most, rounded up. */
const MOST_OFFSET_MS = 15 * 3_600_000;

export interface Calendar {
  /** The ticks later than `from`, without end; none if the expression never matches. */
  readonly after: (from: Date) => Generator<Date, void>;
  /** The last tick up to `until`; null: there is none. */
  readonly before: (until: Date) => Date | null;
}

const calendars = new Map<string, Calendar>();

/** The calendar of an expression in a time zone. A process has few, and keeps them with the ticks that they found. */
export function calendarOf(expression: string, timezone: string): Calendar {
  const name = `${expression} ${timezone}`;
  const calendar = calendars.get(name) ?? createCalendar(expression, timezone);
  calendars.set(name, calendar);
  return calendar;
}

/**
 * The ticks are those of node-cron, of several in a minute the first: when daylight saving begins, an hour that does not exist has no
 * tick; when it ends, the hour that is repeated has one.
 */
function createCalendar(expression: string, timezone: string): Calendar {
  const { second, minute, hour, dayOfMonth, month } = parse(expression);
  const offsetAt = (time: number) => offsetMs(time, timezone);
  const times = hour
    .toSorted(ascending)
    .flatMap((h) => minute.toSorted(ascending).map((m) => ((h * 60 + m) * 60 + Math.min(...second)) * 1000));
  const days = dayOfMonth.every((day) => typeof day === "number") ? dayOfMonth : null;

  /** The times at which the wall clock shows `wall`: the one of two that node-cron takes, or none. */
  function instantsOf(wall: number): readonly number[] {
    const first = wall - offsetAt(wall);
    const other = wall - offsetAt(first);
    return [first, other].filter((at) => at + offsetAt(at) === wall).slice(0, 1);
  }

  const task = createTask(expression, () => {}, { timezone });
  void task.destroy(); // node-cron keeps a list of all tasks. It matches as before.
  const matches = (at: number) => task.match(new Date(at));

  /** The ticks of a day, in order. */
  function ticksOf(day: number): readonly number[] {
    const date = new Date(day);
    if (!month.includes(date.getUTCMonth() + 1) || days?.includes(date.getUTCDate()) === false) return [];
    const offset = offsetAt(day - MOST_OFFSET_MS);
    const isEven = offset === offsetAt(day + DAY_MS + MOST_OFFSET_MS);
    if (!isEven)
      return times
        .flatMap((time) => instantsOf(day + time))
        .filter(matches)
        .toSorted(ascending);
    const ticks = times.map((time) => day + time - offset);
    return ticks.slice(0, 1).every(matches) ? ticks : [];
  }

  // Every view of the state asks for the same days; to find their ticks takes longer than its queries.
  const known = new Map<number, readonly number[]>();
  function knownTicksOf(day: number): readonly number[] {
    const ticks = known.get(day) ?? ticksOf(day);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(day, ticks);
    return ticks;
  }

  function* ticksFrom(from: number, step: 1 | -1): Generator<number, void> {
    const start = Math.floor((from + offsetAt(from)) / DAY_MS) * DAY_MS;
    for (let n = 0; n < MOST_DAYS; n++) {
      const ticks = knownTicksOf(start + n * step * DAY_MS);
      yield* step === 1 ? ticks : ticks.toReversed();
    }
  }

  return {
    *after(from) {
      for (const tick of ticksFrom(from.getTime(), 1)) if (tick > from.getTime()) yield new Date(tick);
    },
    before(until) {
      for (const tick of ticksFrom(until.getTime(), -1)) if (tick <= until.getTime()) return new Date(tick);
      return null;
    },
  };
}

function ascending(a: number, b: number): number {
  return a - b;
}
