import { counted, localTime, spellDuration, spellNumber } from "../../platform/text.ts";
import type { Demand } from "./demand.ts";
import { dueSeconds, type Ticks } from "./freshness.ts";

/** A conflict of the schedules with the quota or with each other, and what to do about it. */
export interface ScheduleConflict {
  /** `overlap`: a sync is due again before it can end. `day`, `hour`: all syncs together exceed the quota. */
  readonly reason: "overlap" | "day" | "hour";
  readonly message: string;
  /** What it is about, in a word: a setting, or the share of the quota. */
  readonly what: string;
}

export interface CostedSync extends Ticks {
  readonly resource: string;
  readonly kind: "full" | "incremental";
  readonly setting: string;
  readonly rows: number | null;
  /** Requests for the list of one run; null if unknown. */
  readonly requests: number | null;
}

/** Every sync that is due again before it can end, and the busiest day, or else the busiest hour, that exceeds the quota. */
export function scheduleConflictsOf(
  syncs: readonly CostedSync[],
  quota: {
    readonly requestsPerMinute: number;
    readonly busiestDay: Demand | null;
    readonly busiestHour: Demand | null;
  },
): readonly ScheduleConflict[] {
  const { requestsPerMinute, busiestDay, busiestHour } = quota;
  const overlaps = syncs.flatMap((sync) => overlapOf(sync, requestsPerMinute));
  if (isOver(busiestDay))
    return [...overlaps, { reason: "day", message: describeDay(busiestDay), what: percent(busiestDay.share) }];
  if (isOver(busiestHour))
    return [...overlaps, { reason: "hour", message: describeHour(busiestHour), what: percent(busiestHour.share) }];
  return overlaps;
}

function isOver(demand: Demand | null): demand is Demand {
  return demand !== null && demand.share > 1;
}

/** A tick that comes while a run of the same resource is running starts no second run, so it is lost. */
function overlapOf(sync: CostedSync, requestsPerMinute: number): readonly ScheduleConflict[] {
  const { resource, kind, setting, rows, requests } = sync;
  const due = dueSeconds(sync);
  const seconds = (requests ?? 0) * (60 / requestsPerMinute);
  if (requests === null || seconds <= due) return [];
  const what =
    kind === "full" ? `a full sync of ${spellNumber(rows ?? 0)} ${resource}` : `an incremental sync of ${resource}`;
  const message = `${setting}: ${what} needs ${spellDuration(seconds)} of the quota; it is due every ${spellDuration(due)}. Schedule it less often: a tick that is due while it runs starts no second run.`;
  return [{ reason: "overlap", message, what: setting }];
}

function describeDay({ from, requests, share }: Demand): string {
  return `The schedules need ${counted(requests, "request")} in the day from ${localTime(from, "minute")}, ${percent(share)} of the quota. Schedule the full syncs or INCREMENTAL_CRON less often: nothing is left for writes, and syncs are delayed.`;
}

function describeHour({ from, requests, share }: Demand): string {
  return `The schedules need ${counted(requests, "request")} in the hour from ${localTime(from, "minute")}, ${percent(share)} of the quota. Move the syncs of that hour apart: they will take longer than planned.`;
}

function percent(share: number): string {
  return `${Math.ceil(share * 100)} %`;
}
