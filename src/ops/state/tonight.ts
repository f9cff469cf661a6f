import type { Config } from "../../config/config.ts";
import { calendarOf } from "../../schedule/calendar.ts";
import type { Plan } from "../forecast/cost.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import type { ComingRun, Tonight } from "./types.ts";

const MOST_RUNS = 500;
/** A night ends at noon: with the runs of the morning, and before those of the next evening. */
const NOON = "0 12 * * *";

/** What the schedules will do until the next noon by this plan, and whether it fits the quota. Pure. */
export function tonightOf({ syncs, conflicts, requestsPerMinute }: Plan, config: Config, now: Date): Tonight {
  const { timezone } = config.schedules;
  const noon = calendarOf(NOON, timezone).after(now).next().value ?? now;
  const runs = pullsOf(config)
    .flatMap(({ resource, kind, expression }) => {
      const sync = syncs.find((one) => one.resource === resource && one.kind === kind);
      const requests = sync?.requestsPerRun ?? null;
      return ticksUntil(expression, timezone, now, noon).map((at): ComingRun => ({ resource, kind, at, requests }));
    })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const requests = runs.reduce((sum, run) => sum + (run.requests ?? 0), 0);
  const minutes = (noon.getTime() - now.getTime()) / 60_000;
  const share = requests / Math.max(1, minutes * requestsPerMinute);
  return { from: now, to: noon, runs: runs.slice(0, MOST_RUNS), requests, share, conflicts };
}

function ticksUntil(expression: string | null, timezone: string, from: Date, until: Date): readonly Date[] {
  const ticks: Date[] = [];
  if (expression === null) return ticks;
  for (const tick of calendarOf(expression, timezone).after(from)) {
    if (tick > until) break;
    ticks.push(tick);
  }
  return ticks;
}
