/**
 * What a run concludes after it has read its list. Only a proven full run concludes anything from absence. The mirrored
 * rows that it did not see are candidates for deletion, and each is confirmed before it is marked as deleted: by a 404 if
 * the API shows single rows, otherwise by absence from the next proven run too. A person decides on too many at once.
 */
import { counted } from "../../platform/text.ts";
import { inTransaction, type Executor } from "../../database/client.ts";
import { resolveUnseen } from "../../mirror/quarantine.ts";
import { markDeleted, noteAbsent } from "../../mirror/deletions.ts";
import { knowsItsLists } from "../reading/lists.ts";
import { isShown } from "../../api/kelio.ts";
import type { SyncContext } from "../context.ts";
import { prove } from "./proof.ts";
import { resources, type Resource } from "../resources.ts";
import { loadRun, type Run } from "../runs/load-run.ts";
import { endRun, lockRun } from "../runs/runs.ts";

/** The rows that a run still has to request. If there are none, it has ended. */
export interface Open {
  /** A row that the list has just shown. It is requested first: a 404 counts only if the API shows this row. */
  readonly controlRow: string | null;
  readonly candidates: readonly string[];
}

/**
 * The state of a row that the run did not see. `open`: to be requested. `unconfirmed`: answered by a 404 that is a web page,
 * which counts once the control row has been shown again. `gone`: deleted at the source. `alive`: still there. `waiting`:
 * for a second proven run. `undetermined`: could not be requested, nothing is concluded. `rejected`: kept by a person.
 */
export type CandidateState = "open" | "unconfirmed" | "gone" | "alive" | "waiting" | "undetermined" | "rejected";

const NOTHING: Open = { controlRow: null, candidates: [] };
/** How many absences a run decides on by itself: this many rows, or this share of them if that is more. */
const BRAKE = { rows: 20, share: 0.02 } as const;

/** Advances a run whose walkers have all ended as far as it can be advanced now. */
export function conclude(deps: SyncContext, id: number): Promise<Open> {
  return inTransaction(deps.database, async (tx) => {
    await lockRun(tx, id);
    const run = await loadRun(tx, id);
    if (run?.state !== "running") return NOTHING;
    const resource = resources[run.resource];
    if (run.kind === "incremental") await endRun(tx, id, "done", null);
    else if (run.absencesNoted || (await proveAndNoteAbsent(tx, deps, run, resource)))
      return settle(tx, deps, run, resource);
    return NOTHING;
  });
}

/** Proves the run and records the absent rows. Returns false if the run has ended without a conclusion. */
async function proveAndNoteAbsent(tx: Executor, deps: SyncContext, run: Run, resource: Resource): Promise<boolean> {
  const proof = prove({
    endings: run.walkers.map(({ endedBy }) => endedBy),
    contradicted: run.walkers.some(({ header }) => header === "contradicted"),
    knowsItsLists: await knowsItsLists(tx, deps, run, resource),
    ...(await countSeen(tx, deps, run)),
  });
  if (proof.outcome === "proven" || proof.code !== "list_cut_short")
    await resolveUnseen(tx, { account: deps.account, resource: run.resource }, run.id);
  if (proof.outcome === "unproven") {
    await endRun(tx, run.id, "unproven", proof);
    return false;
  }
  const origin = { account: deps.account, run: run.id };
  const { known, absent } = await noteAbsent(tx, origin, resource.table, resource.unlisted[deps.accountKind]);
  await tx.syncRun.update({ where: { id: run.id }, data: { known, candidates: absent } });
  const fresh = absent - (await countWaiting(tx, deps, run));
  const limit = Math.max(BRAKE.rows, Math.floor(known * BRAKE.share));
  if (fresh <= limit) return true;
  await endRun(tx, run.id, "needs_review", {
    code: "too_many_absent",
    message:
      `${fresh} of ${known} rows are no longer in the list, more than the ${limit} that a run may mark as deleted without a review. ` +
      `Look at them: applicant-sync review`,
  });
  return false;
}

async function countSeen(tx: Executor, { account }: SyncContext, run: Run) {
  const headOrOnly = run.walkers.find(({ kind }) => kind === "head")?.index ?? 0;
  const listed = run.walkers.filter(({ index, parent }) => parent !== null || index === headOrOnly);
  const [row] = await tx.$queryRaw<{ seen: number; length: number | null }[]>`
    select (select count(distinct one)::int from public.sync_page, public.unpack_ids(ids) as one where run_id = ${run.id})
        + (select coalesce(sum(copies), 0)::int from public.quarantine
           where account = ${account} and resource = ${run.resource} and run_id = ${run.id}
             and row_id is null and part is null) as seen,
      (select case when sum(least) < 2147483647 then sum(least) end::int from (select min(total) as least from public.sync_page
        where run_id = ${run.id} and walker = any(${listed.map(({ index }) => index)}::int[]) group by walker) of_lists) as length`;
  return { seen: row?.seen ?? 0, length: row?.length ?? null };
}

