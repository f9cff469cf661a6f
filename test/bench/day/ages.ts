import type { Change } from "./changes.ts";
import type { Row } from "./rows.ts";

/** A change, and how long it needed to reach the mirror, in milliseconds. */
export interface Age extends Change {
  readonly age: number;
}

/** How old each change of a list is when it reaches the mirror: when that holds the row as it then was, or as it became. */
export function createAges() {
  const waiting = new Map<number, readonly (Change & { readonly version: number })[]>();
  const known: Age[] = [];

  return {
    known,
    /** `row` is as the change has made it; the version of a deleted one is above all. */
    begin(change: Change, { id, version }: Row): void {
      const before = waiting.get(id) ?? [];
      const isUnseen = before.some(({ kind }) => kind === "new application" || kind === "new campaign");
      // A row that came and went unseen leaves nothing to tell.
      if (change.kind === "deletion" && isUnseen) waiting.delete(id);
      else waiting.set(id, [...before, { ...change, version }]);
    },
    reach({ id, version }: Pick<Row, "id" | "version">, now: number): void {
      const before = waiting.get(id);
      if (before === undefined) return;
      for (const one of before) {
        if (one.version <= version) known.push({ kind: one.kind, at: one.at, age: now - one.at });
      }
      const rest = before.filter((one) => one.version > version);
      if (rest.length === 0) waiting.delete(id);
      else waiting.set(id, rest);
    },
    /** Changes until a time that the mirror does not hold yet. */
    countWaiting: (until: number) => [...waiting.values()].flat().filter(({ at }) => at < until).length,
  };
}
