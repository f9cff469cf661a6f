interface Event {
  readonly time: number;
  readonly action: () => void;
}

/** Time in milliseconds that passes as fast as its events are done with, the earliest first; of equals the one added first. */
export function createClock(start = 0) {
  let now = start;
  /** The next one last. */
  const events: Event[] = [];

  return {
    get now() {
      return now;
    },
    at(time: number, action: () => void): void {
      let index = events.length;
      while (index > 0 && (events[index - 1]?.time ?? Infinity) <= time) index -= 1;
      events.splice(index, 0, { time, action });
    },
    /** Until nothing is left to happen, or until `end`. */
    run(end = Infinity): void {
      for (let next = events.at(-1); next !== undefined && next.time < end; next = events.at(-1)) {
        events.pop();
        now = next.time;
        next.action();
      }
    },
  };
}
export type Clock = ReturnType<typeof createClock>;
