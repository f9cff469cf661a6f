/** The jobs of a run: which there are, and how urgent the request of each is. */
import type { RowJob } from "./conclusion/confirm.ts";
import type { Open } from "./conclusion/absences.ts";
import type { DetailJob } from "./details/details.ts";
import type { Walker } from "./reading/walker.ts";
import type { Run } from "./runs/load-run.ts";

/** Why a job's request is urgent: a person waits for it, or it belongs to an incremental or a full run of the schedule. */
export type Urgency = "person" | "incremental" | "full";

/** A job of a run. It holds only ids and numbers. */
export type SyncJob = { readonly urgency: Urgency } & (
  | { readonly kind: "page"; readonly run: number; readonly walker: number; readonly step: number }
  | ({ readonly kind: "confirm" } & RowJob)
  | ({ readonly kind: "detail" } & DetailJob)
);

/** The next page of each walker. */
export function pageJobs(run: Run, walkers: readonly Walker[]): readonly SyncJob[] {
  const urgency = urgencyOf(run, run.kind);
  return walkers.map(({ index, step }) => ({ kind: "page", run: run.id, walker: index, step, urgency }));
}

/** The rows that a list showed in part. */
export function detailJobs(run: Run, ids: readonly DetailJob["id"][]): readonly SyncJob[] {
  return ids.map((id) => ({ kind: "detail", run: run.id, id, urgency: urgencyOf(run) }));
}

/** The rows that a run did not see, its control row first. */
export function confirmJobs(run: Run, { controlRow, candidates }: Open): readonly SyncJob[] {
  const job = { kind: "confirm", run: run.id, urgency: urgencyOf(run) } as const;
  const asked = candidates.map((id): SyncJob => ({ ...job, id, controlRow: false }));
  return controlRow === null ? asked : [{ ...job, id: controlRow, controlRow: true }, ...asked];
}

/** `otherwise`: how urgent it is where no person waits for it. Single rows are few, and a run ends once they are there. */
function urgencyOf({ trigger }: Run, otherwise: Urgency = "incremental"): Urgency {
  return trigger === "command" ? "person" : otherwise;
}
