import { setTimeout as sleep } from "node:timers/promises";

/** The first who asks for a value that was read beforehand receives one that is read again, if the last read took no longer. */
const QUICK_MS = 40;
/** How long they wait if it takes longer this time. */
const PATIENCE_MS = 250;

/** For how long a value is taken as it was read, and for how long after that while it is read again. Milliseconds. */
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
  let isSeen = false;
  let tookMs = Infinity;

  function readAgain(): Promise<T> {
    const at = now();
    const begun = performance.now();
    const mine = read().then((value) => {
      if (reading === mine) {
        kept = { at, value };
        isSeen = false;
        tookMs = performance.now() - begun;
      }
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
    /** The value as it was read at most `keptMs` ago, or up to `staleMs` longer while it is read again. Throws as `read` does. */
    async get(): Promise<T> {
      const age = kept === null ? Infinity : Math.abs(now() - kept.at);
      const isShared = isSeen || tookMs > QUICK_MS;
      isSeen = true;
      if (kept !== null && isShared && age < keptMs) return kept.value;
      const coming = (reading ?? readAgain()).finally(() => (isSeen = true));
      if (kept === null || age >= keptMs + staleMs) return coming;
      const { value } = kept;
      const before = () => value; // Who asks once it is too old to be shown receives the error.
      return Promise.race([coming.catch(before), sleep(PATIENCE_MS, undefined, { ref: false }).then(before)]);
    },
    /** Reads it again, so that whoever asks soon does not wait. */
    renew: (): Promise<T> => reading ?? readAgain(),
    /** What was read before is not returned any more. */
    forget(): void {
      kept = null;
      reading = null;
    },
  };
}
