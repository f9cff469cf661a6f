/** When a mirror that was last read at some time counts as late, by the calendar of its schedules. Pure. */
import type { Calendar } from "../../schedule/calendar.ts";
import type { ResourceState } from "./types.ts";

/** A run takes time: a mirror may be older than its period by a quarter of it, within these limits. */
const GRACE_MS = { least: 1_800_000, most: 6 * 3_600_000 } as const;

/**
 * Returns when so many periods and their grace have passed since `read`; null: no schedule goes on that long. A period is the time to the
 * next tick, as the calendar has it there: from Friday to Monday, or over a night that has no such hour. A mirror that was read between
 * two ticks, by a command or by a worker that was started late, has the whole period before it, but not the tick after it as well.
 */
export function deadlineOf(calendars: readonly Calendar[], read: Date, periods: number): Date | null {
  const ticks = ticksAfter(calendars, read, periods + 1);
  const tick = ticks[periods - 1];
  if (tick === undefined) return null;
  const before = Math.max(...calendars.map((one) => one.before(read)?.getTime() ?? -Infinity));
  const offset = before === -Infinity ? 0 : read.getTime() - before;
  const shifted = Math.min(tick + offset, ticks[periods] ?? Infinity);
  return new Date(
    shifted + graceOf(longestGap([before === -Infinity ? read.getTime() : before, ...ticks.slice(0, periods)])),
  );
}

/** When the next of its schedules is due; null: none is. */
export function nextDueOf({ full, incremental }: Pick<ResourceState, "full" | "incremental">): Date | null {
  return earliest([full.nextDue, incremental?.nextDue ?? null]);
}

/** The first of these times; null: there is none. */
export function earliest(times: readonly (Date | null)[]): Date | null {
  return times.filter((one) => one !== null).toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
}

/** The longest time between two ticks of the coming week, all schedules together, in milliseconds; null: they have less than two. */
export function periodOf(calendars: readonly Calendar[], now: Date): number | null {
  const end = now.getTime() + WEEK_MS;
  const ticks = ticksFrom(calendars, now, (tick, count) => tick > end && count > 1);
  return ticks.length < 2 ? null : longestGap(ticks);
}

const WEEK_MS = 8 * 86_400_000;

function ticksAfter(calendars: readonly Calendar[], from: Date, most: number): readonly number[] {
  return [...new Set(ticksFrom(calendars, from, (_, count) => count === most))].slice(0, most);
}

/** The ticks of each calendar up to the one of which `isLast`, in order. */
function ticksFrom(
  calendars: readonly Calendar[],
  from: Date,
  isLast: (tick: number, count: number) => boolean,
): readonly number[] {
  const ticks = calendars.flatMap((calendar) => {
    const coming: number[] = [];
    for (const tick of calendar.after(from)) {
      coming.push(tick.getTime());
      if (isLast(tick.getTime(), coming.length)) break;
    }
    return coming;
  });
  return ticks.toSorted((a, b) => a - b);
}

function longestGap(ticks: readonly number[]): number {
  return ticks.slice(1).reduce((longest, tick, n) => Math.max(longest, tick - (ticks[n] ?? tick)), 0);
}

function graceOf(gapMs: number): number {
  return Math.min(GRACE_MS.most, Math.max(GRACE_MS.least, gapMs / 4));
}
