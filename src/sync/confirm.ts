import type { ApiClient, CallContext } from "../api/client.ts";
import { ApiError, NOT_FOUND_PAGE } from "../api/errors.ts";
import { inTransaction, type Executor } from "../database.ts";
import { AppError } from "../errors.ts";
import { markDeleted } from "../mirror/tombstones.ts";
import { writeItems } from "../mirror/write-items.ts";
import type { ConcludeDeps } from "./conclude.ts";
import { resources, sortItems, type Resource } from "./resources.ts";
import { loadRun, lockRun, type Run } from "./runs.ts";

/** A row to ask for by its id. A witness is a row that is surely there: it shows whether the API answers such questions. */
export interface RowJob {
  readonly run: number;
  readonly id: string;
  readonly witness: boolean;
}

export interface ConfirmDeps extends ConcludeDeps {
  readonly api: Pick<ApiClient, "show">;
}

/**
 * Asks for one row that a proven run did not see. Not found: it is marked as deleted. Found: it is mirrored, and the run
 * has not seen all. Any other answer proves nothing and is thrown. Returns whether the run waits for nothing more.
 */
export async function confirmRow(deps: ConfirmDeps, job: RowJob, context: CallContext): Promise<boolean> {
  const run = await loadRun(deps.database, job.run);
  if (run?.state !== "running") return false;
  const resource: Resource = resources[run.resource];
  const item = await ask(deps, run, resource, job, context);
  return inTransaction(deps.database, async (tx) => {
    await lockRun(tx, run.id);
    const origin = { account: deps.account, run: run.id };
    if (item !== null) {
      const { main, parts } = sortItems(resource, [item]);
      for (const { table, items } of [main, ...parts]) await writeItems(tx, origin, table, items);
    }
    if (job.witness) return noteWitness(tx, run, item === null ? "silent" : "answers");
    const candidate = { runId: run.id, id: BigInt(job.id), state: "open" };
    const state = item === null ? "gone" : "alive";
    const { count } = await tx.syncCandidate.updateMany({ where: candidate, data: { state } });
    if (count === 1 && item === null) await markDeleted(tx, origin, resource.table, [BigInt(job.id)]);
    return isSettled(tx, run);
  });
}

/** Leaves a row undecided. Returns whether the run waits for nothing more. */
export function giveRowUp({ database }: ConfirmDeps, job: RowJob): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, job.run);
    const run = await loadRun(tx, job.run);
    if (run?.state !== "running") return false;
    if (job.witness) return noteWitness(tx, run, "silent");
    const candidate = { runId: job.run, id: BigInt(job.id), state: "open" };
    await tx.syncCandidate.updateMany({ where: candidate, data: { state: "unsettled" } });
    return isSettled(tx, run);
  });
}

/** The row as it came; null where the API says that there is none. */
async function ask(deps: ConfirmDeps, { resource: name }: Run, resource: Resource, job: RowJob, context: CallContext) {
  try {
    return await deps.api.show(name, job.id, context, resource.embed[deps.accountKind]);
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind !== "not-found") throw error;
    if (error.code !== NOT_FOUND_PAGE) return null;
    const message = "The answer is a web page, which may be anybody's: it does not prove that the row is gone.";
    throw new AppError("row_undecided", message, { cause: error, disposition: "retry" });
  }
}

async function noteWitness(tx: Executor, run: Run, witness: "answers" | "silent"): Promise<boolean> {
  await tx.syncRun.update({ where: { id: run.id }, data: { witness } });
  return true;
}

async function isSettled(tx: Executor, run: Run): Promise<boolean> {
  return (await tx.syncCandidate.count({ where: { runId: run.id, state: "open" } })) === 0;
}
