import { createTask, type ScheduledTask } from "node-cron";

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
 * they are later, and none if the expression never matches. They are those of node-cron: when daylight saving begins, an
 * hour that does not exist has no tick; when it ends, the hour that is repeated has one.
 */
export function comingTicks(expression: string, timezone: string, until: Date): ComingTicks {
  const [seconds = "", ...minute] = expression.trim().split(/\s+/);
  if (minute.length < 5) return { ticks: ticksUpTo(expression, timezone, until), fires: 1 };
  const fired = secondsOf(seconds);
  return { ticks: ticksUpTo([Math.min(...fired), ...minute].join(" "), timezone, until), fires: fired.size };
}

/** The longest time between two ticks of a schedule in the coming week, in milliseconds; null if it never matches. */
export function longestGapMs(expression: string, timezone: string, now: Date): number | null {
  const { ticks } = comingTicks(expression, timezone, new Date(now.getTime() + 8 * 86_400_000));
  const gaps = ticks.slice(1).map((tick, n) => tick.getTime() - (ticks[n]?.getTime() ?? 0));
  return gaps.length === 0 ? null : Math.max(...gaps);
}

/** The seconds that match the first of six fields; 60 ticks include all of them. */
function secondsOf(field: string): ReadonlySet<number> {
  const task = createTask(`${field} * * * * *`, () => {});
  try {
    return new Set(nextRuns(task, 60).map((tick) => tick.getUTCSeconds()));
  } finally {
    void task.destroy();
  }
}

function ticksUpTo(expression: string, timezone: string, until: Date): readonly Date[] {
  const task = createTask(expression, () => {}, { timezone });
  try {
    for (let count = 8; ; count = Math.min(MOST_TICKS, count * 8)) {
      const ticks = nextRuns(task, count);
      const beyond = ticks.findIndex((tick) => tick > until);
      if (beyond !== -1) return ticks.slice(0, Math.max(2, beyond + 1));
      if (ticks.length < count || count === MOST_TICKS) return ticks;
    }
  } finally {
    void task.destroy(); // node-cron keeps a list of all tasks.
  }
}

function nextRuns(task: ScheduledTask, count: number): readonly Date[] {
  try {
    return task.getNextRuns(count);
  } catch {
    return []; // node-cron found none within its limit of years, as for `0 0 1 1 2#3`: a 1 January that is a third Tuesday.
  }
}
