import { z } from "zod";
import { inTransaction, prepared, preparedSql, sql, type Database, type Executor } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import { ENDINGS, HEADER_TRUST, WALKER_KINDS, type Walker } from "../reading/walker.ts";
import { isResourceName, type ResourceName } from "../resources.ts";

/**
 * The states of a run. A full run ends as `proven` (it saw every row that existed throughout the run, and rows that it did
 * not see are deleted), `unproven` (rows are mirrored, nothing is concluded from absence), `needs_review` (proven, but so
 * many rows are absent that a person must decide) or `failed`. An incremental run proves nothing and ends as `done` or
 * `failed`.
 */
export const RUN_STATES = ["running", "proven", "unproven", "needs_review", "done", "failed"] as const;
export type RunState = (typeof RUN_STATES)[number];
/** The states of a full run that has read its list. */
const FULLY_READ: readonly RunState[] = ["proven", "unproven", "needs_review"];
export type RunKind = "full" | "incremental";
/** What started the run. A person who waits for a command has priority over the schedule. */
export type Trigger = "schedule" | "command";

export interface Run {
  readonly id: number;
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly state: RunState;
  /** Whether the absent rows have been recorded as candidates. */
  readonly absencesNoted: boolean;
  readonly controlRow: "answers" | "silent" | null;
  /** How many rows it selected for completion; null before the selection. */
  readonly details: number | null;
  readonly walkers: readonly Walker[];
}

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
}

/**
 * Starts a run unless one of its resource is running, and claims the tick of the schedule in the same transaction. Returns
 * the id of the run that is running now, or null if another process has claimed the tick. A running full run also serves a
 * request for an incremental one. Throws `run_going`, to be retried, if a full run is requested while an incremental one is
 * running.
 */
