/** The report of the state, as a process reads it. */
import { noticesState } from "../ops/notices/notices-state.ts";
import { createState, type StateReader } from "../ops/state/state.ts";
import { outboxOptionsOf } from "../outbox/context.ts";
import { inTime } from "../platform/in-time.ts";
import { quotaUse } from "../quota/request-gate.ts";
import type { QueueSide } from "./queue.ts";
import type { Context, Stores } from "./stores.ts";

/** The report of the state, which the page, the metrics and the notices of this process share. `side`: null if the queue is away. */
export function openState({ config }: Context, { database }: Stores, side: QueueSide | null): StateReader {
  return createState({
    database,
    config,
    quotaUse: () => quotaUse(database, config.account),
    outbox: outboxOptionsOf(config),
    // A queue that is away must not keep what the database knows from being shown.
    workers: async () => (side === null ? null : inTime(side.queue.workers(), null, QUEUE_MS).catch(() => null)),
    notices: () => noticesState(database, config),
  });
}

/** How long the report of the state waits for the queue. */
const QUEUE_MS = 2_000;
