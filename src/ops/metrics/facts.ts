import type { Database } from "../../database/client.ts";
import { readSkew } from "../../database/clock.ts";
import { inTime, shared } from "../../platform/in-time.ts";
import type { StateReader } from "../state/state.ts";
import type { MetricFacts, QueueFacts, StoredFacts, WorkerFacts } from "./family.ts";
import { createRequestCounter, quotaWindow } from "./requests.ts";
import { createRunCounter } from "./runs.ts";

export interface FactsDeps {
  readonly account: string;
  readonly database: Database;
  readonly state: StateReader;
  readonly queue: {
    counts(): Promise<QueueFacts["jobs"]>;
    workers(): Promise<number | null>;
  };
  readonly worker: () => WorkerFacts;
}

/** How long a scrape waits for the database, and for the queue. Prometheus gives up after 10 s. */
const ANSWER_MS = 3_000;

/** Returns what reads the facts of a scrape. It never throws, and answers within `ANSWER_MS` whatever hangs. */
export function createFacts(deps: FactsDeps): () => Promise<MetricFacts> {
  const { database, account, state, queue } = deps;
  // From the start of the process: the worker may have made requests before it serves HTTP.
  const requests = createRequestCounter(database, account, 0);
  const runs = createRunCounter(database, account);

  const readStored = shared(async (): Promise<StoredFacts> => {
    // One after the other: a scrape each minute would open a connection for each. The state may be kept from before the database went away.
    const skewSeconds = (await readSkew(database)).aheadMs / 1_000;
    return {
      state: await state.read(),
      runs: await runs.read(),
      requests: await requests.read(),
      window: await quotaWindow(database, account),
      skewSeconds,
    };
  });
  const readQueue = shared(async (): Promise<QueueFacts> => {
    const [jobs, workers] = await Promise.all([queue.counts(), queue.workers()]);
    return { jobs, workers };
  });
  const orNull = <T>(asked: Promise<T>) => inTime(asked, null, ANSWER_MS).catch(() => null);

  return async () => {
    const [stored, queued] = await Promise.all([orNull(readStored()), orNull(readQueue())]);
    return { stored, queue: queued, worker: deps.worker() };
  };
}
