import type { Config } from "../config.ts";
import type { Database } from "../database.ts";
import { countMirror, countStatuses } from "../mirror/reads.ts";
import { planSyncs, type Midnights, type Plan, type ScheduledSync } from "./planner.ts";
import { lastTotal } from "./progress.ts";
import { resourceNames, resources, type ResourceName } from "./resources.ts";

/** A whole week, however late it is today. */
const PLANNED_MS = 8 * 24 * 3_600_000;

const FULL_SETTING = { campaigns: "CAMPAIGNS_CRON", applications: "APPLICATIONS_CRON" } as const;

export interface PlanDeps {
  readonly database: Database;
  readonly config: Pick<Config, "account" | "kind" | "api" | "schedules" | "detailRequestsPerRun">;
  /** The next ticks of a cron expression up to a time and the one after. */
  readonly comingTicks: (expression: string, timezone: string, until: Date) => readonly Date[];
  readonly now?: () => Date;
}

/** What is known of a list; null before the first sync. */
type Sizes = Pick<ScheduledSync, "rows" | "statusValues">;

/** The plan of the coming week: the configured schedules over the sizes that the mirror and the last runs tell. */
export async function planSchedules({
  database,
  config,
  comingTicks,
  now = () => new Date(),
}: PlanDeps): Promise<Plan> {
  const { account, kind, api, schedules, detailRequestsPerRun } = config;
  const until = new Date(now().getTime() + PLANNED_MS);
  const ticksOf = (expression: string) => comingTicks(expression, schedules.timezone, until);
  const sizes = await sizesOf(database, account, kind);
  // A jobboard has no requests for single objects.
  const details = kind === "customer" ? detailRequestsPerRun : 0;

  const syncs = resourceNames.flatMap((resource) => {
    const { scope } = resources[resource];
    const granted = api.scopes.includes(scope);
    return (["full", "incremental"] as const).map((syncKind): ScheduledSync => {
      const configured = schedules[syncKind === "full" ? resource : "incremental"];
      const expression = granted ? configured : null;
      return {
        resource,
        kind: syncKind,
        setting: syncKind === "full" ? FULL_SETTING[resource] : "INCREMENTAL_CRON",
        schedule: expression ?? (granted ? "off" : `not scheduled: scope ${scope} is not granted`),
        ticks: expression === null ? [] : ticksOf(expression),
        ...sizes[resource],
        details,
      };
    });
  });
  const midnights = midnightsOf(ticksOf("0 0 * * *"), until);
  return planSyncs(syncs, { requestsPerMinute: api.requestsPerMinute, midnights });
}

async function sizesOf(
  database: Database,
  account: string,
  kind: Config["kind"],
): Promise<Readonly<Record<ResourceName, Sizes>>> {
  const [counts, statuses, totals] = await Promise.all([
    countMirror(database, account),
    countStatuses(database, account),
    Promise.all(resourceNames.map(async (name) => [name, await lastTotal(database, account, name)] as const)),
  ]);
  const rowsOf = (name: ResourceName) => {
    const living = counts.find(({ table }) => table === resources[name].table.name)?.rows ?? 0;
    const total = totals.find(([resource]) => resource === name)?.[1] ?? null;
    return total === null && living === 0 ? null : Math.max(living, total ?? 0);
  };
  const applications = rowsOf("applications");
  const known = applications === null ? null : statuses;
  return {
    campaigns: { rows: rowsOf("campaigns"), statusValues: 0 },
    // Only a customer's list can be asked for one status.
    applications: { rows: applications, statusValues: kind === "jobboard" ? 0 : known },
  };
}

/** The midnights up to `until`, of which there are eight. */
function midnightsOf(ticks: readonly Date[], until: Date): Midnights {
  const [first = until, second = until, ...others] = ticks.filter((tick) => tick <= until);
  return [first, second, ...others];
}
