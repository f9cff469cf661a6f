import type { Backend } from "./backend.ts";
import { catalogue, payloads, type JobKind, type Payload } from "./catalogue.ts";
import { QUEUE_NAMES } from "./schema.ts";

interface QueueCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
}

/** A job: its kind, and what its payload holds. */
export type QueuedJob = { readonly [K in JobKind]: { readonly kind: K } & Payload<K> }[JobKind];

/** The name of an account's queue as the backend knows it. */
export function queueName(account: string): string {
  return `${QUEUE_NAMES}${account}`;
}

/** The queue of an account, for those who add jobs. */
export function createQueue(backend: Backend, account: string, onError: (error: Error) => void) {
  const queue = backend.queue(queueName(account), onError);

  async function add<K extends JobKind>(kind: K, payload: Payload<K>): Promise<void> {
    const { jobId, priority, attempts } = catalogue[kind];
    await queue.add(kind, payloads[kind].parse(payload), {
      jobId: jobId(payload),
      priority: priority(payload),
      attempts,
      backoff: { type: "custom" },
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  return {
    /** Adds a job, unless one of the same id is waiting or running. It is gone once it has ended, well or not. */
    enqueue: ({ kind, ...payload }: QueuedJob): Promise<void> => add(kind, payload),

    /** How many jobs it holds, by state. */
    async counts(): Promise<QueueCounts> {
      const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = await queue.counts();
      return { waiting: waiting + prioritized, delayed, active };
    },

    /** How many worker processes process its jobs; null: this user of Redis may not ask. */
    workers: () => queue.workers(),

    close: () => queue.close(),
  };
}

export type Queue = ReturnType<typeof createQueue>;
