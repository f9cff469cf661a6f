/** What a worker would have shown Prometheus in the quarter, as series of promtool, whose time begins with 0. */
import { calendarOf } from "../../../src/schedule/calendar.ts";
import { deadlineOf } from "../../../src/ops/state/deadlines.ts";
import { BEGIN, END, QUARTER, SCHEDULES, TIMEZONE, type NightRun } from "../quarter.ts";

const STEP_MS = 3_600_000;
const STEPS = (END.getTime() - BEGIN.getTime()) / STEP_MS;

export interface Series {
  readonly series: string;
  readonly values: string;
}

const runs = QUARTER.flatMap((night) => night.runs);
const down = QUARTER.flatMap(({ workerDown }) => workerDown ?? []);

/** Seconds since the quarter began. */
export function secondsOf(time: Date): number {
  return (time.getTime() - BEGIN.getTime()) / 1000;
}

/** A series of a value at each step; null: there is none then. */
function seriesOf(metric: string, labels: string, valueAt: (now: Date) => number | null): Series {
  const values = Array.from({ length: STEPS + 1 }, (_, n) => valueAt(new Date(BEGIN.getTime() + n * STEP_MS)) ?? "_");
  return { series: `${metric}{${labels}instance="w1", job="applicant-sync"}`, values: values.join(" ") };
}

/** A series that a worker shows while it runs. */
function shown(family: string, labels: string, valueAt: (now: Date) => number | null): Series {
  const all = `account="acme", ${labels}`;
  return seriesOf(`applicant_sync_${family}`, all, (now) => (isDown(now) ? null : valueAt(now)));
}

function isDown(now: Date): boolean {
  return down.some(({ from, until }) => from <= now && now < until);
}

function flag(holds: boolean): number {
  return holds ? 1 : 0;
}

function ended(resource: string, now: Date): readonly NightRun[] {
  return runs.filter((run) => run.resource === resource && run.finishedAt <= now);
}

function latest(some: readonly NightRun[]): Date | null {
  return some.at(-1)?.startedAt ?? null;
}

function isProven({ state, decidedAt }: NightRun, now: Date): boolean {
  return state === "proven" || (decidedAt !== null && decidedAt <= now);
}

function isRefused(resource: string, now: Date): boolean {
  return ended(resource, now).at(-1)?.errorCode === "api_refused";
}

function resourceSeries({ resource, expression }: (typeof SCHEDULES)[number]): readonly Series[] {
  const calendars = [calendarOf(expression, TIMEZONE)];
  const known = new Map<string, number | null>();
  const deadline = (read: Date | null, periods: number) => {
    if (read === null) return null;
    const key = `${read.getTime()} ${periods}`;
    if (!known.has(key)) {
      const at = deadlineOf(calendars, read, periods);
      known.set(key, at === null ? null : secondsOf(at));
    }
    return known.get(key) ?? null;
  };
  const fresh = (now: Date) => latest(ended(resource, now).filter(({ state }) => state !== "failed"));
  const proven = (now: Date) => latest(ended(resource, now).filter((run) => isProven(run, now)));
  const label = `resource="${resource}", `;
  const ofResource = runs.filter((run) => run.resource === resource);
  return [
    shown("mirror_late_timestamp_seconds", label, (now) => deadline(fresh(now), 1)),
    shown("mirror_overdue_timestamp_seconds", label, (now) => deadline(fresh(now), 2)),
    shown("mirror_unproven_timestamp_seconds", label, (now) => deadline(proven(now), 3)),
    shown("mirror_state", `${label}state="running", `, (now) =>
      flag(ofResource.some((run) => run.state !== "failed" && run.startedAt <= now && now < run.finishedAt)),
    ),
    shown("reviews_waiting", label, (now) =>
      flag(ofResource.some(({ finishedAt, decidedAt }) => decidedAt !== null && finishedAt <= now && now < decidedAt)),
    ),
  ];
}

export function quarterSeries(): readonly Series[] {
  const refused = (now: Date) => SCHEDULES.filter(({ resource }) => isRefused(resource, now)).length;
  return [
    seriesOf("up", "", (now) => flag(!isDown(now))),
    ...["info", "worker_alive", "database_up", "queue_up"].map((family) => shown(family, "", () => 1)),
    ...["imports_waiting_for_person", "imports_held", "clock_skew_seconds"].map((family) => shown(family, "", () => 0)),
    shown("refusals_total", 'cause="quota", ', () => 0),
    shown("conditions", 'code="access_refused", ', refused),
    ...["never_synced", "night_does_not_fit"].map((code) => shown("conditions", `code="${code}", `, () => 0)),
    ...SCHEDULES.flatMap(resourceSeries),
  ];
}
