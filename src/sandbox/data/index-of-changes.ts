import type { Stored } from "./rows.ts";

/** Ids of changed rows by one of their values. Seeded rows are not in it: their position follows from arithmetic. */
export interface IndexOfChanges<Row extends Stored, Key> {
  readonly find: (key: Key) => readonly number[];
  readonly changed: (before: Row | undefined, after: Row | undefined) => void;
}

export function createIndex<Row extends Stored, Key>(keyOf: (row: Row) => Key | undefined): IndexOfChanges<Row, Key> {
  const idsByKey = new Map<Key, Set<number>>();
  return {
    find: (key) => [...(idsByKey.get(key) ?? [])],
    changed(before, after) {
      const oldKey = before === undefined ? undefined : keyOf(before);
      const newKey = after === undefined ? undefined : keyOf(after);
      if (before !== undefined && oldKey !== undefined) idsByKey.get(oldKey)?.delete(before.id);
      if (after === undefined || newKey === undefined) return;
      const ids = idsByKey.get(newKey) ?? new Set();
      idsByKey.set(newKey, ids.add(after.id));
    },
  };
}