/** Counts the candidates that the previous full run did not see either. */
async function countWaiting(tx: Executor, deps: SyncContext, run: Run): Promise<number> {
  const earlier = await runBefore(tx, deps, run);
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int from public.sync_candidate now join public.sync_candidate earlier using (id)
    where now.run_id = ${run.id} and earlier.run_id = ${earlier} and earlier.state = 'waiting'`;
  return row?.count ?? 0;
}

/** The previous full run of the resource, proven or not; null if there is none. Failed runs do not count: they read no list. */
async function runBefore(tx: Executor, { account }: SyncContext, { id, resource }: Run): Promise<number | null> {
  const earlier = await tx.syncRun.findFirst({
    where: { account, resource, kind: "full", id: { lt: id }, state: { not: "failed" } },
    orderBy: { id: "desc" },
    select: { id: true },
  });
  return earlier?.id ?? null;
}

/** Confirms the candidates of a proven run, or returns the rows that must be requested first. */
async function settle(tx: Executor, deps: SyncContext, run: Run, resource: Resource): Promise<Open> {
  const open = await candidatesOf(tx, run, "open");
  const unconfirmed = await candidatesOf(tx, run, "unconfirmed");
  if (open.length + unconfirmed.length > 0) {
    const canShow = isShown(run.resource, deps.accountKind);
    const controlRow = canShow && run.controlRow === null ? await controlRowOf(tx, run) : null;
    if (controlRow !== null) return { controlRow, candidates: [] };
    // An empty list has no control row. The list itself already says that every row is gone, so a 404 is enough.
    if (canShow && run.controlRow !== "silent" && open.length > 0)
      return { controlRow: null, candidates: open.map(String) };
    if (run.controlRow === "answers") await setGone(tx, deps, run, resource, unconfirmed);
    else await confirmByAbsence(tx, deps, run, resource);
  }
  const refuted = (await candidatesOf(tx, run, "alive")).length;
  const hidden = {
    code: "rows_hidden",
    message: `${counted(refuted, "row that is", "rows that are")} missing from the list ${refuted === 1 ? "was" : "were"} found by id and kept: the list does not show every row.`,
  };
  await endRun(tx, run.id, refuted === 0 ? "proven" : "unproven", refuted === 0 ? null : hidden);
  return NOTHING;
}

async function candidatesOf(tx: Executor, run: Run, state: CandidateState): Promise<readonly bigint[]> {
  const where = { runId: run.id, state };
  const rows = await tx.syncCandidate.findMany({ where, orderBy: { id: "asc" }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** A row of the page that the run read last; null if the list was empty. */
async function controlRowOf(tx: Executor, run: Run): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`
    select id from public.sync_page, public.unpack_ids(ids) as id where run_id = ${run.id} order by read_at desc limit 1`;
  return row?.id.toString() ?? null;
}

/** If single rows cannot be requested: marks as deleted what the previous run did not see either. The rest waits. */
async function confirmByAbsence(tx: Executor, deps: SyncContext, run: Run, resource: Resource): Promise<void> {
  const earlier = await runBefore(tx, deps, run);
  const again = await tx.$queryRaw<{ id: bigint }[]>`
    select id from public.sync_candidate now join public.sync_candidate earlier using (id)
    where now.run_id = ${run.id} and now.state in ('open', 'unconfirmed')
      and earlier.run_id = ${earlier} and earlier.state = 'waiting'`;
  await setGone(
    tx,
    deps,
    run,
    resource,
    again.map(({ id }) => id),
  );
  const rest = { runId: run.id, state: { in: ["open", "unconfirmed"] } };
  await tx.syncCandidate.updateMany({ where: rest, data: { state: "waiting" } });
}

async function setGone(
  tx: Executor,
  { account }: SyncContext,
  run: Run,
  resource: Resource,
  ids: readonly bigint[],
): Promise<void> {
  // Not `id in (…)`: after a purge there may be more ids than a statement may have parameters.
  await tx.$executeRaw`
    update public.sync_candidate set state = 'gone' where run_id = ${run.id} and id = any(${ids.map(String)}::bigint[])`;
  await markDeleted(tx, { account, run: run.id }, resource.table, ids);
}
