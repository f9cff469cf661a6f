import type { CallContext } from "../../src/api/client.ts";
import { AppError } from "../../src/platform/errors.ts";
import type { OutboxJob } from "../../src/outbox/context.ts";

type Work = (job: OutboxJob, context: CallContext) => Promise<void>;

/** A queue in memory that does with jobs what the real one does, at once and under the hand of a test. */
export interface HandQueue {
  /** Drops a job whose like is waiting or running. */
  readonly enqueue: (job: OutboxJob) => Promise<void>;
  /** Runs jobs, some at a time, until none is left. */
  readonly drain: (work: Work) => Promise<void>;
  /** The work on a job never comes back: its worker is gone. `again`: another worker receives the job. */
  readonly leaveBehind: (job: string, again: boolean) => void;
  /** Loses every job that waits. */
  readonly flush: () => void;
  /** What tests do to a job before it is kept: dropped, or handed to two workers. */
  readonly meddle: (with_: (job: OutboxJob) => "lost" | "twice" | "kept") => void;
}

const AT_ONCE = 8;
const ATTEMPTS = 12;

interface Entry {
  readonly name: string;
  readonly job: OutboxJob;
  attempts: number;
}

/** `atOnce`: how many jobs it runs at a time. */
export function createHandQueue(atOnce = AT_ONCE): HandQueue {
  const waiting: Entry[] = [];
  const running = new Map<string, (again: boolean) => void>();
  let copies = 0;
  let meddler: (job: OutboxJob) => "lost" | "twice" | "kept" = () => "kept";

  const isHeld = (name: string): boolean => running.has(name) || waiting.some((entry) => entry.name === name);

  async function run(entry: Entry, work: Work): Promise<void> {
    const { name, job } = entry;
    const gone = new Promise<boolean>((resolve) => running.set(name, resolve));
    try {
      const again = await Promise.race([work(job, { job: name }).then(() => false), gone]);
      if (again) waiting.push(entry);
    } catch (error) {
      settle(entry, error);
    } finally {
      running.delete(name);
    }
  }

  function settle(entry: Entry, error: unknown): void {
    const disposition = error instanceof AppError ? error.disposition : "retry";
    if (disposition === "fail") return;
    if (disposition === "retry") entry.attempts += 1;
    if (entry.attempts < ATTEMPTS) waiting.push(entry);
  }

  return {
    async enqueue(job) {
      const name = `${job.kind}-${job.import}-${job.turn}`;
      if (isHeld(name)) return;
      const fate = meddler(job);
      if (fate === "lost") return;
      waiting.push({ name, job, attempts: 0 });
      if (fate === "twice") waiting.push({ name: `${name}#${++copies}`, job, attempts: 0 });
    },

    async drain(work) {
      const worker = async (): Promise<void> => {
        for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) await run(entry, work);
      };
      while (waiting.length > 0) await Promise.all(Array.from({ length: atOnce }, worker));
    },

    leaveBehind: (name, again) => running.get(name)?.(again),
    flush: () => void waiting.splice(0),
    meddle: (with_) => void (meddler = with_),
  };
}
