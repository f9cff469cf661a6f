/** The last night, from yesterday 18:00, and the coming one, until tomorrow 12:00, in the time zone of the account. */
import type { Config } from "../../config/config.ts";
import { comingTicks } from "../../schedule/cron.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import type { Plan } from "../forecast/cost.ts";

export interface PlannedRun {
  readonly resource: string;
  readonly kind: string;
  readonly at: Date;
  /** Null: not known before the first sync. */
  readonly requests: number | null;
}

/** More are not shown one by one. */
const MOST_PLANNED = 80;

/** The runs that the schedules start until `to`, soonest first. */
export function plannedRuns(config: Config, syncs: Plan["syncs"], to: Date): readonly PlannedRun[] {
  const { timezone } = config.schedules;
  return pullsOf(config)
    .flatMap(({ resource, kind, expression }): readonly PlannedRun[] => {
      if (expression === null) return [];
      const plan = syncs.find((one) => one.resource === resource && one.kind === kind);
      const ticks = comingTicks(expression, timezone, to).ticks.filter((tick) => tick <= to);
      return ticks.map((at) => ({ resource, kind, at, requests: plan?.requestsPerRun ?? null }));
    })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .slice(0, MOST_PLANNED);
}

/** How long so many requests take within the quota. */
export function durationMs(requests: number | null, requestsPerMinute: number): number {
  return ((requests ?? 0) / requestsPerMinute) * 60_000;
}
