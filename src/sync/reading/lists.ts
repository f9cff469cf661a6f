/**
 * Which lists a run reads. A full run reads one list, an incremental run the head of it in each order and the windows of each
 * status. Of a resource with one list for each parent, such as the units of each entity, a run first waits until the parents
 * have been read, then reads the list of each parent. It concludes something from absence only if a run has proven the parents.
 */
import { inTransaction, type Executor } from "../../database/client.ts";
import { knownStatuses, livingIds } from "../../mirror/queries.ts";
import type { SyncContext } from "../context.ts";
import { resources, type Resource, type ResourceName } from "../resources.ts";
import { lastRead, latestFull, loadRun, type Run } from "../runs/load-run.ts";
import { lockRun } from "../runs/runs.ts";
import { addWalkers } from "../runs/walkers.ts";
import { newWalker, type Walker } from "./walker.ts";

const DAY_MS = 86_400_000;
/** How old the last full run of the parents may be. */
const FRESH_MS = 3_600_000;

/** The walkers with which a run begins: none if its lists have to be found first, null for an incremental run before the first full one. */
export async function firstWalkers(
  { database, account, accountKind }: SyncContext,
  { resource: name, kind }: Pick<Run, "resource" | "kind">,
): Promise<readonly Walker[] | null> {
  const resource = resources[name];
  if (kind === "full") return resource.parent === null ? [newWalker(0, 1)] : [];
  const last = await lastRead(database, account, name);
  if (last === null) return null;
  const heads = resource.polls[accountKind].map((orderBy) => ({ orderBy }));
  const since = new Date(new Date(last.getTime() - DAY_MS).toISOString().slice(0, 10));
  const statuses = resource.windows[accountKind] ? await knownStatuses(database, account, resource.table) : [];
  const windows = statuses.map((status) => ({ status, since }));
  return [...heads, ...windows].map((list, index) => newWalker(index, 1, list));
}

/** The state of the last full run of the parents. `stale`: it is too old, or there is none. */
export async function parentsOf({ database, account }: SyncContext, parent: ResourceName) {
  const latest = await latestFull(database, account, parent);
  if (latest?.state === "running") return "going";
  if (latest === null || latest.startedAt.getTime() < Date.now() - FRESH_MS) return "stale";
  return latest.state === "failed" ? "failed" : "read";
}

/** Adds one walker for the list of each living parent, unless the run already has walkers. Returns how many it has. */
export function openLists({ database, account }: SyncContext, id: number, parent: ResourceName): Promise<number> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, id);
    const run = await loadRun(tx, id);
    if (run === null || run.walkers.length > 0) return run?.walkers.length ?? 0;
    const ids = await livingIds(tx, account, resources[parent].table);
    await addWalkers(
      tx,
      id,
      ids.map((row, index) => newWalker(index, 1, { parent: row })),
    );
    return ids.length;
  });
}

/** Ends the walk of a parent's list for which the API answers 404. Returns the walkers that have a step to do now: none. */
export async function leaveList(tx: Executor, { id }: Run, { index, step }: Walker): Promise<readonly Walker[]> {
  await lockRun(tx, id);
  await tx.syncWalker.updateMany({ where: { runId: id, index, step, endedBy: null }, data: { endedBy: "refused" } });
  return [];
}

/** Whether a run has read the list of every living parent. */
export async function knowsItsLists(
  tx: Executor,
  { account }: Pick<SyncContext, "account">,
  { walkers }: Run,
  { parent }: Resource,
): Promise<boolean> {
  if (parent === null) return true;
  const latest = await latestFull(tx, account, parent.resource, { ended: true });
  if (latest?.state !== "proven" && latest?.state !== "needs_review") return false;
  const walked = new Set(walkers.map((walker) => walker.parent));
  return (await livingIds(tx, account, resources[parent.resource].table)).every((id) => walked.has(id));
}
