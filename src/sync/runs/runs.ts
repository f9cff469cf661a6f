/** Starting and ending a run. */
import { z } from "zod";
import { writeAudit, type Decider } from "../../database/audit.ts";
import { inTransaction, preparedSql, sql, type Database, type Executor } from "../../database/client.ts";
import type { Statements } from "../../database/statements.ts";
import { AppError } from "../../platform/errors.ts";
import type { Walker } from "../reading/walker.ts";
import type { ResourceName } from "../resources.ts";
import { addWalkers } from "./walkers.ts";

/**
 * The states of a run. A full run ends as `proven` (it saw every row that existed throughout the run, and rows that it did
 * not see are deleted), `unproven` (rows are mirrored, nothing is concluded from absence), `needs_review` (proven, but so
 * many rows are absent that a person must decide) or `failed`. An incremental run proves nothing and ends as `done` or
 * `failed`.
 */
export const RUN_STATES = ["running", "proven", "unproven", "needs_review", "done", "failed"] as const;
export type RunState = (typeof RUN_STATES)[number];
export type RunKind = "full" | "incremental";
/** What started the run. A person who waits for a command has priority over the schedule. */
export type Trigger = "schedule" | "command";

export interface Tick {
  readonly name: string;
  /** The due time that this run claims, and the next one. ISO 8601. */
  readonly at: string;
  readonly next: string;
}

export interface WantedRun {
  readonly account: string;
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly tick?: Tick | undefined;
  /** The person who starts it; a run that starts, rather than one that is joined, becomes a row of the audit. */
  readonly by?: Decider | undefined;
}

/**
 * Starts a run unless one of its resource is running, and claims the tick of the schedule in the same transaction. Returns
 * the id of the run that is running now, or null if another process has claimed the tick. A running full run also serves a
 * request for an incremental one. Throws `run_going`, to be retried, if a full run is requested while an incremental one is
 * running.
 */
export async function startRun(
  database: Database,
  { account, resource, kind, trigger, tick, by }: WantedRun,
  walkers: readonly Walker[],
): Promise<number | null> {
  return database.$transaction(async (tx) => {
    if (tick !== undefined && !(await claimTick(tx, account, tick))) return null;
    // The update changes nothing: it returns the run that is running, however close it is to its end.
    const [run] = startedRun.parse(
      await tx.$queryRaw`
        insert into public.sync_run as run (account, resource, kind, trigger, state)
        values (${account}, ${resource}, ${kind}, ${trigger}, 'running')
        on conflict (account, resource) where state = 'running' do update set state = run.state
        returning id, kind, run.xmax = 0 as "isNew", exists (select from public.sync_walker where run_id = run.id) as "hasWalkers"`,
    );
    if (kind === "full" && run.kind !== "full") {
      const message = `An incremental sync of ${resource} is running; the full one starts after it.`;
      throw new AppError("run_going", message, { disposition: "retry", delayMs: 3_000 });
    }
    if (!run.hasWalkers) await addWalkers(tx, run.id, walkers);
    if (by !== undefined && run.isNew) {
      await writeAudit(tx, { account, by, what: "sync_started", subjects: [run.id], facts: { resource, kind } });
    }
    return run.id;
  });
}

const startedRun = z.tuple([z.object({ id: z.int(), kind: z.string(), isNew: z.boolean(), hasWalkers: z.boolean() })]);

/** Claims a tick without starting a run. */
export async function dropTick(database: Executor, account: string, tick: Tick | undefined): Promise<void> {
  if (tick !== undefined) await claimTick(database, account, tick);
}

async function claimTick(tx: Executor, account: string, tick: Tick): Promise<boolean> {
  const claimed = await tx.scheduleTick.updateMany({
    where: { account, name: tick.name, nextAt: tick.at },
    data: { nextAt: tick.next },
  });
  return claimed.count === 1;
}

/** Locks a run until the transaction ends, so that only one process records its progress. */
export async function lockRun(tx: Statements, run: number): Promise<void> {
  await tx.$executeRaw(preparedSql(sql`select pg_advisory_xact_lock(hashtextextended('sync_run', ${run}))`));
}

/** Ends a run that cannot continue. The rows of its pages stay. Waits for a conclusion under way, which reads them. */
export function failRun(database: Database, id: number, error: RunError): Promise<void> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, id);
    await endRun(tx, id, "failed", error);
  });
}

export type RunError = Pick<AppError, "code" | "message">;

/**
 * Sets the final state of a run, once, with the sums over its pages, and drops the pages that are no longer needed. A row
 * counts once, however often it was read.
 */
export async function endRun(
  database: Executor,
  id: number,
  state: Exclude<RunState, "running">,
  error: RunError | null,
): Promise<void> {
  await database.$executeRaw`
    update public.sync_run set state = ${state}, finished_at = now(),
      error_code = ${error?.code ?? null}, error_message = ${error?.message ?? null},
      total = coalesce(nested.total, (select total from public.sync_page
        where run_id = ${id} and sync_run.kind = 'full' and total is not null order by read_at desc, step desc limit 1)),
      least_total = coalesce(nested.total, sums.least_total), pages = sums.pages, rows = seen.rows, seen = seen.rows,
      overlapping = sums.overlapping, inserted = sums.inserted, updated = sums.updated, restored = sums.restored,
      unchanged = greatest(0, seen.rows - bad.rows - sums.inserted - sums.updated - sums.restored), quarantined = bad.items,
      deleted = (select count(*) from public.sync_candidate where run_id = ${id} and state = 'gone'),
      refuted = (select count(*) from public.sync_candidate where run_id = ${id} and state = 'alive')
    from (select count(*) as pages, min(total) as least_total, count(*) filter (where overlapping) as overlapping,
        coalesce(sum(inserted), 0) as inserted, coalesce(sum(updated), 0) as updated,
        coalesce(sum(restored), 0) as restored
      from public.sync_page where run_id = ${id}) sums,
      (select coalesce(sum(copies), 0) as items, count(row_id) filter (where part is null) as rows
        from public.sync_run of_run join public.quarantine using (account, resource)
        where of_run.id = ${id} and run_id = of_run.id) bad,
      (select count(distinct one) as rows from public.sync_page, public.unpack_ids(ids) as one where run_id = ${id}) seen,
      (select case when sum(total) < 2147483647 then sum(total) end as total from public.sync_walker where run_id = ${id} and parent is not null) nested
    where id = ${id} and state = 'running'`;
  await dropPages(database, id);
}

/**
 * Drops the pages of the ended runs of this resource. They have been compared with the mirror, and `sync_candidate` holds
 * what the next proven run needs. A run that waits for a person keeps its pages while it is the latest.
 */
export async function dropPages(database: Executor, id: number): Promise<void> {
  await database.$executeRaw`
    delete from public.sync_page using public.sync_run ended, public.sync_run this
    where this.id = ${id} and ended.account = this.account and ended.resource = this.resource and run_id = ended.id
      and ended.state <> 'running'
      and (ended.state <> 'needs_review' or (ended.id < this.id and this.kind = 'full' and this.state <> 'failed'))`;
}
