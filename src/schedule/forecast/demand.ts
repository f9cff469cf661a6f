const MINUTE_MS = 60_000;

/** A run that the schedules will start, and what it asks for. */
export interface ComingRun {
  readonly at: Date;
  readonly requests: number;
  /** How many such runs there are in that minute. */
  readonly times: number;
}

/** A stretch of time and the requests that runs ask for in it; `share` is theirs of its quota, 1 being all of it. */
export interface Demand {
  readonly from: Date;
  readonly to: Date;
  readonly requests: number;
  readonly share: number;
}

/**
 * What runs ask for over time, each spread over the minutes that it would last alone: one long run never asks for more
 * than the whole quota, however long it lasts, and two at a time may ask for twice of it.
 */
export function createDemand(
  runs: readonly ComingRun[],
  span: { readonly from: Date; readonly to: Date; readonly requestsPerMinute: number },
) {
  const { from, to, requestsPerMinute } = span;
  const minuteOf = (time: Date) => (time.getTime() - from.getTime()) / MINUTE_MS;
  const minutes = Math.ceil(minuteOf(to));
  /** Requests before each minute, so that a stretch is the difference of two. */
  const before = sumsOf(perMinute(runs, { minutes, minuteOf, requestsPerMinute }));

  /** Of whole minutes. */
  function between(start: Date, end: Date): Demand {
    const at = (time: Date) => before[Math.min(minutes, Math.max(0, Math.round(minuteOf(time))))] ?? 0;
    const requests = Math.round(at(end) - at(start));
    const quota = ((end.getTime() - start.getTime()) / MINUTE_MS) * requestsPerMinute;
    return { from: start, to: end, requests, share: requests / quota };
  }

  /** The busiest stretch of that length, the first of equals, from where its first run begins; null without any. */
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

/** The one with the largest share, the first of equals; null where nothing is asked for. */
export function busiestOf(demands: readonly Demand[]): Demand | null {
  return demands.reduce<Demand | null>((most, one) => (one.share > (most?.share ?? 0) ? one : most), null);
}

function perMinute(
  runs: readonly ComingRun[],
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
