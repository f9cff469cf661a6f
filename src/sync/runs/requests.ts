/** How many requests runs make, by the sizes of their lists in the mirror and in the latest runs. */
import type { Database } from "../../database/client.ts";
import { MAX_PAGE_ROWS } from "../../api/kelio.ts";
import { countPendingDetails } from "../../mirror/pending-details.ts";
import { knownStatuses } from "../../mirror/queries.ts";
import { countMirror } from "../table-counts.ts";
import { resources, tablesOf, type ResourceName } from "../resources.ts";
import type { RunReport } from "./report.ts";
import type { RunKind } from "./runs.ts";

/** What the requests of a run depend on. */
export interface RunSize {
  readonly kind: RunKind;
  /** Rows of the list; null before the first sync. */
  readonly rows: number | null;
  /** How many lists it reads; more than one if each row of another resource has its own. */
  readonly lists: number;
  /** In how many orders an incremental sync polls the head of the list. */
  readonly heads: number;
  /** How many values of status it requests one by one, 0 if it does not; null before the first sync. */
  readonly statusValues: number | null;
}

/**
 * Requests for the list of one run; null if that is not known yet. Full: each page, and the head once more if there are
 * several; or the pages of each of its lists. Incremental: the head of the list in each order, and one window for each status.
 */
export function requestsOf({ kind, rows, lists, heads, statusValues }: RunSize): number | null {
  if (kind === "full")
    return rows === null ? null : lists === 1 ? wholeList(rows) : lists + Math.floor(rows / MAX_PAGE_ROWS);
  return statusValues === null ? null : heads + statusValues;
}

function wholeList(rows: number): number {
  return rows > MAX_PAGE_ROWS ? Math.ceil(rows / MAX_PAGE_ROWS) + 1 : 1;
}

/** How many requests the lists of these running runs still need; null if the API has not reported the length of one yet. */
export function requestsAhead(runs: readonly Pick<RunReport, "total" | "rows">[]): number | null {
  if (runs.some((run) => run.total === null)) return null;
  return runs.reduce(
    (sum, { total, rows }) => sum + Math.ceil(Math.max(0, (total ?? 0) - rows) / MAX_PAGE_ROWS) + 1,
    0,
  );
}

/** The sizes of the lists of these resources, as the mirror and their latest runs know them. */
export async function readSizes(database: Database, account: string, names: readonly ResourceName[]) {
  const counts = await countMirror(database, account, tablesOf(names));
  const statuses = await knownStatuses(database, account, resources.applications.table);
  const totals: (number | null)[] = [];
  for (const name of names) totals.push(await lastTotal(database, account, name));
  const tables = names.map((name) => resources[name].table);
  const pendingIn = await countPendingDetails(database, account, tables);
  const livingOf = (name: ResourceName) => counts.find(({ table }) => table === resources[name].table.name)?.rows ?? 0;
  return {
    /** Rows of the mirror that are still at the source. */
    livingOf,
    /** Rows of the list; null before the first sync. */
    rowsOf(name: ResourceName): number | null {
      const living = livingOf(name);
      const total = totals[names.indexOf(name)] ?? null;
      return total === null && living === 0 ? null : Math.max(living, total ?? 0);
    },
    /** Rows that wait for their details. */
    waitingOf: (name: ResourceName) => pendingIn(resources[name].table),
    /** How many values of status applications have. */
    statuses: statuses.length,
  };
}

/** How long the list of a resource was by its last full run that received a total; null before one. */
async function lastTotal(database: Database, account: string, resource: string): Promise<number | null> {
  const run = await database.syncRun.findFirst({
    where: { account, resource, kind: "full", total: { not: null } },
    orderBy: { id: "desc" },
    select: { total: true },
  });
  return run?.total ?? null;
}
