/**
 * `npm run bench -- day [--days 5] [--seed 1]`: a day of an account with 20,000 applications and 300 campaigns, in
 * simulated time, under the default schedule and under full syncs alone: requests, and how old changes are when they
 * reach the mirror.
 */
import { table, spellDuration } from "../../src/platform/text.ts";
import { CHANGES, kinds, WORK, type ChangeKind } from "./day/changes.ts";
import { intervalOf, measure, type Measured } from "./day/measure.ts";
import { STATUS_VALUES } from "./day/rows.ts";
import { fullSyncsEvery, ownSchedule } from "./day/schedule.ts";
import { LATENCY } from "./day/simulate.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { short } from "./support/figures.ts";

const REQUESTS_BAR = 0.3;
const QUIET_BAR = 2 + STATUS_VALUES;
const QUOTA_OF_A_DAY = 120 * 24 * 60;
/** Shown beside the one that is as fresh as ours. */
const OTHER_INTERVALS = [60, 6 * 60, 24 * 60] as const;

interface Row {
  readonly name: string;
  readonly measured: Measured;
}

export async function measureDay(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { days: "5", seed: "1" });
  const draws = { days: countOf(options.days, "days"), seed: countOf(options.seed, "seed") };
  tell("default schedule");
  const own = measure(ownSchedule(), draws);
  const measureAt = (minutes: number) => {
    tell(`full syncs every ${minutes} min`);
    return measure(fullSyncsEvery(minutes), draws);
  };
  const interval = intervalOf(own.age(null, 0.5), measureAt);
  const rows = [interval, ...OTHER_INTERVALS].map((minutes): Row => ({
    name: `full alone, every ${spellDuration(minutes * 60)}`,
    measured: measureAt(minutes),
  }));
  const all = [{ name: "default schedule", measured: own }, ...rows];
  const same = rows[0]?.measured.requests ?? NaN;
  const ratio = own.requests / same;
  return {
    text: [
      requestsTable(all),
      agesTable(all),
      `Requests of the default schedule against full syncs alone every ${spellDuration(interval * 60)}, which are no fresher by the median: ${short(ratio * 100)} %.`,
      `Most requests of an incremental sync of applications in which nothing changed: ${own.mostWhenQuiet}.`,
      `Of ${draws.days} days; ${WORK.share * 100} % of the changes from ${WORK.from}:00 to ${WORK.to}:00; answers in ${LATENCY.min}-${LATENCY.max} ms; ${STATUS_VALUES} status values.`,
    ].join("\n\n"),
    missed: [
      ...(ratio <= REQUESTS_BAR ? [] : [`${short(ratio * 100)} % of the requests, more than ${REQUESTS_BAR * 100} %`]),
      ...(own.mostWhenQuiet <= QUIET_BAR
        ? []
        : [`${own.mostWhenQuiet} requests where nothing changed, more than ${QUIET_BAR}`]),
    ],
  };
}

function requestsTable(rows: readonly Row[]): string {
  const head = ["schedule", "requests a day", "of the quota", "with the nightly lists", "of the quota"];
  const share = (requests: number) => `${short((requests / QUOTA_OF_A_DAY) * 100)} %`;
  return table(
    head,
    rows.map(({ name, measured: { requests, otherRequests } }) => {
      const whole = requests + otherRequests;
      return [name, Math.round(requests), share(requests), Math.round(whole), share(whole)];
    }),
  );
}

/** Median and 95th percentile of each kind of change, a schedule a line. */
function agesTable(rows: readonly Row[]): string {
  const shown: readonly (ChangeKind | null)[] = [null, ...kinds];
  const head = shown.map((kind) => (kind === null ? "all" : `${kind} (${CHANGES[kind]})`));
  const cell = ({ age }: Measured, kind: ChangeKind | null) =>
    `${spellDuration(age(kind, 0.5))} / ${spellDuration(age(kind, 0.95))}`;
  return table(
    ["median / p95 age", ...head],
    rows.map(({ name, measured }) => [name, ...shown.map((kind) => cell(measured, kind))]),
  );
}
