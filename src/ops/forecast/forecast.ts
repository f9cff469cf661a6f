import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import { planSyncs, type Midnights, type Plan, type ScheduledSync } from "./cost.ts";
import type { Ticks } from "./freshness.ts";
import { readSizes } from "../../sync/runs/requests.ts";
import { resources, type Resource, type ResourceName } from "../../sync/resources.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import { comingTicks } from "../../schedule/cron.ts";

/** A whole week after today. */
const PLANNED_MS = 8 * 24 * 3_600_000;

const NEVER: Ticks = { ticks: [], fires: 1 };

/**
 * Computes what the schedules cost of the quota in the coming week, how fresh the mirror is, and which schedules conflict.
 * The sizes of the lists are those of the mirror and of the latest runs.
 */
export async function forecast(database: Database, config: Config): Promise<Plan> {
  const { account, kind: accountKind, api, schedules } = config;
  const pulls = pullsOf(config);
  const until = new Date(Date.now() + PLANNED_MS);
  const ticksOf = (expression: string) => comingTicks(expression, schedules.timezone, until);
  const expressions = new Set(pulls.flatMap(({ expression }) => expression ?? []));
  const ticks = new Map([...expressions].map((expression) => [expression, ticksOf(expression)]));
  const names = [...new Set(pulls.map(({ resource }) => resource))];
  const { livingOf, rowsOf, waitingOf, statuses } = await readSizes(database, account, names);
  const syncs = pulls.map(({ resource, kind, expression, schedule }): ScheduledSync => {
    const rows = rowsOf(resource);
    const { polls, windows } = resources[resource];
    return {
      resource,
      kind,
      setting: `${(kind === "full" ? resources[resource].schedule : kind).toUpperCase()}_CRON`,
      schedule,
      ...(ticks.get(expression ?? "") ?? NEVER),
      rows,
      lists: listsOf(resources[resource], livingOf),
      waiting: waitingOf(resource),
      heads: polls[accountKind].length,
      statusValues: !windows[accountKind] ? 0 : rows === null ? null : statuses,
    };
  });
  return planSyncs(syncs, {
    requestsPerMinute: api.requestsPerMinute,
    detailsPerRun: config.detailsPerRun,
    midnights: midnightsOf(ticksOf("0 0 * * *").ticks, until),
  });
}

/** One list, or one for each parent. */
function listsOf({ parent }: Resource, livingOf: (name: ResourceName) => number): number {
  return parent === null ? 1 : livingOf(parent.resource);
}

/** The midnights up to `until`, of which there are eight. */
function midnightsOf(ticks: readonly Date[], until: Date): Midnights {
  const [first = until, second = until, ...others] = ticks.filter((tick) => tick <= until);
  return [first, second, ...others];
}
