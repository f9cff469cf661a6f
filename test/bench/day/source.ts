import type { ResourceName } from "../../../src/sync/resources.ts";
import { createAges } from "./ages.ts";
import { DAY_MS, type Change } from "./changes.ts";
import { drawStatus, FIRST_STATUS, isWithin, type Row, type Window } from "./rows.ts";

/** How long every list is at the beginning. */
export type Sizes = Readonly<Record<ResourceName, number>>;

/** A list of the API: its rows, oldest first, and how old its changes get. */
export interface SourceList {
  readonly rows: Row[];
  readonly ages: ReturnType<typeof createAges>;
}

/**
 * The account at the source, in which each of the `changes` happens when its time has come. Edits and deletions strike
 * any row; nobody moves an application back to its first status.
 */
export function createSource(sizes: Sizes, changes: readonly Change[], at: { start: number; draw: () => number }) {
  const { start, draw } = at;
  const listOf = (length: number): SourceList => {
    const settled = { version: 0, statusAt: start - 30 * DAY_MS };
    const rows = Array.from({ length }, (_, id) => ({ id, ...settled, status: drawStatus("held", draw) }));
    return { rows, ages: createAges() };
  };
  const lists: Readonly<Record<ResourceName, SourceList>> = {
    campaigns: listOf(sizes.campaigns),
    applications: listOf(sizes.applications),
    applicants: listOf(sizes.applicants),
    managers: listOf(sizes.managers),
    entities: listOf(sizes.entities),
    units: listOf(sizes.units),
  };
  let done = 0;

  function insert({ rows, ages }: SourceList, change: Change): void {
    const row = { id: (rows.at(-1)?.id ?? -1) + 1, version: 0, status: FIRST_STATUS, statusAt: change.at };
    rows.push(row);
    ages.begin(change, row);
  }

  function edit({ rows, ages }: SourceList, change: Change, moved: Partial<Row>): void {
    const index = Math.floor(draw() * rows.length);
    const row = rows[index];
    if (row === undefined) return;
    if (row.status === moved.status) return edit({ rows, ages }, change, moved);
    const after = { ...row, ...moved, version: row.version + 1 };
    rows[index] = after;
    ages.begin(change, after);
  }

  function remove({ rows, ages }: SourceList, change: Change): void {
    const [row] = rows.splice(Math.floor(draw() * rows.length), 1);
    if (row !== undefined) ages.begin(change, { ...row, version: Infinity });
  }

  const happen = {
    "new application": (change: Change) => insert(lists.applications, change),
    "status change": (change: Change) =>
      edit(lists.applications, change, { status: drawStatus("reached", draw), statusAt: change.at }),
    "silent edit": (change: Change) => edit(lists.applications, change, {}),
    deletion: (change: Change) => remove(lists.applications, change),
    "new campaign": (change: Change) => insert(lists.campaigns, change),
  };

  return {
    lists,
    moveTo(time: number): void {
      for (let next = changes[done]; next !== undefined && next.at <= time; next = changes[done]) {
        happen[next.kind](next);
        done += 1;
      }
    },
    /** Rows newest first, of a window or of the whole list. */
    read(name: ResourceName, { page, perPage, window }: { page: number; perPage: number; window: Window | null }) {
      const { rows } = lists[name];
      const listed = window === null ? rows : rows.filter((row) => isWithin(row, window));
      const end = Math.max(0, listed.length - (page - 1) * perPage);
      return { rows: listed.slice(Math.max(0, end - perPage), end).toReversed(), total: listed.length };
    },
  };
}
export type Source = ReturnType<typeof createSource>;
