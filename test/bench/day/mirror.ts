import type { SourceList } from "./source.ts";
import { isWithin, type Row, type Window } from "./rows.ts";

/** The mirror of one list: a copy of it at the beginning. */
export function createMirror({ rows, ages }: SourceList) {
  const held = new Map(rows.map((row) => [row.id, row]));

  return {
    /** Stores the rows of an answer. Returns whether all were known and as they are. */
    write(page: readonly Row[], now: number): boolean {
      const fresh = page.filter((row) => held.get(row.id) !== row);
      for (const row of fresh) {
        held.set(row.id, row);
        ages.reach(row, now);
      }
      return fresh.length === 0;
    },
    markDeleted(id: number, now: number): void {
      held.delete(id);
      ages.reach({ id, version: Infinity }, now);
    },
    absent: (saw: (id: number) => boolean) => [...held.keys()].filter((id) => !saw(id)),
    statuses(): readonly string[] {
      const values = new Set<string>();
      for (const { status } of held.values()) values.add(status);
      return [...values].toSorted();
    },
    countWindow(window: Window) {
      let inWindow = 0;
      let ofStatus = 0;
      for (const row of held.values()) {
        if (row.status !== window.status) continue;
        ofStatus += 1;
        if (isWithin(row, window)) inWindow += 1;
      }
      return { window: inWindow, status: ofStatus };
    },
  };
}
