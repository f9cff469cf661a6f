/** How `sync_walker` keeps walkers. */
import type { Statements } from "../../database/statements.ts";
import type { Walker } from "../reading/walker.ts";

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

/** The column of each part that says which list it reads. */
export const LIST_COLUMNS = [
  ["index", '"index"'],
  ["kind", "kind"],
  ["orderBy", "order_by"],
  ["status", "status"],
  ["since", "since"],
] as const satisfies readonly (readonly [keyof Walker, string])[];

const COLUMNS = [...LIST_COLUMNS, ...WALK_COLUMNS, ["parent", "parent"]] as const;

/** Adds walkers to a run, except those that it has. */
export async function addWalkers(tx: Statements, run: number, walkers: readonly Walker[]): Promise<void> {
  if (walkers.length === 0) return;
  const columns = COLUMNS.map(([, column]) => column).join(", ");
  const rows = walkers.map((walker) =>
    Object.fromEntries(COLUMNS.map(([name, column]) => [column.replaceAll('"', ""), valueOf(walker[name])])),
  );
  await tx.$executeRawUnsafe(
    `insert into public.sync_walker (run_id, ${columns})
     select $1::integer, ${columns} from jsonb_populate_recordset(null::public.sync_walker, $2::jsonb) on conflict do nothing`,
    run,
    JSON.stringify(rows),
  );
}

function valueOf(value: Walker[keyof Walker]): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
