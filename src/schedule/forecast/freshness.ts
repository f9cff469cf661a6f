/** How old the mirror gets before a run renews it, in seconds: the time between two ticks and that of the run. */
export interface Freshness {
  /** With the median of the gaps. */
  readonly typicalSeconds: number;
  /** With the largest: the weekend, for a schedule of working days. */
  readonly worstSeconds: number;
  /** At a random moment. */
  readonly averageSeconds: number;
}

/** The minutes in which a run is due, and how often it is in each. */
export interface Ticks {
  readonly ticks: readonly Date[];
  readonly fires: number;
}

/** With runs of that many seconds each, none of which begins before the last one has ended; null without two. */
export function freshnessOf({ ticks, fires }: Ticks, runSeconds: number): Freshness | null {
  const gaps = gapsOf(startsOf({ ticks, fires }, runSeconds)).toSorted((a, b) => a - b);
  if (gaps.length === 0) return null;
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const squares = gaps.reduce((sum, gap) => sum + gap * gap, 0);
  return {
    typicalSeconds: Math.round((gaps[Math.floor(gaps.length / 2)] ?? 0) + runSeconds),
    worstSeconds: Math.round((gaps.at(-1) ?? 0) + runSeconds),
    // Half of each gap, weighted by its length: a long one is also met more often.
    averageSeconds: Math.round(squares / total / 2 + runSeconds),
  };
}

/** Seconds from one time to the next, of times in milliseconds. */
function gapsOf(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, i) => (time - (times[i] ?? time)) / 1_000);
}

/** The shortest time after which a sync is due again, in seconds; Infinity for less than two ticks. */
export function dueSeconds({ ticks, fires }: Ticks): number {
  return Math.min(...gapsOf(ticks.map((tick) => tick.getTime())), fires > 1 ? 60 / fires : Infinity);
}

/** The ticks that start a run: not those that come while one is going. Those of one minute count as evenly spread. */
function startsOf({ ticks, fires }: Ticks, runSeconds: number): readonly number[] {
  const starts: number[] = [];
  let free = -Infinity;
  for (const tick of ticks) {
    for (let fire = 0; fire < fires; fire++) {
      const time = tick.getTime() + (fire * 60_000) / fires;
      if (time < free) continue;
      starts.push(time);
      free = time + runSeconds * 1_000;
    }
  }
  return starts;
}
