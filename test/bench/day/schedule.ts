import { loadConfig } from "../../../src/config/config.ts";
import { pullsOf } from "../../../src/schedule/pulls.ts";
import { comingTicks } from "../../../src/schedule/cron.ts";
import { resourceNames, resources, type ResourceName } from "../../../src/sync/resources.ts";
import type { RunKind } from "../../../src/sync/runs/runs.ts";
import { DAY_MS } from "./changes.ts";

export interface Wanted {
  readonly resource: ResourceName;
  readonly kind: RunKind;
}

export interface Tick extends Wanted {
  readonly at: number;
}

export type Schedule = readonly Tick[];

const DAYS = 3;
const MINUTE_MS = 60_000;

/** Monday 1 March 2027 in Paris. Weeks differ in nothing but the change of the clocks, which is on a Sunday. */
const MONDAY = Date.parse("2027-03-01T00:00:00+01:00");
/** The days are Monday, Tuesday and Wednesday; the last entry ends them. */
export const MIDNIGHTS = [MONDAY, MONDAY + DAY_MS, MONDAY + 2 * DAY_MS, MONDAY + DAYS * DAY_MS] as const;

/** What a worker does of which nothing is set but its keys. */
export function ownSchedule(): Schedule {
  const config = loadConfig({}, { keys: false });
  const { timezone } = config.schedules;
  const [monday = new Date()] = comingTicks("0 0 * * 1", timezone, new Date()).ticks;
  const until = new Date(monday.getTime() + DAYS * DAY_MS);
  return pullsOf(config).flatMap(({ resource, kind, expression }) =>
    expression === null
      ? []
      : comingTicks(expression, timezone, until)
          .ticks.map((tick) => ({ resource, kind, at: MONDAY + tick.getTime() - monday.getTime() }))
          .filter(({ at }) => at >= MONDAY && at < MIDNIGHTS[DAYS]),
  );
}

/**
 * Campaigns and applications by full syncs alone, all day and night, the other lists as we do. The last ones begin when
 * nothing changes any more.
 */
export function fullSyncsEvery(minutes: number): Schedule {
  const count = Math.ceil((MIDNIGHTS[2] - MONDAY) / (minutes * MINUTE_MS)) + 1;
  const times = Array.from({ length: count }, (_, i) => MONDAY + i * minutes * MINUTE_MS);
  const full = compared.flatMap((resource) => times.map((at) => ({ resource, kind: "full" as const, at })));
  return [...full, ...ownSchedule().filter(({ resource }) => !compared.includes(resource))];
}

/** The lists that have incremental syncs: campaigns and applications. */
export const compared: readonly ResourceName[] = resourceNames.filter(
  (name) => resources[name].polls.customer.length > 0,
);
