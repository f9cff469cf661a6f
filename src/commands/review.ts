import { openStores, type Context } from "../wiring.ts";
import { acceptRun, heldRuns, rejectRun, type HeldRun } from "../sync/conclusion/review.ts";
import { table } from "../platform/text.ts";

export type Decision = { readonly accept: number } | { readonly reject: number } | null;

/** The runs that the brake stopped, after the decision on one of them. The watchdog of a worker resumes an accepted run. */
export async function review(context: Context, decision: Decision): Promise<readonly HeldRun[]> {
  const stores = await openStores(context);
  const { account } = context.config;
  if (decision !== null && "accept" in decision) {
    await acceptRun(stores.database, account, decision.accept);
  }
  if (decision !== null && "reject" in decision) await rejectRun(stores.database, account, decision.reject);
  return heldRuns(stores.database, account);
}

/** What comes of the decision, and the runs that wait for one, as a person reads them. */
export function renderReview(runs: readonly HeldRun[], decision: Decision = null): string {
  return [...describeDecision(decision), describeHeld(runs, decision)].join("\n");
}

function describeDecision(decision: Decision): readonly string[] {
  if (decision === null) return [];
  if ("reject" in decision) return [`Run ${decision.reject} has ended: all its rows are kept.`];
  return [
    `Run ${decision.accept} goes on: each row is asked for, where the API allows it, and marked as deleted if it is gone. ` +
      `It needs a worker: one that runs (applicant-sync start) resumes it within half a minute, as does the next applicant-sync sync.`,
  ];
}

function describeHeld(runs: readonly HeldRun[], decision: Decision): string {
  if (runs.length === 0) return `Nothing ${decision === null ? "" : "else "}waits for a decision.`;
  const lines = table(
    ["run", "resource", "started", "rows absent", "of", "for example"],
    runs.map((run) => [run.run, run.resource, run.startedAt, run.absent, run.known, run.examples.join(", ")]),
  );
  const advice = `Look whether these rows are gone at the source, then: applicant-sync review --accept RUN (each is still asked for before it is marked as deleted, where the API allows it) or --reject RUN.`;
  return `${lines}\n${advice}`;
}
