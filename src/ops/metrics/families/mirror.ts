import { WORDS, type ResourceState } from "../../state/types.ts";
import { stored, timestamp, type FamilyRow, type Sample, type StoredFacts } from "../family.ts";
import type { RunCount } from "../runs.ts";

/** How fresh and how proven the mirror is, and what the runs did. */
export const mirrorFamilies: readonly FamilyRow[] = [
  {
    name: "mirror_fresh_timestamp_seconds",
    help: "When the last run that read the list began: the mirror is as fresh as that",
    labels: ["resource"],
    read: ofResource(({ freshAsOf }) => timestamp(freshAsOf)),
  },
  {
    name: "mirror_proven_timestamp_seconds",
    help: "When the last proven run began: the mirror was exact at that time",
    labels: ["resource"],
    read: ofResource(({ provenAsOf }) => timestamp(provenAsOf)),
  },
  {
    name: "mirror_late_timestamp_seconds",
    help: "When the mirror becomes late unless it is read before: the next tick of its schedules, and a grace",
    labels: ["resource"],
    read: ofResource(({ lateAt }) => timestamp(lateAt)),
  },
  {
    name: "mirror_overdue_timestamp_seconds",
    help: "When the mirror becomes overdue unless it is read before: the second tick of its schedules, and a grace",
    labels: ["resource"],
    read: ofResource(({ overdueAt }) => timestamp(overdueAt)),
  },
  {
    name: "mirror_unproven_timestamp_seconds",
    help: "When the mirror has been unproven for three nights, unless a full sync proves it before",
    labels: ["resource"],
    read: ofResource(({ unprovenThreeNightsAt }) => timestamp(unprovenThreeNightsAt)),
  },
  {
    name: "mirror_state",
    help: "1 for the word that sums the resource up, 0 for every other word",
    labels: ["resource", "state"],
    read: stored(({ state }) =>
      state.resources.flatMap(({ resource, word }) =>
        WORDS.map((one) => ({ labels: { resource, state: one }, value: one === word ? 1 : 0 })),
      ),
    ),
  },
  {
    name: "mirror_pending_details",
    help: "Rows that a list showed in part and that wait to be requested one by one",
    labels: ["resource"],
    read: ofResource(({ pendingDetails }) => pendingDetails),
  },
  {
    name: "mirror_quarantined_items",
    help: "Items in quarantine: they could not become rows",
    labels: ["resource"],
    read: ofResource(({ quarantined }) => quarantined),
  },
  {
    name: "schedule_period_seconds",
    help: "The longest time between two ticks of its schedules; absent without a schedule",
    labels: ["resource"],
    read: ofResource(({ periodMs }) => (periodMs === null ? null : periodMs / 1000)),
  },
  {
    name: "run_started_timestamp_seconds",
    help: "When the run that is running started; absent while none is",
    labels: ["resource"],
    read: ofResource(({ running }) => timestamp(running?.startedAt ?? null)),
  },
  {
    name: "reviews_waiting",
    help: "Runs that wait for a decision on what they would mark as deleted",
    labels: ["resource"],
    read: ofResource(({ resource }, { state }) => state.reviews.filter((one) => one.resource === resource).length),
  },
  {
    name: "runs_total",
    help: "Runs that ended; one that waited for a decision counts once it is decided, or replaced by a later one",
    labels: ["resource", "kind", "outcome"],
    read: stored(({ state, runs }) =>
      state.resources.flatMap(({ resource, incremental }) => [
        ...countsOf(runs, resource, "full", ["proven", "unproven", "needs_review", "failed"]),
        ...(incremental === null ? [] : countsOf(runs, resource, "incremental", ["done", "failed"])),
      ]),
    ),
  },
  {
    name: "rows_written_total",
    help: "Rows of the mirror that ended runs inserted, updated, or restored after they had been marked as deleted",
    labels: ["resource", "change"],
    read: stored(({ state, runs }) =>
      state.resources.flatMap(({ resource }) =>
        (["inserted", "updated", "restored"] as const).map((change) => ({
          labels: { resource, change },
          value: sumOf(runs, resource, (one) => one[change]),
        })),
      ),
    ),
  },
  {
    name: "tombstones_total",
    help: "Rows of the mirror that ended runs marked as deleted",
    labels: ["resource"],
    read: ofResource(({ resource }, { runs }) => sumOf(runs, resource, ({ deleted }) => deleted)),
  },
];

/** A sample for each resource of which the value is known. */
function ofResource(value: (resource: ResourceState, facts: StoredFacts) => number | null): FamilyRow["read"] {
  return stored((facts) =>
    facts.state.resources.flatMap((one) => {
      const found = value(one, facts);
      return found === null ? [] : [{ labels: { resource: one.resource }, value: found }];
    }),
  );
}

/** Outcomes that have not happened yet are there as well, with 0: the first one is then seen as an increase. */
function countsOf(
  runs: readonly RunCount[],
  resource: string,
  kind: string,
  outcomes: readonly string[],
): readonly Sample[] {
  return outcomes.map((outcome) => {
    const ofOutcome = runs.filter((one) => one.kind === kind && one.outcome === outcome);
    return { labels: { resource, kind, outcome }, value: sumOf(ofOutcome, resource, ({ count }) => count) };
  });
}

function sumOf(runs: readonly RunCount[], resource: string, value: (run: RunCount) => number): number {
  return runs.reduce((sum, run) => (run.resource === resource ? sum + value(run) : sum), 0);
}
