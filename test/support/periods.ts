/** The calendar by which tests of retention count, day by day. */
export type Period = { readonly n: number; readonly unit: string };

/** `YYYY-MM-DD` of a moment. */
export function dayOf(at: Date, timezone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" }).format(at);
}

/** The first day after a period that begins on a day. */
export function afterPeriod(day: string, { n, unit }: Period): string {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const next = (y: number, m: number, d: number) => new Date(Date.UTC(y, m, d + 1)).toISOString().slice(0, 10);
  if (unit === "day" || unit === "week") return next(year, month - 1, date + n * (unit === "week" ? 7 : 1));
  const months = month - 1 + n * (unit === "year" ? 12 : 1);
  // The last day of a month that has no such day.
  let last = date;
  while (new Date(Date.UTC(year, months, last)).getUTCDate() !== last) last -= 1;
  return next(year, months, last);
}
