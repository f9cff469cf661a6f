import type { CallContext } from "../../api/client.ts";
import { ApiError, NOT_FOUND_PAGE } from "../../api/errors.ts";
import { inTransaction } from "../../database/client.ts";
import { withoutPrisma, type Statements } from "../../database/statements.ts";
import { markDeleted } from "../../mirror/deletions.ts";
import { inNet } from "../../mirror/write-row-by-row.ts";
import type { SyncContext } from "../context.ts";
import type { CandidateState } from "./absences.ts";
import { resources } from "../resources.ts";
import { loadRun, type Run } from "../runs/load-run.ts";
import { lockRun } from "../runs/runs.ts";
import { show, writeShown } from "../details/shown.ts";

/** A row to request by its id. A control row is one that the list has just shown: it shows whether the API returns single rows at all. */
export interface RowJob {
  readonly run: number;
  readonly id: string;
  readonly controlRow: boolean;
}

/** The result of a request: the row, or its absence. A web page is a weaker proof of absence than an answer of the API. */
type Answer = { readonly is: "there"; readonly item: unknown } | { readonly is: "absent" | "absent-by-page" };

/**
 * Requests one row that a proven run did not see. If it is not found, it is marked as deleted. If it is found, it is
 * mirrored, and the run has not seen every row. Any other answer proves nothing and is thrown. Returns whether the run has
 * no more rows to wait for.
 */
export async function confirmRow(deps: SyncContext, job: RowJob, context: CallContext): Promise<boolean> {
  const run = await loadRun(deps.database, job.run);
  if (run?.state !== "running") return false;
  // Another attempt has the answer already, and did not get to what follows from it.
  if (!(await isOpen(withoutPrisma(deps.database), run, job)))
    return job.controlRow || isSettled(withoutPrisma(deps.database), run);
  const answer = await ask(deps, run, job, context);
  return inNet(deps.database, async (tx, write) => {
    await lockRun(tx, run.id);
    const origin = { account: deps.account, run: run.id };
    if (answer.is === "there") await writeShown({ tx, write }, deps, run, answer.item);
    if (job.controlRow) return noteControlRow(tx, run, answer.is === "there" ? "answers" : "silent");
    const state = STATE_AFTER[answer.is];
    const wasOpen = await setState(tx, job, state);
    if (wasOpen && state === "gone") await markDeleted(tx, origin, resources[run.resource].table, [BigInt(job.id)]);
    if (wasOpen && state === "unconfirmed") await noteControlRow(tx, run, null);
    return isSettled(tx, run);
  });
}

const STATE_AFTER = { there: "alive", absent: "gone", "absent-by-page": "unconfirmed" } as const;

/** Leaves a row undetermined, or all rows if the control row could not be requested. Returns whether the run waits for no more rows. */
export function giveRowUp({ database }: SyncContext, job: RowJob): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, job.run);
    const run = await loadRun(tx, job.run);
    if (run?.state !== "running") return false;
    if (job.controlRow) {
      const undecided = { runId: run.id, state: { in: ["open", "unconfirmed"] } };
      await tx.syncCandidate.updateMany({ where: undecided, data: { state: "undetermined" } });
    } else await setState(tx, job, "undetermined");
    return isSettled(tx, run);
  });
}

async function ask(deps: SyncContext, run: Run, job: RowJob, context: CallContext): Promise<Answer> {
  try {
    return { is: "there", item: await show(deps, run, job.id, context) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind !== "not-found") throw error;
    return { is: error.code === NOT_FOUND_PAGE ? "absent-by-page" : "absent" };
  }
}

async function isOpen(database: Statements, run: Run, { id, controlRow }: RowJob): Promise<boolean> {
  if (controlRow) return run.controlRow === null;
  const open = await database.$queryRaw<unknown[]>`
    select from public.sync_candidate where run_id = ${run.id} and id = ${id}::bigint and state = 'open'`;
  return open.length > 0;
}

/** Sets the state of an open candidate. Returns whether it was open. */
async function setState(tx: Statements, job: RowJob, state: CandidateState): Promise<boolean> {
  const changed = await tx.$executeRaw`
    update public.sync_candidate set state = ${state} where run_id = ${job.run} and id = ${job.id}::bigint and state = 'open'`;
  return changed === 1;
}

async function noteControlRow(tx: Statements, run: Run, controlRow: Run["controlRow"]): Promise<boolean> {
  await tx.$executeRaw`update public.sync_run set control_row = ${controlRow} where id = ${run.id}`;
  return true;
}

async function isSettled(tx: Statements, run: Run): Promise<boolean> {
  const open = await tx.$queryRaw<unknown[]>`
    select from public.sync_candidate where run_id = ${run.id} and state = 'open' limit 1`;
  return open.length === 0;
}
