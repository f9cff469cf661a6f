/**
 * Completing rows where lists bring no embedded data, as the vendor has announced for customers (question Q18 of the
 * reference). A row that a page shows as new or changed without the embeds that were asked for waits in `undetailed`; a
 * run that has read its lists asks for some of them one by one before it ends. Which rows wait, and which of them a run
 * has taken, is in Postgres, so that a lost job or process loses nothing.
 */
import type { CallContext } from "../api/client.ts";
import { inTransaction, type Database, type Executor } from "../database.ts";
import { isObject } from "../mapping/item.ts";
import { noteUndetailed, putBack, strikeDetailed, takenBy, takeUndetailed } from "../mirror/undetailed.ts";
import { resources, type Resource } from "./resources.ts";
import { loadRun, lockRun, type Run } from "./runs.ts";
import { show, writeShown, type ShowDeps } from "./shown.ts";

/** A row to complete. */
export interface DetailJob {
  readonly run: number;
  readonly id: string;
}

export interface DetailDeps extends ShowDeps {
  readonly database: Database;
  readonly account: string;
  /** How many rows one run may ask for. */
  readonly detailsPerRun: number;
}

/** A run that has failed to complete so many rows leaves the others to the next one: the endpoint may be missing or closed. */
const MAX_FAILURES = 3;

/**
 * Notes which rows of a page are to be completed: of a list that gives none of its rows some embed that was asked for,
 * those that were written; those of a page with all embeds need nothing more.
 */
export async function noteDetail(
  tx: Executor,
  { account, accountKind }: Pick<DetailDeps, "account" | "accountKind">,
  resource: Resource,
  page: { readonly items: readonly unknown[]; readonly ids: readonly string[]; readonly written: readonly string[] },
): Promise<void> {
  const embeds = resource.show[accountKind] ? resource.embed[accountKind] : [];
  if (embeds.length === 0) return;
  const brings = (embed: string) => page.items.some((item) => isObject(item) && Object.hasOwn(item, embed));
  const place = { account, table: resource.table };
  if (embeds.every(brings)) await strikeDetailed(tx, place, page.ids);
  else await noteUndetailed(tx, place, page.written);
}

/** The rows that a run which has read its lists still asks for. It takes them once, as many as it may. */
export function openDetails({ database, account, detailsPerRun }: DetailDeps, id: number): Promise<readonly string[]> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, id);
    const run = await loadRun(tx, id);
    if (run?.state !== "running") return [];
    if (run.details === null) {
      const { table } = resources[run.resource];
      const details = await takeUndetailed(tx, { account, table }, id, detailsPerRun);
      await tx.syncRun.update({ where: { id }, data: { details } });
    }
    return takenBy(tx, id);
  });
}

/** Completes one row, with one request. Returns whether the run has none left. What is thrown says that it failed. */
export async function completeRow(deps: DetailDeps, job: DetailJob, context: CallContext): Promise<boolean> {
  const { database, account } = deps;
  const run = await loadRun(database, job.run);
  if (run?.state !== "running" || !(await takenBy(database, run.id)).includes(job.id)) return false;
  const item = await show(deps, run, job.id, context);
  return inTransaction(database, async (tx) => {
    await lockRun(tx, run.id);
    await writeShown(tx, { account, run: run.id }, run, item);
    await strikeDetailed(tx, { account, table: resources[run.resource].table }, [job.id]);
    await tx.syncRun.update({ where: { id: run.id }, data: { detailed: { increment: 1 } } });
    return hasNoneLeft(tx, run);
  });
}

/** Leaves a row that could not be completed to a later run, and after some failures all others too. Returns the same. */
export function leaveRow({ database }: DetailDeps, job: DetailJob): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, job.run);
    const run = await loadRun(tx, job.run);
    if (run?.state !== "running") return false;
    await putBack(tx, run.id, job.id);
    const { detailFailures } = await tx.syncRun.update({
      where: { id: run.id },
      data: { detailFailures: { increment: 1 } },
      select: { detailFailures: true },
    });
    if (detailFailures >= MAX_FAILURES) await putBack(tx, run.id);
    return hasNoneLeft(tx, run);
  });
}

async function hasNoneLeft(tx: Executor, run: Run): Promise<boolean> {
  return (await takenBy(tx, run.id)).length === 0;
}
