import { openQueues, openStores, type Context } from "../main.ts";
import { acceptRun, heldRuns, rejectRun, type HeldRun } from "../sync/review.ts";
import { table } from "./text.ts";

export type Decision = { readonly accept: number } | { readonly reject: number } | null;

/** The runs that the brake stopped, after the decision on one of them. Accepted, a run goes on with the next worker. */
export async function review(context: Context, decision: Decision): Promise<readonly HeldRun[]> {
  const stores = await openStores(context);
  const { account } = context.config;
  if (decision !== null && "accept" in decision) {
    const { queues } = await openQueues(context, stores);
    await acceptRun(stores.database, account, decision.accept);
    await queues.enqueue("finish", { run: decision.accept });
  }
  if (decision !== null && "reject" in decision) await rejectRun(stores.database, account, decision.reject);
  return heldRuns(stores.database, account);
}

/** The runs as a person reads them. */
export function renderReview(runs: readonly HeldRun[]): string {
  if (runs.length === 0) return "Nothing waits for a decision.";
  const lines = table(
    ["run", "resource", "started", "rows absent", "of", "for example"],
    runs.map((run) => [run.run, run.resource, run.startedAt, run.absent, run.known, run.examples.join(", ")]),
  );
  const advice = `Look whether these rows are gone at the source, then: applicant-sync review --accept RUN (each is still asked for before it is marked as deleted, where the API allows it) or --reject RUN.`;
  return `${lines}\n${advice}`;
}
