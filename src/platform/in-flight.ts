/** What is in progress in this process, and since when: something that never ends shows by its age. */
export interface InFlight {
  /** Returns what `work` returns, and counts it until then. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolved when everything that is in progress now has ended, one way or the other. */
  settled(): Promise<void>;
  /** How long the oldest of it has been in progress, in milliseconds; 0: nothing is. */
  oldestMs(): number;
}

/** `now`: milliseconds of a clock that stands still while the machine sleeps. */
export function createInFlight(now: () => number = () => performance.now()): InFlight {
  const since = new Map<Promise<unknown>, number>();
  return {
    async track(work) {
      since.set(work, now());
      try {
        return await work;
      } finally {
        since.delete(work);
      }
    },
    async settled() {
      await Promise.allSettled(since.keys());
    },
    oldestMs: () => Math.max(0, ...[...since.values()].map((began) => now() - began)),
  };
}
