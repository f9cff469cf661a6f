const MINUTE_MS = 60_000;

/** A run that the schedules will start, and its requests. */
export interface StartingRuns {
  readonly at: Date;
  readonly requests: number;
  /** How many such runs start in that minute. */
  readonly times: number;
}

/** A period and the requests of the runs in it; `share` is their share of its quota, 1 being all of it. */
export interface Demand {
  readonly from: Date;
  readonly to: Date;
  readonly requests: number;
  readonly share: number;
}

/**
 * The requests of runs over time. Each run is spread over the minutes that it would take alone, so that one run never needs
 * more than the whole quota, and two at the same time may need twice as much.
 */
export function createDemand(
  runs: readonly StartingRuns[],
  span: { readonly from: Date; readonly to: Date; readonly requestsPerMinute: number },
) {
  const { from, to, requestsPerMinute } = span;
  const minuteOf = (time: Date) => (time.getTime() - from.getTime()) / MINUTE_MS;
  const minutes = Math.ceil(minuteOf(to));
  /** Requests before each minute: those of a period are the difference of two. */
  const before = sumsOf(perMinute(runs, { minutes, minuteOf, requestsPerMinute }));

  /** The demand of a period, which is rounded to whole minutes. */
  function between(start: Date, end: Date): Demand {
    const at = (time: Date) => before[Math.min(minutes, Math.max(0, Math.round(minuteOf(time))))] ?? 0;
    const requests = Math.round(at(end) - at(start));
    const quota = ((end.getTime() - start.getTime()) / MINUTE_MS) * requestsPerMinute;
    return { from: start, to: end, requests, share: requests / quota };
  }

  /** The busiest period of that length, from the start of its first run; the first of equal ones, null if there is none. */
  function busiest(lengthMinutes: number): Demand | null {
    const stretch = (minute: number) => {
      const start = new Date(from.getTime() + minute * MINUTE_MS);
      return between(start, new Date(start.getTime() + lengthMinutes * MINUTE_MS));
    };
    const starts = Array.from({ length: Math.max(0, minutes - lengthMinutes + 1) }, (_, minute) => minute);
    const most = busiestOf(starts.map(stretch));
    if (most === null) return null;
    const first = minuteOf(most.from);
    const begun = starts.find((minute) => minute >= first && before[minute + 1] !== before[minute]);
    return stretch(begun ?? first);
  }

  return { between, busiest };
}

/** The one with the largest share, the first of equal ones; null if there is no request. */
export function busiestOf(demands: readonly Demand[]): Demand | null {
  return demands.reduce<Demand | null>((most, one) => (one.share > (most?.share ?? 0) ? one : most), null);
}

function perMinute(
  runs: readonly StartingRuns[],
  {
    minutes,
    minuteOf,
    requestsPerMinute,
  }: { minutes: number; minuteOf: (time: Date) => number; requestsPerMinute: number },
): Float64Array {
  const asked = new Float64Array(minutes);
  for (const { at, requests, times } of runs) {
    const start = minuteOf(at);
    const end = start + requests / requestsPerMinute;
    for (let minute = Math.max(0, Math.floor(start)); minute < Math.min(end, minutes); minute++) {
      const part = Math.min(end, minute + 1) - Math.max(start, minute);
      asked[minute] = (asked[minute] ?? 0) + times * part * requestsPerMinute;
    }
  }
  return asked;
}

function sumsOf(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (const [i, value] of values.entries()) sums[i + 1] = (sums[i] ?? 0) + value;
  return sums;
}
