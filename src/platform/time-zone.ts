/** Wall clocks. What one shows is a number too: the time at which UTC would show the same. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** Created once for each zone: a file may hold a million dates. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timezone, format);
  return format;
}

/** By how many milliseconds the wall clock of a time zone is ahead of UTC at a time. */
export function offsetMs(time: number, timezone: string): number {
  const parts = formatOf(timezone).formatToParts(time);
  const numbers = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = numbers;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1_000) * 1_000;
}

/**
 * When the wall clock of a time zone shows `wall`; about an hour off where no clock shows it, because daylight saving begins. The offset at
 * the same figures in UTC is off by at most one change of the clocks: so it is asked for twice.
 */
export function timeOfWall(wall: number, timezone: string): number {
  return wall - offsetMs(wall - offsetMs(wall, timezone), timezone);
}

/** What the wall clock of a time zone shows, as a spreadsheet reads it: `2026-11-26 04:43:54`, or without the seconds. */
export function wallText(time: Date, timezone: string, precision: "second" | "minute" = "second"): string {
  const wall = new Date(time.getTime() + offsetMs(time.getTime(), timezone));
  return wall
    .toISOString()
    .slice(0, precision === "second" ? 19 : 16)
    .replace("T", " ");
}
