import { SLOT_MS } from "../simulation/api.ts";
import { percentile } from "../support/figures.ts";
import type { ChangeKind } from "./changes.ts";
import type { Schedule } from "./schedule.ts";
import { simulateDay } from "./simulate.ts";
import type { Sizes } from "./source.ts";

/** Units: of each entity there is a list, and each list a page. */
const SIZES: Sizes = {
  campaigns: 300,
  applications: 20_000,
  applicants: 15_000,
  managers: 40,
  entities: 12,
  units: 12 * 50,
};
const MINUTE_MS = 60_000;
const LONGEST_MINUTES = 24 * 60;

/** What a schedule comes to over several days, each drawn from a seed of its own. */
export interface Measured {
  /** A day: for campaigns and applications, and for the lists that are read at night alone. */
  readonly requests: number;
  readonly otherRequests: number;
  /** Seconds until changes are in the mirror; null: changes of every kind. */
  readonly age: (kind: ChangeKind | null, share: number) => number;
  /** The most requests of an incremental sync of applications in which nothing changed; NaN without one. */
  readonly mostWhenQuiet: number;
}

export function measure(
  schedule: Schedule,
  { days, seed }: { readonly days: number; readonly seed: number },
): Measured {
  const results = Array.from({ length: days }, (_, day) => simulateDay(schedule, SIZES, seed + day));
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / days;
  const ages = results.flatMap((result) => result.ages);
  return {
    requests: mean(results.map(({ requests }) => requests)),
    otherRequests: mean(results.map(({ otherRequests }) => otherRequests)),
    age: (kind, share) =>
      percentile(
        ages.filter((one) => kind === null || one.kind === kind).map(({ age }) => age / 1_000),
        share,
      ),
    mostWhenQuiet: percentile(
      results.flatMap(({ quiet }) => quiet),
      1,
    ),
  };
}

/**
 * The shortest interval, in whole minutes, at which full syncs alone are no fresher than a median age in seconds; a day
 * where they always are. None is shorter than a full sync.
 */
export function intervalOf(median: number, measureAt: (minutes: number) => Measured): number {
  let low = Math.ceil((SIZES.applications / 50) * 1.1 * (SLOT_MS / MINUTE_MS));
  let high = LONGEST_MINUTES;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (measureAt(middle).age(null, 0.5) < median) low = middle + 1;
    else high = middle;
  }
  return low;
}
