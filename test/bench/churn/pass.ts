import { PRIORITY } from "../../../src/queue/catalogue.ts";
import type { Walker } from "../../../src/sync/reading/walker.ts";
import { createFullRun } from "../../support/full-run.ts";
import { createApi, p90Latency, SLOT_MS, type Latency } from "../simulation/api.ts";
import { createClock } from "../simulation/clock.ts";
import { answerOf } from "../simulation/answer.ts";
import type { ChurningList } from "./list.ts";

const MAX_IDS = 60_000;
export const PAGE_ROWS = 50;

export interface PassResult {
  readonly requests: number;
  /** Requests for a list that stands still, as long as this one was at the start. */
  readonly ideal: number;
  readonly proven: boolean;
  /** Rows that lived through the pass and were not seen. */
  readonly missed: readonly number[];
  readonly milliseconds: number;
}

export interface PairResult {
  readonly passes: readonly [PassResult, PassResult];
  /** Living rows that a jobboard's sync would mark as deleted. */
  readonly falseTombstones: number;
}

/**
 * Two full runs in a row over one list that goes on moving. The mirror holds what was listed before the first; a
 * jobboard's sync marks as deleted what neither of them saw, if both are proven. For a customer's, a 404 must say so
 * for each row, which no living row gives.
 */
export function simulatePair(list: ChurningList, latency: Latency, draw: () => number): PairResult {
  const first = simulatePass(list, latency, draw);
  const second = simulatePass(list, latency, draw);
  const missedBefore = new Set(first.missed);
  const missedTwice = second.missed.filter((id) => missedBefore.has(id)).length;
  return { passes: [first, second], falseTombstones: first.proven && second.proven ? missedTwice : 0 };
}

/** One full run over a list in simulated time, by the product's own walkers, one request a slot at most. */
function simulatePass(list: ChurningList, latency: Latency, draw: () => number): PassResult {
  const before = list.living().slice();
  const start = list.now;
  const clock = createClock(start);
  const api = createApi(clock, { latency, draw });
  const run = createFullRun({ latencyMs: p90Latency(latency), slotMs: SLOT_MS, maxIds: MAX_IDS });
  let requests = 0;

  function step(walker: Walker): void {
    const { nextPage, perPage } = walker;
    api.ask({
      priority: PRIORITY.full,
      read: () => {
        requests += 1;
        list.moveTo(clock.now);
        return answerOf(walker, [...list.read((nextPage - 1) * perPage, perPage)], list.length);
      },
      answered: (page) => run.record(walker, page).forEach(step),
    });
  }

  step(run.first);
  clock.run();
  const lived = new Set(list.living());
  return {
    requests,
    ideal: Math.ceil(before.length / PAGE_ROWS),
    proven: run.outcome() === "proven",
    missed: [...before].filter((id) => lived.has(id) && !run.saw(id)),
    milliseconds: clock.now - start,
  };
}
