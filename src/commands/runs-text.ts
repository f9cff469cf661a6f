/** Runs as a person reads them, and the exit code that they come to. */
import { counted, localTime, plain, table } from "../platform/text.ts";
import type { RunReport } from "../sync/runs/report.ts";
import { EXIT } from "./run.ts";

/** `failed` where a run failed; `unproven` where one proved nothing or waits for a review. */
export function exitCodeOf(runs: readonly RunReport[]): number {
  if (runs.some(({ state }) => state === "failed")) return EXIT.failed;
  return runs.some(({ state }) => state === "unproven" || state === "needs_review") ? EXIT.unproven : EXIT.ok;
}

/** A line for each run, and one more for each that failed. */
export function renderRuns(runs: readonly RunReport[]): string {
  const lines = table(
    [
      "run",
      "resource",
      "sync",
      "outcome",
      "started",
      "rows",
      "new",
      "changed",
      "deleted",
      "unchanged",
      "quarantined",
      "pages",
    ],
    runs.map((run) => [
      run.run,
      run.resource,
      run.kind,
      run.state,
      localTime(run.startedAt),
      run.total === null ? run.rows : `${run.rows}/${run.total}`,
      run.inserted,
      run.updated + run.restored,
      run.proof?.deleted ?? 0,
      run.unchanged,
      run.quarantined,
      run.pages,
    ]),
  );
  const proofs = runs.flatMap((run) => (run.proof === null ? [] : [describeProof(run, run.proof)]));
  const details = runs.flatMap(({ run, details: counts }) =>
    (counts?.selected ?? 0) === 0
      ? []
      : [`Run ${run}: ${counts?.completed} of ${counted(counts?.selected ?? 0, "row")} completed one by one.`],
  );
  const failures = runs.flatMap((run) => (run.error === null ? [] : [`Run ${run.run}: ${plain(run.error.message)}`]));
  return [lines, ...proofs, ...details, ...failures].join("\n");
}

function describeProof({ run, pages, state, error }: RunReport, proof: NonNullable<RunReport["proof"]>): string {
  const { seen, leastTotal, overlapping, candidates, deleted, refuted } = proof;
  const length = leastTotal === null ? "a list whose length is not reported" : `a list of at least ${leastTotal}`;
  const left = (candidates ?? 0) - deleted - refuted;
  // Of those that a person has kept, or is to decide on, the run's own message says more.
  const rest =
    left > 0 && state === "proven" && error === null
      ? `; ${left} ${left === 1 ? "waits" : "wait"} for the next full sync`
      : "";
  const absent =
    candidates === null
      ? ""
      : `; absent ${candidates}, of which ${deleted} marked as deleted and ${refuted} found again${rest}`;
  return `Run ${run}: ${counted(seen, "row")} seen of ${length}, ${counted(pages, "page")}, ${overlapping} of them overlapping${absent}.`;
}
