import { PRIORITY } from "../../../src/queue/catalogue.ts";
import type { Walker } from "../../../src/sync/walk.ts";
import { createApi, usualLatency, type Latency } from "../simulation/api.ts";
import { createClock } from "../simulation/clock.ts";
import { createFullRun } from "../simulation/full-run.ts";
import type { ChurningList } from "./list.ts";

const MAX_IDS = 60_000;

export interface PassResult {
  readonly requests: number;
  readonly proven: boolean;
  /** Rows that lived through the pass and were not seen. */
  readonly missed: number;
  readonly milliseconds: number;
}

/** One full run over a list in simulated time, by the product's own walkers, one request a slot at most. */
export function simulatePass(list: ChurningList, latency: Latency, draw: () => number): PassResult {
  const before = list.living().slice();
  const clock = createClock();
  const api = createApi(clock, { latency, draw });
  const run = createFullRun({ latencyMs: usualLatency(latency), maxIds: MAX_IDS });
  let requests = 0;

  function step(walker: Walker): void {
    const { nextPage, perPage } = walker;
    api.ask({
      priority: PRIORITY.full,
      read: () => {
        requests += 1;
        list.moveTo(clock.now);
        return { ids: [...list.read((nextPage - 1) * perPage, perPage)], total: list.length };
      },
      answered: (page) => run.record(walker, page).forEach(step),
    });
  }

  step(run.first);
  clock.run();
  const lived = new Set(list.living());
  const missed = before.reduce((sum, id) => sum + (lived.has(id) && !run.saw(id) ? 1 : 0), 0);
  return { requests, proven: run.outcome() === "proven", missed, milliseconds: clock.now };
}
