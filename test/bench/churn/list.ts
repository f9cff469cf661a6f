/** A list of ids, newest first, that loses and gains rows as simulated time goes on. Draws come from a seed. */
export interface ChurnRates {
  /** A minute; rows are deleted anywhere, and arrive at the head. */
  readonly deletions: number;
  readonly insertions: number;
}

export function createList(rows: number, rates: ChurnRates, draw: () => number) {
  /** Oldest first, so that an arrival is a push. */
  const ids = Int32Array.from({ length: rows + 100_000 }, (_, i) => i);
  let length = rows;
  let nextId = rows;
  let now = 0;
  let nextDeletion = pause(rates.deletions);
  let nextInsertion = pause(rates.insertions);

  function pause(perMinute: number): number {
    return perMinute === 0 ? Infinity : (-Math.log(1 - draw()) * 60_000) / perMinute;
  }

  return {
    get length() {
      return length;
    },
    /** The time it was last moved to. */
    get now() {
      return now;
    },
    /** All that happens until a time, in milliseconds. */
    moveTo(time: number): void {
      for (;;) {
        const next = Math.min(nextDeletion, nextInsertion);
        if (next > time) break;
        now = next;
        if (next === nextDeletion) {
          const index = Math.floor(draw() * length);
          ids.copyWithin(index, index + 1, length);
          length -= 1;
          nextDeletion = now + pause(rates.deletions);
        } else {
          ids[length] = nextId;
          nextId += 1;
          length += 1;
          nextInsertion = now + pause(rates.insertions);
        }
      }
      now = Math.max(now, time);
    },
    /** Rows from an offset on, newest first. */
    read(offset: number, count: number): Int32Array {
      const end = Math.max(0, length - offset);
      return ids.subarray(Math.max(0, end - count), end).toReversed();
    },
    living: () => ids.subarray(0, length),
  };
}
export type ChurningList = ReturnType<typeof createList>;
