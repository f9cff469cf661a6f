/** How old the mirror becomes, in seconds: the time between two runs and the duration of a run. */
export interface Freshness {
  /** By the median of the gaps. */
  readonly typicalSeconds: number;
  /** By the largest gap, such as the weekend of a schedule of working days. */
  readonly worstSeconds: number;
  /** The mean age at a random time. */
  readonly averageSeconds: number;
}

/** The minutes in which a run is due, and how often in each. */
export interface Ticks {
  readonly ticks: readonly Date[];
  readonly fires: number;
}

/** The freshness with runs of that many seconds, which do not overlap; null with less than two ticks. */
export function freshnessOf({ ticks, fires }: Ticks, runSeconds: number): Freshness | null {
  const gaps = gapsOf(startsOf({ ticks, fires }, runSeconds)).toSorted((a, b) => a - b);
  if (gaps.length === 0) return null;
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const squares = gaps.reduce((sum, gap) => sum + gap * gap, 0);
  return {
    typicalSeconds: Math.round((gaps[Math.floor(gaps.length / 2)] ?? 0) + runSeconds),
    worstSeconds: Math.round((gaps.at(-1) ?? 0) + runSeconds),
    // Half of each gap, weighted by its length: a random time falls into a long gap more often.
    averageSeconds: Math.round(squares / total / 2 + runSeconds),
  };
}

/** The seconds between consecutive times in milliseconds. */
function gapsOf(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, i) => (time - (times[i] ?? time)) / 1_000);
}

/** The shortest time after which a sync is due again, in seconds; Infinity for less than two ticks. */
export function dueSeconds({ ticks, fires }: Ticks): number {
  return Math.min(...gapsOf(ticks.map((tick) => tick.getTime())), fires > 1 ? 60 / fires : Infinity);
}

/** The ticks that start a run, which are those outside of a run. Ticks of one minute count as evenly spread. */
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
