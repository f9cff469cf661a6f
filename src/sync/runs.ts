import type { Database, Executor } from "../database.ts";
import type { AppError } from "../errors.ts";
import { newWalker, type EndedBy, type Walker } from "./walk.ts";
import { isResourceName, type ResourceName } from "./resources.ts";

export type RunState = "running" | "complete" | "incomplete" | "failed";
/** Who asked for the run: a person who waits for it goes before the schedule. */
export type Trigger = "schedule" | "command";

export interface Run {
  readonly id: number;
  readonly resource: ResourceName;
  readonly trigger: Trigger;
  readonly state: RunState;
  readonly walkers: readonly Walker[];
}

export interface Tick {
  readonly name: string;
  /** The due time this run takes, and the one after it. ISO 8601. */
  readonly at: string;
  readonly next: string;
}

/**
 * Starts a full run unless one is going, and takes the tick of the schedule in the same transaction.
 * Returns the id of the run that is going now, or null where another process had taken the tick.
 */
export async function startRun(
  database: Database,
  wanted: {
    readonly account: string;
    readonly resource: ResourceName;
    readonly trigger: Trigger;
    readonly tick?: Tick;
  },
): Promise<number | null> {
  const { account, resource, trigger, tick } = wanted;
  return database.$transaction(async (tx) => {
    if (tick !== undefined && !(await takeTick(tx, account, tick))) return null;
    await tx.$executeRaw`
      insert into sync_run (account, resource, kind, trigger, state)
      values (${account}, ${resource}, 'full', ${trigger}, 'running')
      on conflict (account, resource) where state = 'running' do nothing`;
    const run = await tx.syncRun.findFirstOrThrow({
      where: { account, resource, state: "running" },
      select: { id: true, walkers: { select: { index: true } } },
    });
    if (run.walkers.length === 0) await addWalkers(tx, run.id, [newWalker(0, 1)]);
    return run.id;
  });
}

async function takeTick(tx: Executor, account: string, tick: Tick): Promise<boolean> {
  const taken = await tx.scheduleTick.updateMany({
    where: { account, name: tick.name, nextAt: tick.at },
    data: { nextAt: tick.next },
  });
  return taken.count === 1;
}

export async function addWalkers(tx: Executor, run: number, walkers: readonly Walker[]): Promise<void> {
  await tx.syncWalker.createMany({ data: walkers.map((walker) => ({ ...walker, runId: run })), skipDuplicates: true });
}

/** A run with its walkers in the order of the list; null if there is none of that id. */
export async function loadRun(database: Executor, id: number): Promise<Run | null> {
  const run = await database.syncRun.findUnique({ where: { id }, include: { walkers: { orderBy: { index: "asc" } } } });
  if (run === null || !isResourceName(run.resource)) return null;
  return {
    id: run.id,
    resource: run.resource,
    trigger: run.trigger === "command" ? "command" : "schedule",
    state: stateOf(run.state),
    walkers: run.walkers.map((row) => ({ ...row, endedBy: endedByOf(row.endedBy) })),
  };
}

/** Ids of the runs of an account that are still going, oldest first. */
export async function runningRuns(database: Database, account: string): Promise<readonly number[]> {
  const runs = await database.syncRun.findMany({
    where: { account, state: "running" },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  return runs.map((run) => run.id);
}

/**
 * Concludes a run all of whose walkers have ended: `complete`, or `incomplete` where a walk was cut short. Drops the
 * pages of earlier runs of that resource. A run that is no longer running is left as it is.
 */
export async function concludeRun(database: Database, account: string, run: Run): Promise<RunState> {
  const cut = run.walkers.filter((walker) => walker.endedBy === "repeats" || walker.endedBy === "too-long");
  const state: RunState = cut.length === 0 ? "complete" : "incomplete";
  await endRun(
    database,
    run.id,
    state,
    cut.length === 0 ? null : { code: "list_cut_short", message: describeCut(cut) },
  );
  await database.$executeRaw`
    delete from sync_page using sync_run
    where run_id = sync_run.id and account = ${account} and resource = ${run.resource} and run_id < ${run.id}`;
  return state;
}

/** Ends a run that cannot go on. Pages already written stay. */
export async function failRun(
  database: Database,
  id: number,
  error: Pick<AppError, "code" | "message">,
): Promise<void> {
  await endRun(database, id, "failed", error);
}

/** Adds up the pages of a run, each row once however often it was read, and gives the run its final state, once. */
async function endRun(
  database: Database,
  id: number,
  state: RunState,
  error: Pick<AppError, "code" | "message"> | null,
): Promise<void> {
  await database.$executeRaw`
    update sync_run set state = ${state}, finished_at = now(),
      error_code = ${error?.code ?? null}, error_message = ${error?.message ?? null},
      total = (select total from sync_walker where run_id = ${id} and total is not null order by "index" limit 1),
      pages = sums.pages, rows = seen.rows, inserted = sums.inserted, updated = sums.updated,
      unchanged = greatest(0, seen.rows - sums.inserted - sums.updated), quarantined = sums.quarantined
    from (select count(*) as pages, coalesce(sum(inserted), 0) as inserted,
        coalesce(sum(updated), 0) as updated, coalesce(sum(quarantined), 0) as quarantined
      from sync_page where run_id = ${id}) sums,
      (select count(distinct one) as rows from sync_page, unnest(ids) as one where run_id = ${id}) seen
    where id = ${id} and state = 'running'`;
}

function describeCut(cut: readonly Walker[]): string {
  const reasons = cut.map(({ endedBy, nextPage }) =>
    endedBy === "repeats"
      ? `from page ${nextPage - 1} on the list kept repeating the same rows`
      : `the list went on past page ${nextPage - 1}, twice its announced length`,
  );
  return `The list could not be read to its end: ${reasons.join("; ")}. What was read is kept.`;
}

function stateOf(text: string): RunState {
  const known: readonly RunState[] = ["running", "complete", "incomplete", "failed"];
  return known.find((state) => state === text) ?? "failed";
}

function endedByOf(text: string | null): EndedBy | null {
  const known: readonly EndedBy[] = ["end", "met", "taken-over", "repeats", "too-long"];
  return known.find((end) => end === text) ?? null;
}
