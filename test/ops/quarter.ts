/**
 * A quarter of nights as data: 90 nights in Europe/Paris, in which summer time begins, with faults at known times and events that are no
 * faults. Alerts and notices are tried on it: each fault is to be reported once, and nothing else.
 */
import type { ResourceName } from "../../src/sync/resources.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export const TIMEZONE = "Europe/Paris";
/** Noon before the first night. */
export const BEGIN = new Date("2027-01-25T11:00:00Z");
export const NIGHTS = 90;

/** When each resource is due, and whether at weekends too. On 28 March 2027 there is no 02:00 to 03:00, so nothing is due. */
export const SCHEDULES = [
  { resource: "campaigns", expression: "0 2 * * *", minute: 0, weekdaysOnly: false },
  { resource: "applications", expression: "10 2 * * *", minute: 10, weekdaysOnly: false },
  { resource: "managers", expression: "30 2 * * 1-5", minute: 30, weekdaysOnly: true },
] as const satisfies readonly { readonly resource: ResourceName; readonly [fact: string]: unknown }[];

/** What may happen in a night. Those that tell nothing are no faults: whoever tells of them raises a false alarm. */
export const EVENTS = [
  { name: "long_first_sync", nights: [1, 1], tells: null },
  { name: "api_down_one_night", nights: [10, 10], tells: "late" },
  { name: "restart_during_run", nights: [15, 15], tells: null },
  { name: "slow_night", nights: [18, 18], tells: null },
  { name: "api_down_three_nights", nights: [25, 27], tells: "overdue" },
  { name: "unproven_once", nights: [33, 33], tells: null },
  { name: "unproven_five_nights", nights: [40, 44], tells: "unproven" },
  { name: "review", nights: [52, 52], tells: "review" },
  { name: "summer_time", nights: [62, 62], tells: null },
  { name: "worker_down", nights: [70, 71], tells: "no_worker" },
  { name: "access_refused", nights: [80, 82], tells: "refused" },
] as const;
export type EventName = (typeof EVENTS)[number]["name"];

export interface NightRun {
  readonly resource: (typeof SCHEDULES)[number]["resource"];
  /** The time of the tick. A run of a later time makes up for it: no worker ran. */
  readonly dueAt: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly state: "proven" | "unproven" | "needs_review" | "failed";
  readonly errorCode: string | null;
  /** When a person decided about its deletions; it is then proven. Null: nobody had to. */
  readonly decidedAt: Date | null;
}

export interface Night {
  /** 1 to 90. */
  readonly night: number;
  /** Of its morning, YYYY-MM-DD. */
  readonly date: string;
  readonly event: EventName | null;
  readonly runs: readonly NightRun[];
  /** While no worker runs, stated with the first of its nights. Null: one runs. */
  readonly workerDown: { readonly from: Date; readonly until: Date } | null;
}

/** The nights in their order. */
export const QUARTER: readonly Night[] = Array.from({ length: NIGHTS }, (_, index) => nightOf(index + 1));

/** The moment at which the quarter ends: noon after the last night. */
export const END = new Date(BEGIN.getTime() + NIGHTS * 24 * HOUR_MS);

function nightOf(night: number): Night {
  const date = new Date(BEGIN.getTime() + night * 24 * HOUR_MS).toISOString().slice(0, 10);
  const event = eventOf(night);
  const runs = SCHEDULES.flatMap((schedule) => runOf(schedule, night, date, event) ?? []);
  return { night, date, event, runs, workerDown: event === "worker_down" && isFirst(night) ? downOf(date) : null };
}

function eventOf(night: number): EventName | null {
  return EVENTS.find(({ nights: [first, last] }) => first <= night && night <= last)?.name ?? null;
}

/** From the evening before the first of the two nights to nine in the morning after the second. */
function downOf(date: string): { readonly from: Date; readonly until: Date } {
  return { from: localTime(date, -2, 0), until: localTime(date, 33, 0) };
}

function isFirst(night: number): boolean {
  return EVENTS.some(({ nights: [first] }) => first === night);
}

function runOf(
  { resource, minute, weekdaysOnly }: (typeof SCHEDULES)[number],
  night: number,
  date: string,
  event: EventName | null,
): NightRun | null {
  const isWeekend = [0, 6].includes(new Date(`${date}T12:00:00Z`).getUTCDay());
  if (event === "summer_time" || (weekdaysOnly && isWeekend)) return null;
  const dueAt = localTime(date, 2, minute);
  const took = (startedAt: Date, hours: number): NightRun => {
    const finishedAt = new Date(startedAt.getTime() + hours * HOUR_MS);
    return { resource, dueAt, startedAt, finishedAt, state: "proven", errorCode: null, decidedAt: null };
  };
  switch (event) {
    case "long_first_sync":
      return took(dueAt, 4);
    case "slow_night":
      return took(dueAt, 5);
    case "api_down_one_night":
    case "api_down_three_nights":
      return { ...took(dueAt, 1), state: "failed", errorCode: "api_unreachable" };
    case "access_refused":
      return { ...took(dueAt, 0.02), state: "failed", errorCode: "api_refused" };
    case "unproven_once":
    case "unproven_five_nights":
      return { ...took(dueAt, 0.5), state: "unproven", errorCode: "rows_missing" };
    case "review":
      if (resource !== "applications") return took(dueAt, 0.25);
      return { ...took(dueAt, 0.25), state: "needs_review", decidedAt: localTime(date, 16, 0) };
    case "worker_down":
      // The worker that starts at nine after the second night makes up for both with one run.
      return isFirst(night) ? null : took(localTime(date, 9, 1), 0.25);
    default:
      return took(dueAt, 0.25);
  }
}

/** A time of TIMEZONE on a day; hours below 0 and above 23 are of the days around it. */
function localTime(date: string, hour: number, minute: number): Date {
  const wanted = Date.parse(`${date}T00:00:00Z`) + hour * HOUR_MS + minute * MINUTE_MS;
  const offset = (at: number) => {
    const parts = new Intl.DateTimeFormat("en", { timeZone: TIMEZONE, timeZoneName: "longOffset" }).formatToParts(at);
    const hours = /GMT\+(\d\d)/.exec(parts.find(({ type }) => type === "timeZoneName")?.value ?? "")?.[1];
    return Number(hours ?? 0) * HOUR_MS;
  };
  return new Date(wanted - offset(wanted - HOUR_MS));
}
