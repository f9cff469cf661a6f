import { busiestOf, createDemand, type Demand } from "./demand.ts";
import { freshnessOf, type Freshness } from "./freshness.ts";
import { misfitsOf, type Misfit } from "./misfits.ts";
import type { ResourceName } from "./resources.ts";

const PER_PAGE = 50;

/** A sync as it is configured, and what is known of its list. */
export interface ScheduledSync {
  readonly resource: ResourceName;
  readonly kind: "full" | "incremental";
  /** The setting that says when. */
  readonly setting: string;
  /** For people: the cron expression, `off`, or why there is none. */
  readonly schedule: string;
  /** Its ticks of the coming days and one more; none where it is off. */
  readonly ticks: readonly Date[];
  /** Rows of the list; null before the first sync. */
  readonly rows: number | null;
  /** How many lists it is; more than one where each row of another resource has its own. */
  readonly lists: number;
  /** Rows that a run will complete one by one, as things stand. */
  readonly details: number;
  /** Values of status that an incremental sync asks for one by one, 0 where it does not; null before the first sync. */
  readonly statusValues: number | null;
}

/** What a sync costs and brings. Null is what cannot be known before the first sync, or of a sync that is off. */
export interface SyncPlan extends Omit<ScheduledSync, "ticks"> {
  /** On its busiest day, like the figures of a day below. */
  readonly runsPerDay: number;
  readonly requestsPerRun: number | null;
  /** Details included, as in all that follows. */
  readonly requestsPerDay: number | null;
  readonly quotaMinutesPerDay: number | null;
  readonly freshness: Freshness | null;
}

export interface Plan {
  readonly requestsPerMinute: number;
  readonly syncs: readonly SyncPlan[];
  /** Of the coming days and of the hours in them; null where nothing is asked for. */
  readonly busiestDay: Demand | null;
  readonly busiestHour: Demand | null;
  /** Of the quota of the busiest day, 0 to 1: what the syncs leave for writes. */
  readonly freeShare: number;
  readonly misfits: readonly Misfit[];
}

/** The days that are planned: their midnights, first and last included, so that a day may have 23 or 25 hours. */
export type Midnights = readonly [Date, Date, ...Date[]];

/** What the syncs cost of the quota over the given days, how fresh they keep the mirror, and where they do not fit. */
export function planSyncs(
  syncs: readonly ScheduledSync[],
  { requestsPerMinute, midnights }: { readonly requestsPerMinute: number; readonly midnights: Midnights },
): Plan {
  const costed = syncs.map((sync) => {
    const listed = requestsOf(sync);
    return { ...sync, requests: listed === null ? null : listed + sync.details };
  });
  const runs = costed.flatMap(({ ticks, requests }) =>
    requests === null ? [] : ticks.map((at) => ({ at, requests })),
  );
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
    misfits: misfitsOf(costed, { requestsPerMinute, busiestDay, busiestHour }),
  };
}

/**
 * Requests for the list of one run; null where that cannot be known yet. Full: each page, and the head once more where
 * there are several; or the pages of every one of its lists. Incremental: the head of the list, and one window for each value of status; campaigns, which have
 * no such filter, take a second page.
 */
export function requestsOf({
  resource,
  kind,
  rows,
  lists,
  statusValues,
}: Pick<ScheduledSync, "resource" | "kind" | "rows" | "lists" | "statusValues">): number | null {
  if (kind === "full")
    return rows === null ? null : lists === 1 ? wholeList(rows) : lists + Math.floor(rows / PER_PAGE);
  if (resource === "campaigns") return 2;
  return statusValues === null ? null : 1 + statusValues;
}

function wholeList(rows: number): number {
  return rows > PER_PAGE ? Math.ceil(rows / PER_PAGE) + 1 : 1;
}

function costOf(
  { ticks, requests, ...sync }: ScheduledSync & { readonly requests: number | null },
  { requestsPerMinute, midnights }: { readonly requestsPerMinute: number; readonly midnights: Midnights },
): SyncPlan {
  const runsPerDay = Math.max(...midnights.slice(1).map((end, i) => countBetween(ticks, midnights[i] ?? end, end)));
  const requestsPerDay = requests === null ? null : requests * runsPerDay;
  return {
    ...sync,
    runsPerDay,
    requestsPerRun: requestsOf(sync),
    requestsPerDay,
    quotaMinutesPerDay: requestsPerDay === null ? null : requestsPerDay / requestsPerMinute,
    freshness: requests === null ? null : freshnessOf(ticks, (requests * 60) / requestsPerMinute),
  };
}

function countBetween(ticks: readonly Date[], from: Date, to: Date): number {
  return ticks.filter((tick) => tick >= from && tick < to).length;
}
