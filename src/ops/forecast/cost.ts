import { busiestOf, createDemand, type Demand } from "./demand.ts";
import { freshnessOf, type Freshness, type Ticks } from "./freshness.ts";
import { scheduleConflictsOf, type ScheduleConflict } from "./conflicts.ts";
import type { ResourceName } from "../../sync/resources.ts";
import { requestsOf, type RunSize } from "../../sync/runs/requests.ts";

/** A configured sync with its ticks of the coming days and one more (none if it is off), and what is known of its list. */
export interface ScheduledSync extends Ticks, RunSize {
  readonly resource: ResourceName;
  /** The setting that says when. */
  readonly setting: string;
  /** For people: the cron expression, `off`, or why there is none. */
  readonly schedule: string;
  /** Rows of the resource that wait for their details, each for one request of the next run that can make it. */
  readonly waiting: number;
}

/** The cost and effect of a sync. Null: not known before the first sync, or for a sync that is off. */
export interface SyncPlan extends Omit<ScheduledSync, "ticks" | "fires"> {
  /** On its busiest day, as all figures of a day below. */
  readonly runsPerDay: number;
  /** For its list alone. */
  readonly requestsPerRun: number | null;
  /** Rows whose details its runs of a day request. */
  readonly detailsPerDay: number;
  /** For the lists and the details. */
  readonly requestsPerDay: number | null;
  readonly quotaMinutesPerDay: number | null;
  readonly freshness: Freshness | null;
}

export interface Plan {
  readonly requestsPerMinute: number;
  readonly syncs: readonly SyncPlan[];
  /** Among the coming days and hours; null if there is no request. */
  readonly busiestDay: Demand | null;
  readonly busiestHour: Demand | null;
  /** The share of the quota that the syncs leave for writes on the busiest day, 0 to 1. */
  readonly freeShare: number;
  readonly conflicts: readonly ScheduleConflict[];
}

/** The midnights of the planned days, including the first and the last; a day may have 23 or 25 hours. */
export type Midnights = readonly [Date, Date, ...Date[]];

/** Computes what the syncs cost of the quota in these days, how fresh the mirror is, and which schedules conflict. */
export function planSyncs(
  syncs: readonly ScheduledSync[],
  {
    requestsPerMinute,
    detailsPerRun,
    midnights,
  }: { readonly requestsPerMinute: number; readonly detailsPerRun: number; readonly midnights: Midnights },
): Plan {
  const details = detailsOf(syncs, detailsPerRun);
  const costed = syncs.map((sync) => ({
    ...sync,
    requests: requestsOf(sync),
    details: details.filter((one) => one.sync === sync),
  }));
  const lists = costed.flatMap(({ ticks, fires, requests }) =>
    requests === null ? [] : ticks.map((at) => ({ at, requests, times: fires })),
  );
  const runs = [...lists, ...details.map(({ at, rows }) => ({ at, requests: rows, times: 1 }))];
  const [from] = midnights;
  const demand = createDemand(runs, { from, to: midnights.at(-1) ?? from, requestsPerMinute });
  const days = midnights.slice(1).map((end, i) => demand.between(midnights[i] ?? end, end));
  const busiestDay = busiestOf(days);
  const busiestHour = demand.busiest(60);
  return {
    requestsPerMinute,
    syncs: costed.map((sync) => costOf(sync, { requestsPerMinute, midnights })),
    busiestDay,
    busiestHour,
    freeShare: Math.max(0, 1 - (busiestDay?.share ?? 0)),
    conflicts: scheduleConflictsOf(costed, { requestsPerMinute, busiestDay, busiestHour }),
  };
}

interface Details {
  readonly sync: ScheduledSync;
  readonly at: Date;
  readonly rows: number;
}

/** Which runs request details: the next ones of each resource, up to the limit of a run, until no row waits. */
function detailsOf(syncs: readonly ScheduledSync[], perRun: number): readonly Details[] {
  const waiting = new Map(syncs.map(({ resource, waiting: rows }) => [resource, rows]));
  return syncs
    .flatMap((sync) => sync.ticks.map((at) => ({ sync, at })))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .flatMap(({ sync, at }) => {
      const left = waiting.get(sync.resource) ?? 0;
      const rows = Math.min(left, perRun * sync.fires);
      waiting.set(sync.resource, left - rows);
      return rows === 0 ? [] : [{ sync, at, rows }];
    });
}

function costOf(
  {
    ticks,
    fires,
    requests,
    details,
    ...sync
  }: ScheduledSync & { readonly requests: number | null; readonly details: readonly Details[] },
  { requestsPerMinute, midnights }: { readonly requestsPerMinute: number; readonly midnights: Midnights },
): SyncPlan {
  const onBusiestDay = (countOf: (isWithin: (time: Date) => boolean) => number) =>
    Math.max(...midnights.slice(1).map((end, i) => countOf((time) => time >= (midnights[i] ?? end) && time < end)));
  const runsPerDay = fires * onBusiestDay((isWithin) => ticks.filter(isWithin).length);
  const detailsPerDay = onBusiestDay((isWithin) =>
    details.reduce((sum, { at, rows }) => sum + (isWithin(at) ? rows : 0), 0),
  );
  const requestsPerDay = requests === null ? null : requests * runsPerDay + detailsPerDay;
  return {
    ...sync,
    runsPerDay,
    requestsPerRun: requests,
    detailsPerDay,
    requestsPerDay,
    quotaMinutesPerDay: requestsPerDay === null ? null : requestsPerDay / requestsPerMinute,
    freshness: requests === null ? null : freshnessOf({ ticks, fires }, (requests * 60) / requestsPerMinute),
  };
}
