/** The hours of the day in which nothing is sent. Pure. */
import { offsetMs } from "../../platform/time-zone.ts";

const DAY_MINUTES = 1_440;

/** Returns when the present quiet hours end; null if `now` is not in quiet hours. */
export function endOfQuiet(
  { from, to }: { readonly from: number; readonly to: number },
  timezone: string,
  now: Date,
): Date | null {
  const minute = minuteOfDay(now, timezone);
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return null;
  const left = (to - minute + DAY_MINUTES) % DAY_MINUTES;
  const start = Math.floor(now.getTime() / 60_000);
  // When daylight saving begins or ends in between, the wall clock shows another time by then.
  const shown = minuteOfDay(new Date((start + left) * 60_000), timezone);
  const off = ((shown - to + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2;
  return new Date((start + (left > off ? left - off : left)) * 60_000);
}

/** Returns in how many minutes the wall clock shows a minute of the day. */
export function minutesUntil(minute: number, timezone: string, now: Date): number {
  return (minute - minuteOfDay(now, timezone) + DAY_MINUTES) % DAY_MINUTES;
}

function minuteOfDay(now: Date, timezone: string): number {
  const wall = now.getTime() + offsetMs(now.getTime(), timezone);
  return Math.floor(wall / 60_000) % DAY_MINUTES;
}
