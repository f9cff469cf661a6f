const MINUTE_MS = 60_000;

/** The largest number of moments within any rolling minute. `times` in milliseconds, in order. */
export function busiestMinute(times: readonly number[]): number {
  let most = 0;
  let oldest = 0;
  times.forEach((at, newest) => {
    while ((times[oldest] ?? at) <= at - MINUTE_MS) oldest += 1;
    most = Math.max(most, newest - oldest + 1);
  });
  return most;
}

/** How much of the quota the moments from `from` to `until` are; 1 is all of it. */
export function shareOfQuota(times: readonly number[], from: number, until: number, perMinute: number): number {
  const within = times.filter((at) => at >= from && at < until).length;
  return within / ((perMinute * (until - from)) / MINUTE_MS);
}

/** The wait of each job from when it was added to when its request arrived, in order; Infinity for one that did not. */
export function waits(added: readonly number[], arrived: readonly number[]): readonly number[] {
  return added.map((at, i) => (arrived[i] ?? Infinity) - at);
}
