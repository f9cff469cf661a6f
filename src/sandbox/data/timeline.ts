const DAY_MS = 86_400_000;
const SPAN_MS = 730 * DAY_MS;

/** When things were created: the two years that end at `end`, in milliseconds since the epoch. */
export interface Timeline {
  readonly start: number;
  readonly end: number;
  /** The time at a share of the span in [0, 1]; never decreases. More is created in some seasons than in others. */
  readonly at: (share: number) => number;
}

export function createTimeline(end: number): Timeline {
  const start = end - SPAN_MS;
  return { start, end, at: (share) => start + Math.floor(season(share) * SPAN_MS) };
}

/** The derivative stays between 0.5 and 1.5: the order of shares is the order of moments. */
function season(share: number): number {
  return share + (0.5 / (8 * Math.PI)) * Math.sin(8 * Math.PI * share);
}

/** A fixed end derived from the seed, so that the same seed means the same data on any day. */
export function endOfSeed(seed: number): number {
  return Date.UTC(2026, 9, 1, 18) + (Math.abs(seed) % 28) * DAY_MS;
}
