import { AppError } from "../../../src/platform/errors.ts";
import { resourceNames } from "../../../src/sync/resources.ts";
import { createSequence } from "../../../src/sandbox/data/random.ts";
import { createApi, p90Latency } from "../simulation/api.ts";
import { createClock } from "../simulation/clock.ts";
import type { Age } from "./ages.ts";
import { changesOf } from "./changes.ts";
import { createRuns } from "./runs.ts";
import { compared, MIDNIGHTS, type Schedule } from "./schedule.ts";
import { createSource, type Sizes } from "./source.ts";

export const LATENCY = { min: 100, max: 400 } as const;

/** What a Tuesday came to, and the quiet Wednesday after it. */
export interface DayResult {
  /** For campaigns and applications. */
  readonly requests: number;
  /** For the lists that are read at night alone. */
  readonly otherRequests: number;
  readonly ages: readonly Age[];
  /** Requests of each incremental sync of applications on the Wednesday, when nothing changes. */
  readonly quiet: readonly number[];
}

/** Simulates from Monday to Wednesday. Monday fills the windows; what changes is on Monday and Tuesday. */
export function simulateDay(schedule: Schedule, sizes: Sizes, seed: number): DayResult {
  const [monday, tuesday, wednesday, end] = MIDNIGHTS;
  const changeDraw = createSequence(seed, 0);
  const changes = [monday, tuesday].flatMap((midnight) => changesOf(midnight, changeDraw));
  const clock = createClock(monday);
  const source = createSource(sizes, changes, { start: monday, draw: changeDraw });
  const api = createApi(clock, { latency: LATENCY, draw: createSequence(seed, 1) });
  const latencyMs = p90Latency(LATENCY);
  const lists = resourceNames.map((name) => ({ name, ...createRuns(name, { clock, api, source, latencyMs }) }));
  for (const { name, start } of lists) {
    for (const tick of schedule) if (tick.resource === name) clock.at(tick.at, () => start(tick));
  }
  clock.run(end);

  const waiting = resourceNames.reduce((sum, name) => sum + source.lists[name].ages.countWaiting(wednesday), 0);
  if (waiting > 0) throw new AppError("not_reached", `${waiting} changes of two days never reached the mirror.`);
  const requestsOf = (isMeant: (name: string) => boolean) =>
    lists
      .filter(({ name }) => isMeant(name))
      .flatMap(({ runs }) => runs.flatMap(({ requests }) => requests))
      .filter((at) => at >= tuesday && at < wednesday).length;
  const isCompared = (name: string) => compared.some((one) => one === name);
  return {
    requests: requestsOf(isCompared),
    otherRequests: requestsOf((name) => !isCompared(name)),
    ages: resourceNames.flatMap((name) => source.lists[name].ages.known).filter(({ at }) => at >= tuesday),
    quiet: lists
      .filter(({ name }) => name === "applications")
      .flatMap(({ runs }) => runs)
      .filter(({ kind, startedAt }) => kind === "incremental" && startedAt >= wednesday)
      .map(({ requests }) => requests.length),
  };
}
