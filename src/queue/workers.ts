import { RateLimitError, UnrecoverableError, WaitingError, type Job } from "bullmq";
import type { Logger } from "pino";
import { AppError } from "../errors.ts";
import type { Backend, QueueWorker } from "./backend.ts";
import { backoffMs, catalogue, payloads, slotMs, type JobKind, type Payload, type QueueName } from "./catalogue.ts";
import { queueName } from "./queues.ts";

export interface JobContext {
  readonly job: string;
  /** Aborted when the process must leave and a request still runs. */
  readonly signal: AbortSignal;
}

export interface Handler<K extends JobKind> {
  readonly run: (payload: Payload<K>, context: JobContext) => Promise<unknown>;
  /** Called once, before the job is given up: the place to record the failure where it will be seen. */
  readonly giveUp?: (payload: Payload<K>, error: AppError) => Promise<void>;
}

/** What each kind of job does; handed in by the wiring. */
export type Handlers = { readonly [K in JobKind]: Handler<K> };

export interface WorkersOptions {
  readonly account: string;
  readonly requestsPerMinute: number;
  readonly logger: Logger;
  /** How long `stop` lets requests in flight finish before it aborts them, in milliseconds. */
  readonly graceMs?: number;
}

const CONCURRENCY = { api: 8, sync: 2 } as const satisfies Record<QueueName, number>;

/** The workers of both queues. They take jobs between `start` and `stop`. */
export function createWorkers(backend: Backend, handlers: Handlers, options: WorkersOptions) {
  const { account, logger, graceMs = 8_000 } = options;
  const leaving = new AbortController();

  async function process(worker: () => QueueWorker, job: Job<unknown, unknown>, token?: string): Promise<unknown> {
    const outcome = await perform(handlers, job, leaving.signal);
    if (outcome.ok) return outcome.result;
    const error = asAppError(outcome.error);
    const { code, disposition, delayMs } = error;
    if (disposition === "pause") {
      logger.warn({ job: job.id, code, seconds: Math.ceil(delayMs / 1000) }, "queue paused");
      await worker().rateLimit(delayMs);
      throw new RateLimitError();
    }
    if (disposition === "requeue") {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const last = disposition === "fail" || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    logger.warn({ job: job.id, attempt: job.attemptsMade + 1, last, err: error }, "job attempt failed");
    if (!last) throw error;
    await giveUp(handlers, job, error);
    throw new UnrecoverableError(error.message);
  }

  function open(name: QueueName): QueueWorker {
    const worker: QueueWorker = backend.worker(
      queueName(account, name),
      (job, token) => process(() => worker, job, token),
      {
        concurrency: CONCURRENCY[name],
        ...(name === "api" ? { limiter: { max: 1, duration: slotMs(options.requestsPerMinute) } } : {}),
        backoff: (attemptsMade, error) => backoffMs(attemptsMade, error instanceof AppError ? error.delayMs : 0),
      },
      (error) => logger.warn({ queue: name, err: error }, "queue connection"),
    );
    return worker;
  }

  const workers = [open("api"), open("sync")];

  return {
    async start(): Promise<void> {
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      for (const worker of workers)
        worker.run().catch((error: unknown) => logger.error({ err: error }, "worker ended"));
    },

    /** Takes no more jobs, lets those in flight finish for `graceMs`, then aborts them back into the queue. */
    async stop(): Promise<void> {
      const timer = setTimeout(() => leaving.abort(), graceMs);
      await Promise.all(workers.map((worker) => worker.close()));
      clearTimeout(timer);
    },
  };
}

export type Workers = ReturnType<typeof createWorkers>;

type Outcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };

async function perform(handlers: Handlers, job: Job<unknown, unknown>, signal: AbortSignal): Promise<Outcome> {
  try {
    const result = await dispatch(handlers, job, (handler, payload) =>
      handler.run(payload, { job: job.id ?? job.name, signal }),
    );
    return { ok: true, result: result ?? null };
  } catch (error) {
    return { ok: false, error };
  }
}

async function giveUp(handlers: Handlers, job: Job<unknown, unknown>, error: AppError): Promise<void> {
  await dispatch(handlers, job, async (handler, payload) => handler.giveUp?.(payload, error));
}

/** Finds the handler of a job and checks its payload: jobs of an older version may still be in the queue. */
function dispatch<R>(
  handlers: Handlers,
  job: Job<unknown, unknown>,
  call: <K extends JobKind>(handler: Handler<K>, payload: Payload<K>) => Promise<R>,
): Promise<R> {
  const kind = job.name;
  if (!isJobKind(kind))
    throw new AppError("unknown_job", `Job ${job.id} is of an unknown kind.`, { disposition: "fail" });
  return parseAndCall(kind);

  function parseAndCall<K extends JobKind>(known: K): Promise<R> {
    const payload = payloads[known].safeParse(job.data);
    if (!payload.success) {
      throw new AppError("bad_payload", `Job ${job.id} has a payload that ${known} cannot read.`, {
        disposition: "fail",
      });
    }
    return call<K>(handlers[known], payload.data as Payload<K>);
  }
}

/** What the queue may store of an error: messages we did not write may hold anything. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("internal", "An unexpected error: the log of the worker says which.", { cause: error });
}

function isJobKind(name: string): name is JobKind {
  return name in catalogue;
}
