import type { Stored } from "./rows.ts";

/** Which rows of a collection a list shows, and in which order. */
export interface CollectionView<Row extends Stored> {
  /** Identifies the view: the same key must mean the same `keep` and `compare`. */
  readonly key: string;
  readonly keep: readonly ((row: Row) => boolean)[];
  /** Null leaves the order of creation. */
  readonly compare: ((a: Row, b: Row) => number) | null;
}

/** One kind of row, ordered by `created_at` and id. The next request sees a change. */
export interface Collection<Row extends Stored> {
  readonly size: number;
  readonly get: (id: number) => Row | undefined;
  /** Oldest first. The list is live: copy it before changing rows in a loop over it. */
  readonly ids: () => readonly number[];
  /** The ids of a filtered or sorted view, in ascending order. */
  readonly select: (view: CollectionView<Row>) => readonly number[];
  /** Every row, oldest first, built anew. */
  readonly all: () => Row[];
  /**
   * Adds a row and makes up every field that is missing. Without `created_at` it is newer than all others, so at the head of a
   * list in the default order. An `id` that exists is refused.
   */
  readonly insert: (row?: Partial<Row>) => Row;
  /** Replaces some fields. An unknown id is refused. */
  readonly edit: (id: number, change: Partial<Row>) => Row;
  /** Returns whether there was such a row. Related rows are not changed. */
  readonly remove: (id: number) => boolean;
}

interface CollectionSource<Row extends Stored> {
  readonly name: string;
  /** Seeded rows: ids from `firstId`, built when asked for, in order of creation. */
  readonly count: number;
  readonly firstId: number;
  readonly createdAt: (index: number) => number;
  readonly build: (index: number) => Row;
  readonly fresh: (id: number, createdAt: number) => Row;
  /** The time of a new row, from that of the newest one. */
  readonly clock: (newest: number) => number;
  /** Called after each change with the row before and after it. */
  readonly changed?: (before: Row | undefined, after: Row | undefined) => void;
}

/** How many views a collection keeps, so that walking the pages of a filtered list does not filter it again for each page. */
const KEPT_VIEWS = 32;

/** Rows are built from their index when asked for; only ids, changes and removals are held: 1,000,000 rows cost 8 MB. */
export function createCollection<Row extends Stored>(source: CollectionSource<Row>): Collection<Row> {
  const order = Array.from({ length: source.count }, (_, index) => source.firstId + index);
  const changedRows = new Map<number, Row>();
  const removed = new Set<number>();
  /** The ids of the latest views, for as long as no row changes. */
  const views = new Map<string, readonly number[]>();
  let nextId = source.firstId + source.count;

  const isSeeded = (id: number): boolean =>
    Number.isInteger(id) && id >= source.firstId && id < source.firstId + source.count && !removed.has(id);
  const get = (id: number): Row | undefined =>
    changedRows.get(id) ?? (isSeeded(id) ? source.build(id - source.firstId) : undefined);
  const createdAt = (id: number): number => changedRows.get(id)?.created_at ?? source.createdAt(id - source.firstId);
  const newest = (): number => {
    const last = order.at(-1);
    return last === undefined ? 0 : createdAt(last);
  };

  /** The index of the first row that is not older than this one. */
  const indexOf = (row: Stored): number => {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const id = order[middle] ?? 0;
      const difference = createdAt(id) - row.created_at;
      if (difference < 0 || (difference === 0 && id < row.id)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const commit = (before: Row | undefined, after: Row | undefined): void => {
    views.clear();
    source.changed?.(before, after);
  };

  /** Only ids are held while filtering: a million rows at once would be gigabytes. */
  const compute = ({ keep, compare }: CollectionView<Row>): readonly number[] => {
    const kept = order.filter((id) => {
      const row = get(id);
      return row !== undefined && keep.every((isKept) => isKept(row));
    });
    if (compare === null) return kept;
    const sorted = kept.map(get).filter((row) => row !== undefined);
    return sorted.toSorted(compare).map((row) => row.id);
  };

  return {
    get size() {
      return order.length;
    },
    get,
    ids: () => order,
    select(view) {
      if (view.keep.length === 0 && view.compare === null) return order;
      const ids = views.get(view.key) ?? compute(view);
      views.delete(view.key);
      views.set(view.key, ids);
      const [oldest] = views.keys();
      if (views.size > KEPT_VIEWS && oldest !== undefined) views.delete(oldest);
      return ids;
    },
    all: () => order.map(get).filter((row) => row !== undefined),
    insert(fields) {
      const id = fields?.id ?? nextId;
      if (get(id) !== undefined) throw new Error(`${source.name} ${id} exists already`);
      nextId = Math.max(nextId, id + 1);
      const row = { ...source.fresh(id, fields?.created_at ?? source.clock(newest())), ...fields };
      order.splice(indexOf(row), 0, id);
      changedRows.set(id, row);
      commit(undefined, row);
      return row;
    },
    edit(id, change) {
      const before = get(id);
      if (before === undefined) throw new Error(`${source.name} ${id} does not exist`);
      const row = { ...before, ...change, id };
      const moved = row.created_at !== before.created_at;
      if (moved) order.splice(indexOf(before), 1);
      changedRows.set(id, row);
      if (moved) order.splice(indexOf(row), 0, id);
      commit(before, row);
      return row;
    },
    remove(id) {
      const before = get(id);
      if (before === undefined) return false;
      order.splice(indexOf(before), 1);
      changedRows.delete(id);
      removed.add(id);
      commit(before, undefined);
      return true;
    },
  };
}

/** A collection of a few given rows with consecutive ids. New ones are copies of the first. */
export function createSmallCollection<Row extends Stored>(
  name: string,
  rows: readonly Row[],
  clock: (newest: number) => number,
): Collection<Row> {
  const [first] = rows;
  if (first === undefined) throw new Error(`${name}: a small collection needs a first row`);
  const build = (index: number): Row => rows[index] ?? first;
  return createCollection<Row>({
    name,
    count: rows.length,
    firstId: first.id,
    createdAt: (index) => build(index).created_at,
    build,
    fresh: (id, createdAt) => ({ ...first, id, created_at: createdAt }),
    clock,
  });
}
