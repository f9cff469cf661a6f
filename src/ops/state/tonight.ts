import type { Config } from "../../config/config.ts";
import { calendarOf } from "../../schedule/calendar.ts";
import { comingTicks } from "../../schedule/cron.ts";
import type { Plan } from "../forecast/cost.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import type { ComingRun, Tonight } from "./types.ts";

const MOST_RUNS = 500;
/** A night ends at noon: with the runs of the morning, and before those of the next evening. */
const NOON = "0 12 * * *";

/** What the schedules will do until the next noon by this plan, and whether it fits the quota. Pure. */
export function tonightOf(plan: Plan, config: Config, now: Date): Tonight {
  const noon = calendarOf(NOON, config.schedules.timezone).after(now).next().value ?? now;
  const runs = comingRuns(config, plan, now, noon);
  const requests = runs.reduce((sum, run) => sum + (run.requests ?? 0), 0);
  const minutes = (noon.getTime() - now.getTime()) / 60_000;
  const share = requests / Math.max(1, minutes * plan.requestsPerMinute);
  return { from: now, to: noon, runs: runs.slice(0, MOST_RUNS), requests, share, conflicts: plan.conflicts };
}

/** The runs that the schedules start after `from` and until `to`, soonest first. */
export function comingRuns(config: Config, { syncs }: Plan, from: Date, to: Date): readonly ComingRun[] {
  return pullsOf(config)
    .flatMap(({ resource, kind, expression }) => {
      if (expression === null) return [];
      const requests = syncs.find((one) => one.resource === resource && one.kind === kind)?.requestsPerRun ?? null;
      const { ticks } = comingTicks(expression, config.schedules.timezone, to, from);
      return ticks.filter((at) => at <= to).map((at): ComingRun => ({ resource, kind, at, requests }));
    })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}
