/** How old the mirror gets before a run renews it, in seconds: the time between two ticks and that of the run. */
export interface Freshness {
  /** With the median of the gaps. */
  readonly usualSeconds: number;
  /** With the largest: the weekend, for a schedule of working days. */
  readonly worstSeconds: number;
  /** At a moment taken by chance. */
  readonly averageSeconds: number;
}

/** With runs of that many seconds each, none of which begins before the last one has ended; null without two. */
export function freshnessOf(ticks: readonly Date[], runSeconds: number): Freshness | null {
  const gaps = gapsOf(takenOf(ticks, runSeconds)).toSorted((a, b) => a - b);
  if (gaps.length === 0) return null;
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const squares = gaps.reduce((sum, gap) => sum + gap * gap, 0);
  return {
    usualSeconds: Math.round((gaps[Math.floor(gaps.length / 2)] ?? 0) + runSeconds),
    worstSeconds: Math.round((gaps.at(-1) ?? 0) + runSeconds),
    // Half of each gap, weighted by its length: a long one is also met more often.
    averageSeconds: Math.round(squares / total / 2 + runSeconds),
  };
}

/** Seconds between one tick and the next. */
export function gapsOf(ticks: readonly Date[]): readonly number[] {
  return ticks.slice(1).map((tick, i) => (tick.getTime() - (ticks[i] ?? tick).getTime()) / 1_000);
}

/** The ticks that start a run: not those that come while one is going. */
function takenOf(ticks: readonly Date[], runSeconds: number): readonly Date[] {
  const taken: Date[] = [];
  for (const tick of ticks) {
    const last = taken.at(-1);
    if (last === undefined || tick.getTime() >= last.getTime() + runSeconds * 1_000) taken.push(tick);
  }
  return taken;
}
