/**
 * Resources with one list for each parent, such as the units of each entity. A run first waits until the parents have been
 * read, then reads the list of each parent. It concludes something from absence only if a run has proven the parents.
 */
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { livingIds } from "../../mirror/queries.ts";
import { resources, type Resource, type ResourceName } from "../resources.ts";
import { addWalkers, latestFull, loadRun, lockRun, type Run, type RunWalker } from "../runs/runs.ts";
import { newWalker } from "./walker.ts";

/** How old the last full run of the parents may be. */
const FRESH_MS = 3_600_000;

interface Deps {
  readonly database: Database;
  readonly account: string;
}

/** The state of the last full run of the parents. `stale`: it is too old, or there is none. */
export async function parentsOf({ database, account }: Deps, parent: ResourceName) {
  const latest = await latestFull(database, account, parent);
  if (latest?.state === "running") return "going";
  if (latest === null || latest.startedAt.getTime() < Date.now() - FRESH_MS) return "stale";
  return latest.state === "failed" ? "failed" : "read";
}

/** Adds one walker for the list of each living parent, unless the run already has walkers. Returns how many it has. */
export function openLists({ database, account }: Deps, id: number, parent: ResourceName): Promise<number> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, id);
    const run = await loadRun(tx, id);
    if (run === null || run.walkers.length > 0) return run?.walkers.length ?? 0;
    const ids = await livingIds(tx, account, resources[parent].table);
    await addWalkers(
      tx,
      id,
      ids.map((row, index): RunWalker => {
        const list = { orderBy: "created_at", status: null, since: null, parent: row };
        return { ...newWalker(index, 1), ...list };
      }),
    );
    return ids.length;
  });
}

/** Ends the walk of a parent's list for which the API answers 404. Returns the walkers that have a step to do now: none. */
export async function leaveList(tx: Executor, { id }: Run, { index, step }: RunWalker): Promise<readonly RunWalker[]> {
  await lockRun(tx, id);
  await tx.syncWalker.updateMany({ where: { runId: id, index, step, endedBy: null }, data: { endedBy: "refused" } });
  return [];
}

/** Whether a run has read the list of every living parent. */
export async function knowsItsLists(
  tx: Executor,
  { account }: Pick<Deps, "account">,
  { walkers }: Run,
  { parent }: Resource,
): Promise<boolean> {
  if (parent === null) return true;
  const latest = await latestFull(tx, account, parent.resource, { ended: true });
  if (latest?.state !== "proven" && latest?.state !== "needs_review") return false;
  const walked = new Set(walkers.map((walker) => walker.parent));
  return (await livingIds(tx, account, resources[parent.resource].table)).every((id) => walked.has(id));
}
