import { writeAudit, type Decider, type DecisionCode } from "../../database/audit.ts";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { UsageError } from "../../platform/errors.ts";
import { dropPages, lockRun } from "../runs/runs.ts";

const EXAMPLES = 5;

/** A proven run that waits for a person, because it would mark too many rows as deleted. */
export interface HeldRun {
  readonly run: number;
  readonly resource: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly absent: number;
  /** The number of living rows with which the run was compared. */
  readonly known: number;
  /** The ids of the newest absent rows. */
  readonly examples: readonly string[];
}

/** The runs of an account that wait for a decision, newest first. Only the latest full run of a resource can. */
export async function heldRuns(database: Database, account: string): Promise<readonly HeldRun[]> {
  const runs = await database.syncRun.findMany({
    where: { account, state: "needs_review" },
    orderBy: { id: "desc" },
    include: { candidateRows: { orderBy: { id: "desc" }, take: EXAMPLES, select: { id: true } } },
  });
  const latest = await Promise.all(runs.map(async (run) => ((await isLatest(database, run)) ? [run] : [])));
  return latest.flat().map((run) => ({
    run: run.id,
    resource: run.resource,
    startedAt: run.startedAt.toISOString(),
    absent: run.candidates ?? 0,
    known: run.known ?? 0,
    examples: run.candidateRows.map(({ id }) => id.toString()),
  }));
}

/** Who decides about a run, and how many absent rows they were shown: the decision is refused if these are others now. */
export interface ReviewDecision {
  readonly database: Database;
  readonly account: string;
  readonly by: Decider;
  /** Null: the decision is about whatever is absent. */
  readonly absent: number | null;
}

/** Accepts the deletions: the run continues and confirms its candidates. Throws `no_such_review`, `review_changed`, `run_going`. */
export function acceptRun(decision: ReviewDecision, id: number): Promise<void> {
  const { database, account } = decision;
  return inTransaction(database, async (tx) => {
    const { resource } = await decideRun(tx, decision, id, "deletions_accepted");
    const going = await tx.syncRun.findFirst({ where: { account, resource, state: "running" }, select: { id: true } });
    if (going !== null) {
      throw new UsageError("run_going", {
        en: `Run ${going.id} of ${resource} is running. Wait until it has ended, then review again.`,
        fr: `La synchronisation ${going.id} (${resource}) est en cours. Attendez sa fin, puis décidez.`,
      });
    }
    await tx.syncRun.update({
      where: { id },
      data: { state: "running", accepted: true, finishedAt: null, errorCode: null, errorMessage: null },
    });
  });
}

/** Rejects the deletions: all rows are kept. Throws `no_such_review`, `review_changed`. */
export function rejectRun(decision: ReviewDecision, id: number): Promise<void> {
  return inTransaction(decision.database, async (tx) => {
    await decideRun(tx, decision, id, "deletions_rejected");
    await tx.syncCandidate.updateMany({ where: { runId: id }, data: { state: "rejected" } });
    const errorMessage = "A person looked at the absent rows and kept them all.";
    await tx.syncRun.update({ where: { id }, data: { state: "proven", errorCode: "rejected", errorMessage } });
    await dropPages(tx, id);
  });
}

/** Locks a run that waits for a decision, and adds the row of the audit. */
async function decideRun(
  tx: Executor,
  { account, by, absent: shown }: ReviewDecision,
  id: number,
  what: DecisionCode,
): Promise<{ readonly resource: string }> {
  const { resource, candidates: absent, known } = await heldRun(tx, account, id);
  if (shown !== null && shown !== absent) {
    throw new UsageError("review_changed", {
      en: `Run ${id} has ${absent ?? 0} absent rows now, not ${shown}: look at them again before you decide.`,
      fr: `La synchronisation ${id} a maintenant ${absent ?? 0} lignes absentes, et non ${shown} : regardez-les de nouveau avant de décider.`,
    });
  }
  await writeAudit(tx, { account, by, what, subjects: [id], facts: { resource, absent, known } });
  return { resource };
}

async function heldRun(tx: Executor, account: string, id: number) {
  await lockRun(tx, id);
  const run = await tx.syncRun.findFirst({ where: { id, account, state: "needs_review" } });
  if (run !== null && (await isLatest(tx, run))) return run;
  throw new UsageError("no_such_review", {
    en: `Run ${id} does not wait for a decision, or a later run of its resource has ended. See: applicant-sync review`,
    fr: `La synchronisation ${id} n'attend pas de décision, ou une synchronisation plus récente s'est terminée. Voyez : applicant-sync review`,
  });
}

async function isLatest(
  tx: Executor,
  run: { readonly id: number; readonly account: string; readonly resource: string },
) {
  const { account, resource } = run;
  const later = { account, resource, kind: "full", id: { gt: run.id }, state: { not: "failed" } };
  return (await tx.syncRun.findFirst({ where: later, select: { id: true } })) === null;
}
