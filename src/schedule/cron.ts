import { parse } from "node-cron";
import { calendarOf } from "./calendar.ts";

/** More than the minutes of eight days. */
const MOST_TICKS = 12_000;

/** When a schedule is due. */
export interface ComingTicks {
  /** The first of each minute. */
  readonly ticks: readonly Date[];
  /** How many ticks there are in each of these minutes; more than one if the expression has several seconds. */
  readonly fires: number;
}

/**
 * The next ticks of a cron expression up to `until`, and the one after, so that the last gap is known: at least two, even if
 * they are later, and none if the expression never matches.
 */
export function comingTicks(expression: string, timezone: string, until: Date, now: Date = new Date()): ComingTicks {
  const ticks: Date[] = [];
  for (const tick of calendarOf(expression, timezone).after(now)) {
    ticks.push(tick);
    if ((tick > until && ticks.length > 1) || ticks.length === MOST_TICKS) break;
  }
  return { ticks, fires: parse(expression).second.length };
}
