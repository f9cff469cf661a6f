/** What is recorded of runs. */
import { z } from "zod";
import { prepared, type Database, type Executor } from "../../database/client.ts";
import type { Statements } from "../../database/statements.ts";
import { ENDINGS, HEADER_TRUST, WALKER_KINDS, type Walker } from "../reading/walker.ts";
import { isResourceName, type ResourceName } from "../resources.ts";
import { RUN_STATES, type RunKind, type RunState, type Trigger } from "./runs.ts";
import { LIST_COLUMNS, WALK_COLUMNS } from "./walkers.ts";

/** The states of a full run that has read its list. */
export const FULLY_READ: readonly RunState[] = ["proven", "unproven", "needs_review"];

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
export async function loadRun(database: Statements, id: number): Promise<Run | null> {
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

function stateOf(text: string): RunState {
  return RUN_STATES.find((state) => state === text) ?? "failed";
}
