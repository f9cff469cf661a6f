import type { Stored } from "../data/rows.ts";

/** Which rows of a collection a list shows, and in which order. */
export interface View<Row extends Stored> {
  /** Tells views of the same collection apart: the same key must mean the same `keep` and `compare`. */
  readonly key: string;
  readonly keep: readonly ((row: Row) => boolean)[];
  /** Null leaves the order of creation. */
  readonly compare: ((a: Row, b: Row) => number) | null;
}

interface ViewedRows<Row extends Stored> {
  readonly version: number;
  readonly ids: () => readonly number[];
  readonly get: (id: number) => Row | undefined;
}

/**
 * Ids of a view in ascending order. The last views are kept for as long as no row changes, so that walking the pages of
 * a filtered list does not filter it again for each page.
 */
export function createSelect<Row extends Stored>(
  rows: ViewedRows<Row>,
  keepAtMost = 32,
): (view: View<Row>) => readonly number[] {
  const known = new Map<string, { readonly version: number; readonly ids: readonly number[] }>();

  const remember = (key: string, ids: readonly number[]): readonly number[] => {
    known.delete(key);
    known.set(key, { version: rows.version, ids });
    const oldest = known.keys().next().value;
    if (known.size > keepAtMost && oldest !== undefined) known.delete(oldest);
    return ids;
  };

  return (view) => {
    if (view.keep.length === 0 && view.compare === null) return rows.ids();
    const found = known.get(view.key);
    return found?.version === rows.version ? found.ids : remember(view.key, compute(rows, view));
  };
}

/** Only ids are held while filtering: a million rows at once would be gigabytes. */
function compute<Row extends Stored>(rows: ViewedRows<Row>, { keep, compare }: View<Row>): readonly number[] {
  const kept = rows.ids().filter((id) => {
    const row = rows.get(id);
    return row !== undefined && keep.every((isKept) => isKept(row));
  });
  if (compare === null) return kept;
  const sorted = kept.map((id) => rows.get(id)).filter((row) => row !== undefined);
  return sorted.toSorted(compare).map((row) => row.id);
}