export async function startRun(
  database: Database,
  { account, resource, kind, trigger, tick }: WantedRun,
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
        returning id, kind, exists (select from public.sync_walker where run_id = run.id) as "hasWalkers"`,
    );
    if (kind === "full" && run.kind !== "full") {
      const message = `An incremental sync of ${resource} is running; the full one starts after it.`;
      throw new AppError("run_going", message, { disposition: "retry", delayMs: 3_000 });
    }
    if (!run.hasWalkers) await addWalkers(tx, run.id, walkers);
    return run.id;
  });
}

const startedRun = z.tuple([z.object({ id: z.int(), kind: z.string(), hasWalkers: z.boolean() })]);

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

export async function addWalkers(tx: Executor, run: number, walkers: readonly Walker[]): Promise<void> {
  if (walkers.length === 0) return;
  await tx.syncWalker.createMany({ data: walkers.map((walker) => ({ ...walker, runId: run })), skipDuplicates: true });
}

/** The column of each part of a walker that its steps change. */
export const WALK_COLUMNS = [
  ["step", "step"],
  ["nextPage", "next_page"],
  ["perPage", "per_page"],
  ["pageRows", "page_rows"],
  ["ownPages", "own_pages"],
  ["repeats", "repeats"],
  ["fresh", "fresh"],
  ["header", "header"],
  ["coveredThrough", "covered_through"],
  ["total", "total"],
  ["expectedShift", "expected_shift"],
  ["readsSinceShrink", "reads_since_shrink"],
  ["overlapReadsLeft", "overlap_reads_left"],
  ["endedBy", "ended_by"],
] as const satisfies readonly (readonly [keyof Walker, string])[];

const LIST_COLUMNS = [
  ["index", '"index"'],
  ["kind", "kind"],
  ["orderBy", "order_by"],
  ["status", "status"],
  ["since", "since"],
] as const;

const runRow = z.object({
  id: z.int(),
  resource: z.string(),
  kind: z.enum(["full", "incremental"]).catch("full"),
  trigger: z.enum(["schedule", "command"]).catch("schedule"),
  state: z.enum(RUN_STATES).catch("failed"),
  absencesNoted: z.boolean(),
  controlRow: z.enum(["answers", "silent"]).nullable().catch(null),
  details: z.int().nullable(),
  walkers: z.array(
    z.object({
      index: z.int(),
      kind: z.enum(WALKER_KINDS).catch("segment"),
      step: z.int(),
      nextPage: z.int(),
      perPage: z.int(),
      pageRows: z.int(),
      ownPages: z.boolean(),
      repeats: z.int(),
      fresh: z.int(),
      header: z.enum(HEADER_TRUST).catch("contradicted"),
      coveredThrough: z.int(),
      total: z.int().nullable(),
      expectedShift: z.int(),
      readsSinceShrink: z.int(),
      overlapReadsLeft: z.int(),
      endedBy: z.enum(ENDINGS).nullable().catch(null),
      orderBy: z.string(),
      status: z.string().nullable(),
      since: z.coerce.date().nullable(),
      parent: z.coerce.bigint().nullable(),
    }),
  ),
});

const walkerJson = [...LIST_COLUMNS, ...WALK_COLUMNS].map(([name, column]) => `'${name}', ${column}`);
const LOAD_RUN = prepared(`
  select id, resource, kind, "trigger", state, candidates is not null as "absencesNoted", control_row as "controlRow", details,
    (select coalesce(json_agg(json_build_object('parent', parent::text, ${walkerJson.join(", ")}) order by "index"), '[]')
     from public.sync_walker where run_id = sync_run.id) as walkers
  from public.sync_run where id = $1::integer`);

/** The run of this id with its walkers by number; null if there is none. */
export async function loadRun(database: Executor, id: number): Promise<Run | null> {
  const [row] = await database.$queryRawUnsafe<unknown[]>(LOAD_RUN, id);
  if (row === undefined) return null;
  const { resource, ...run } = runRow.parse(row);
  return isResourceName(resource) ? { ...run, resource } : null;
}

/** The ids of the running runs of an account, oldest first. */
export async function runningRuns(database: Database, account: string): Promise<readonly number[]> {
  const runs = await database.syncRun.findMany({
    where: { account, state: "running" },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  return runs.map((run) => run.id);
}

/** The ids of the running incremental runs of these resources. */
export async function goingIncremental(
  database: Database,
  account: string,
  resources: readonly ResourceName[],
): Promise<readonly number[]> {
  const runs = await database.syncRun.findMany({
    where: { account, resource: { in: [...resources] }, kind: "incremental", state: "running" },
    select: { id: true },
  });
  return runs.map((run) => run.id);
}

/** When the latest run of a resource that read its list to the end began; null before the first full run. */
export async function lastRead(database: Executor, account: string, resource: ResourceName): Promise<Date | null> {
  const latest = (states: readonly RunState[]) =>
    database.syncRun.findFirst({
      where: {
        account,
        resource,
        state: { in: [...states] },
        OR: [{ errorCode: null }, { errorCode: { not: "list_cut_short" } }],
      },
      orderBy: { id: "desc" },
      select: { startedAt: true },
    });
  if ((await latest(FULLY_READ)) === null) return null;
  return (await latest([...FULLY_READ, "done"]))?.startedAt ?? null;
}

/** The latest full run of a resource, or with `ended` the latest that has ended; null if there is none. */
export async function latestFull(
  database: Executor,
  account: string,
  resource: ResourceName,
  { ended = false }: { readonly ended?: boolean } = {},
) {
  const run = await database.syncRun.findFirst({
    where: { account, resource, kind: "full", ...(ended ? { state: { not: "running" } } : {}) },
    orderBy: { id: "desc" },
    select: { id: true, state: true, startedAt: true },
  });
  return run === null ? null : { ...run, state: stateOf(run.state) };
}

/** Locks a run until the transaction ends, so that only one process records its progress. */
export async function lockRun(tx: Executor, run: number): Promise<void> {
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

function stateOf(text: string): RunState {
  return RUN_STATES.find((state) => state === text) ?? "failed";
}
