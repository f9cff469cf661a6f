/** The state of every resource, from its schedules and its runs. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import { calendarOf, type Calendar } from "../../schedule/calendar.ts";
import { pullsOf, type Pull } from "../../schedule/pulls.ts";
import { knownTicks, type KnownTick } from "../../schedule/ticks.ts";
import type { ResourceName } from "../../sync/resources.ts";
import { truthsOf, type Gaps, type Truth } from "../../sync/runs/truth.ts";
import { deadlineOf, periodOf } from "./deadlines.ts";
import type { ResourceState, Schedule } from "./types.ts";
import { wordOf } from "./word.ts";

/** A resource that is not proven for so many nights is not going to be. */
const NIGHTS = 3;

/** A schedule that is kept. */
interface Kept {
  readonly name: string;
  /** As a worker records it. */
  readonly expression: string;
  readonly calendar: Calendar;
}

interface Scheduled {
  readonly resource: ResourceName;
  readonly full: Pull;
  readonly incremental: Pull | null;
  readonly kept: readonly Kept[];
}

/** What is known beside the runs. */
interface Surroundings {
  readonly now: Date;
  /** When the account last made a request; null: never, as far as the log goes back. */
  readonly lastRequestAt: Date | null;
  readonly gaps: ReadonlyMap<ResourceName, Gaps>;
}

/** Reads the state of every resource of the account. */
export function createResources(database: Database, config: Config) {
  const { account, schedules } = config;
  const pulls = pullsOf(config);
  const scheduled = pulls.filter(isFull).map((full): Scheduled => {
    const incremental = pulls.find((pull) => pull.resource === full.resource && !isFull(pull)) ?? null;
    const kept = [full, incremental].flatMap((pull) => (pull === null ? [] : keptOf(pull, schedules.timezone)));
    return { resource: full.resource, full, incremental, kept };
  });
  const names = scheduled.map(({ resource }) => resource);

  return {
    async read(surroundings: Surroundings): Promise<readonly ResourceState[]> {
      const ticks = await knownTicks(database, account);
      const truths = await truthsOf(database, account, names);
      return scheduled.flatMap((one) => {
        const truth = truths.find(({ resource }) => resource === one.resource);
        return truth === undefined ? [] : [stateOf(one, truth, ticks, surroundings)];
      });
    },
  };
}

function isFull({ kind }: Pull): boolean {
  return kind === "full";
}

function keptOf({ name, expression }: Pull, timezone: string): readonly Kept[] {
  if (expression === null) return [];
  return [{ name, expression: `${expression} ${timezone}`, calendar: calendarOf(expression, timezone) }];
}

const NO_GAPS: Gaps = { pendingDetails: 0, quarantined: 0, notOffered: [] };

function stateOf(
  { resource, full, incremental, kept }: Scheduled,
  truth: Truth,
  ticks: ReadonlyMap<string, KnownTick>,
  { now, lastRequestAt, gaps }: Surroundings,
): ResourceState {
  const { freshAsOf, provenAsOf, firstFullAt, running, failure } = truth;
  const scheduleOf = ({ name, expression, schedule }: Pull): Schedule => ({
    schedule,
    nextDue: expression === null ? null : (ticks.get(name)?.nextAt ?? null),
  });
  const after = (schedules: readonly Kept[], read: Date | null, periods: number) => {
    if (read === null) return null;
    const since = schedules.reduce((from, one) => later(from, setAt(one, ticks.get(one.name), now)), read);
    return deadlineOf(calendarsOf(schedules), since, periods);
  };
  const ofFull = kept.filter(({ name }) => name === full.name);
  const dates = {
    lateAt: after(kept, freshAsOf, 1),
    overdueAt: after(kept, freshAsOf, 2),
    unprovenAt: provenAsOf === null && ofFull.length > 0 ? firstFullAt : after(ofFull, provenAsOf, 1),
    unprovenThreeNightsAt: after(ofFull, provenAsOf ?? firstFullAt, provenAsOf === null ? NIGHTS - 1 : NIGHTS),
  };
  const run =
    running === null
      ? null
      : {
          isFull: running.kind === "full",
          hasRead: running.hasRead,
          aliveAt: later(running.startedAt, lastRequestAt ?? running.startedAt),
        };
  return {
    ...truth,
    ...(gaps.get(resource) ?? NO_GAPS),
    ...dates,
    word: wordOf({ isScheduled: kept.length > 0, freshAsOf, ...dates, hasFailed: failure !== null, run }, now),
    periodMs: periodOf(calendarsOf(kept), now),
    full: scheduleOf(full),
    incremental: incremental === null ? null : scheduleOf(incremental),
  };
}

/** Since when a schedule promises anything: not before it was set, nor before a worker knows it. */
function setAt({ expression }: Kept, tick: KnownTick | undefined, now: Date): Date {
  if (tick === undefined) return LONG_AGO;
  return tick.expression === expression ? (tick.expressionSince ?? LONG_AGO) : now;
}

const LONG_AGO = new Date(0);

function calendarsOf(schedules: readonly Kept[]): readonly Calendar[] {
  return schedules.map(({ calendar }) => calendar);
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
