import { RateLimitError, UnrecoverableError, WaitingError, type Job } from "bullmq";
import type { Logger } from "pino";
import type { z } from "zod";
import { databaseErrorOf } from "../database/errors.ts";
import { AppError } from "../platform/errors.ts";
import { createInFlight } from "../platform/in-flight.ts";
import type { Backend, QueueWorker } from "./backend.ts";
import { backoffMs, payloads, type JobKind, type Payload } from "./catalogue.ts";
import { queueName } from "./queue.ts";

export interface JobContext {
  readonly job: string;
  /** Aborted when the process must leave and a request still runs. */
  readonly signal: AbortSignal;
  /** The job has never begun before: no worker can have been lost in it. */
  readonly isFirst: boolean;
}

interface HandlerOf<P> {
  readonly run: (payload: P, context: JobContext) => Promise<unknown>;
  /** Called once, before the job is abandoned: records the failure where it is seen. */
  readonly giveUp?: (payload: P, error: AppError) => Promise<void>;
}

/** What each kind of job does. The wiring provides it. */
export type Handlers = { readonly [K in JobKind]: HandlerOf<Payload<K>> };

export interface WorkerOptions {
  readonly account: string;
  /** The least time between two jobs that begin, in all processes together. Milliseconds. */
  readonly slotMs: number;
  readonly logger: Logger;
  /** How long `stop` lets requests in flight finish before it aborts them, in milliseconds. */
  readonly graceMs: number;
}

const CONCURRENCY = 8;
/** A job makes one request, and none waits that long. */
const HANGS_MS = 15 * 60_000;

/** The worker of an account's queue. It processes jobs between `start` and `stop`. */
export function createWorker(backend: Backend, handlers: Handlers, options: WorkerOptions) {
  const { account, slotMs, logger, graceMs } = options;
  const cancellation = new AbortController();
  const inFlight = createInFlight();
  let stopping = false;
  const performers: ReadonlyMap<string, Performer> = new Map([
    ["page", performer(payloads.page, handlers.page)],
    ["confirm", performer(payloads.confirm, handlers.confirm)],
    ["detail", performer(payloads.detail, handlers.detail)],
    ["deliver", performer(payloads.deliver, handlers.deliver)],
    ["reconcile", performer(payloads.reconcile, handlers.reconcile)],
  ]);
  const worker: QueueWorker = backend.worker(
    queueName(account),
    (job, token) => inFlight.track(process(job, token)),
    {
      concurrency: CONCURRENCY,
      limiter: { max: 1, duration: slotMs },
      backoff: (attemptsMade, error) => backoffMs(attemptsMade, error instanceof AppError ? error.delayMs : 0),
    },
    (error) => logger.warn({ err: error }, "queue connection"),
  );

  async function process(job: Job<unknown, unknown>, token?: string): Promise<unknown> {
    const kind = performers.get(job.name) ?? unknownKind;
    try {
      if (stopping) throw new AppError("stopped", "Stopping: no more jobs are begun.", { disposition: "requeue" });
      const isFirst = job.attemptsStarted <= 1;
      const result = await kind.run(job.data, { job: job.id ?? job.name, signal: cancellation.signal, isFirst });
      return result ?? null;
    } catch (error) {
      return settle(kind, job, asAppError(error), token);
    }
  }

  /** Does with a job that threw what its error asks for; always throws what BullMQ is to make of it. */
  async function settle(kind: Performer, job: Job<unknown, unknown>, error: AppError, token?: string): Promise<never> {
    const { code, disposition, delayMs } = error;
    if (disposition === "pause") {
      logger.warn({ job: job.id, code, seconds: Math.ceil(delayMs / 1000) }, "queue paused");
      await worker.rateLimit(delayMs);
      throw new RateLimitError();
    }
    if (disposition === "requeue") {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const last = disposition === "fail" || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    logger.warn({ job: job.id, attempt: job.attemptsMade + 1, last, err: error }, "job attempt failed");
    if (!last) throw error;
    await kind.giveUp(job.data, error);
    throw new UnrecoverableError(error.message);
  }

  return {
    async start(): Promise<void> {
      await worker.waitUntilReady();
      worker.run().catch((error: unknown) => logger.error({ err: error }, "worker ended"));
    },

    /** Whether jobs are fetched, and none has been in progress for longer than a request can take. */
    isAlive: () => worker.isRunning() && inFlight.oldestMs() < HANGS_MS,

    /**
     * Begins no more jobs (one that BullMQ was fetching goes back), lets those in flight finish for `graceMs`, then
     * aborts them back into the queue.
     */
    async stop(): Promise<void> {
      stopping = true;
      const timer = setTimeout(() => cancellation.abort(), graceMs);
      await worker.close();
      clearTimeout(timer);
    },
  };
}

/** A handler that checks its payload first, because jobs of an older version may still be in the queue. */
interface Performer {
  readonly run: (payload: unknown, context: JobContext) => Promise<unknown>;
  readonly giveUp: (payload: unknown, error: AppError) => Promise<void>;
}

function performer<P>(schema: z.ZodType<P>, handler: HandlerOf<P>): Performer {
  return {
    async run(payload, context) {
      const parsed = schema.safeParse(payload);
      if (parsed.success) return handler.run(parsed.data, context);
      throw new AppError("bad_payload", "The job is not one that this version can read.", { disposition: "fail" });
    },
    async giveUp(payload, error) {
      const parsed = schema.safeParse(payload);
      if (parsed.success) await handler.giveUp?.(parsed.data, error);
    },
  };
}

const unknownKind: Performer = {
  run: () => Promise.reject(new AppError("unknown_job", "No job of this kind is known here.", { disposition: "fail" })),
  giveUp: async () => {},
};

/** The error that the queue stores. Messages of others may hold personal data. */
function asAppError(error: unknown): AppError {
  const unexpected = "An unexpected error: the log of the worker says which.";
  return databaseErrorOf(error) ?? new AppError("internal", unexpected, { cause: error });
}
