import type { JobsOptions, KeepJobs } from "bullmq";
import type { Backend } from "./backend.ts";
import { catalogue, payloads, type JobKind, type Payload, type QueueName } from "./catalogue.ts";

export interface QueueCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
}

/** For how long those who ask for a result will find it. */
const KEPT: KeepJobs = { age: 600, count: 1_000 };

/** The name of an account's queue as the backend knows it. */
export function queueName(account: string, queue: QueueName): string {
  return `${queue}-${account}`;
}

/** The two queues of an account, as those see them who add jobs. */
export function createQueues(backend: Backend, account: string, onError: (error: Error) => void) {
  const queues = {
    api: backend.queue(queueName(account, "api"), onError),
    sync: backend.queue(queueName(account, "sync"), onError),
  } as const;

  async function countsOf(name: QueueName): Promise<QueueCounts> {
    const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = await queues[name].counts();
    return { waiting: waiting + prioritized, delayed, active };
  }

  return {
    /** Adds a job, unless one of the same id is waiting or running. It is gone once it has ended, well or not. */
    async enqueue<K extends JobKind>(kind: K, payload: Payload<K>): Promise<void> {
      await queues[catalogue[kind].queue].add(kind, payloads[kind].parse(payload), optionsOf(kind, payload, true));
    },

    /** Adds a job and waits for its result. Rejects when the job failed for good, or after `timeoutMs`. */
    ask<K extends JobKind>(kind: K, payload: Payload<K>, timeoutMs: number): Promise<unknown> {
      return queues[catalogue[kind].queue].ask(
        kind,
        payloads[kind].parse(payload),
        optionsOf(kind, payload, KEPT),
        timeoutMs,
      );
    },

    /** How many jobs each queue holds, by state. */
    async counts(): Promise<Readonly<Record<QueueName, QueueCounts>>> {
      return { api: await countsOf("api"), sync: await countsOf("sync") };
    },

    /** How many worker processes process jobs of the `api` queue. */
    workers: () => queues.api.workers(),

    async close(): Promise<void> {
      await Promise.all([queues.api.close(), queues.sync.close()]);
    },
  };
}

export type Queues = ReturnType<typeof createQueues>;

function optionsOf<K extends JobKind>(kind: K, payload: Payload<K>, removed: true | KeepJobs): JobsOptions {
  const rules = catalogue[kind];
  return {
    jobId: rules.jobId(payload),
    priority: rules.priority(payload),
    attempts: rules.attempts,
    backoff: { type: "custom" },
    removeOnComplete: removed,
    removeOnFail: removed,
  };
}
