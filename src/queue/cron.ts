import { createTask, type ScheduledTask } from "node-cron";

/** Enough for a schedule of every five minutes to be seen for eight days; of a denser one the nearest ticks. */
const MOST_TICKS = 3_000;

/**
 * The next ticks of a cron expression up to `until` and the one after, so that the gap before it is known; at least two,
 * however far away, and none where the expression never comes true. As node-cron will fire them, which on a day of
 * daylight saving is not at every local time that matches: an hour that does not exist is left out, one that comes twice
 * fires once.
 */
export function comingTicks(expression: string, timezone: string, until: Date): readonly Date[] {
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
    return []; // It found none in the years it looks at: `0 0 1 1 2#3` is a first of January that is a third Tuesday.
  }
}
