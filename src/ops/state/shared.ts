/** For how long a value is taken as it was read, and for how long after that while it is read anew. Milliseconds. */
interface Keeping {
  readonly keptMs: number;
  readonly staleMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A value that all who ask share: it is read by one at a time, and a failed read is tried again by the next who asks. */
export function createShared<T>(read: () => Promise<T>, { keptMs, staleMs, now }: Keeping) {
  let kept: { readonly at: number; readonly value: T } | null = null;
  let reading: Promise<T> | null = null;

  function readAnew(): Promise<T> {
    const at = now();
    const mine = read().then((value) => {
      if (reading === mine) kept = { at, value };
      return value;
    });
    reading = mine;
    const end = () => {
      if (reading === mine) reading = null;
    };
    mine.then(end, end);
    return mine;
  }

  return {
    async get(): Promise<T> {
      const age = kept === null ? Infinity : Math.abs(now() - kept.at);
      if (kept !== null && age < keptMs) return kept.value;
      const coming = reading ?? readAnew();
      if (kept === null || age >= keptMs + staleMs) return coming;
      coming.catch(() => {}); // Who asks once it is too old to be shown receives the error.
      return kept.value;
    },
    /** Reads it anew, so that whoever asks soon does not wait. */
    renew: (): Promise<T> => reading ?? readAnew(),
    /** What was read before is not returned any more. */
    forget(): void {
      kept = null;
      reading = null;
    },
  };
}
