import {
  createPostgresBackend,
  createRedisBackend,
  isNotConnectionError,
  isPgPool,
  withBackend,
  type BackendClasses,
  type IQueueBackend,
  type JobsOptions,
  type PgPool,
  type Processor,
  type Queue,
} from "bullmq";
import type { RedisTarget } from "../platform/redis-url.ts";
import { recognised } from "../database/errors.ts";
import { PostgresClient, statementName } from "../database/postgres-client.ts";
import { PostgresPool } from "../database/pool.ts";
import { numbersIn, type Numbers } from "./numbers.ts";
import { redisErrorOf, type RedisFault } from "./redis-errors.ts";
import { QUEUE_SCHEMA } from "./schema.ts";

/** Our Redis keys begin with this; the braces keep them in one slot of a Cluster. */
const PREFIX = "{applicant-sync}";
/** The back-off of a worker whose backend answers with errors, such as a Redis that is full. */
const BACK_OFF = { firstMs: 250, mostMs: 10_000 } as const;

/** What BullMQ calls the one worker of a server that knows no CLIENT LIST. */
const NO_CLIENT_LIST = "GCP does not support client list";

/** One connection that listens for jobs, and some that begin, add and end them. */
const QUEUE_CONNECTIONS = 6;

/**
 * BullMQ's statements of each job: their plans are kept, which halves the CPU of Postgres for them. Each calls one function, but for the
 * last, which asks whether a job waits.
 */
const EACH_JOB =
  /\b(add_job|move_to_active|move_to_completed_fetch|next_delay|next_signal)\(|FROM job WHERE queue = \$1 AND state = 'waiting'\s+\)\s+AND NOT EXISTS/;

/** BullMQ names its tables without their schema, so the search path of its pool has to be `bullmq`. */
class QueueClientOfPostgres extends PostgresClient {
  protected override get searchPath(): string {
    return QUEUE_SCHEMA;
  }

  protected override planOf(text: string): string | null {
    return EACH_JOB.test(text) ? statementName(text) : null;
  }
}

/** A queue for those who add jobs. */
export interface QueueClient {
  add(kind: string, payload: unknown, options: JobsOptions): Promise<void>;
  counts(): Promise<Readonly<Record<string, number>>>;
  /** How many worker processes process its jobs; null: this user of Redis may not ask (CLIENT LIST). */
  workers(): Promise<number | null>;
  close(): Promise<void>;
}

/** A worker for those who run it. */
export interface QueueWorker {
  waitUntilReady(): Promise<void>;
  run(): Promise<void>;
  /** Whether it fetches jobs: `run` has begun and has not ended. */
  isRunning(): boolean;
  /** Holds the whole queue, for every process, for so many milliseconds. */
  rateLimit(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface WorkerTuning {
  readonly concurrency: number;
  readonly limiter?: { readonly max: number; readonly duration: number };
  readonly backoff: (attemptsMade: number, error: Error | undefined) => number;
}

/** When the job of a worker that has died goes to another one: at most the sum of both later. In milliseconds. */
export interface Takeover {
  /** How long a worker holds a job without renewing its lock, which it does twice in that time. */
  readonly lockMs: number;
  /** How often jobs whose lock has expired are looked for. */
  readonly checkMs: number;
}

export const TAKEOVER: Takeover = { lockMs: 15_000, checkMs: 5_000 };

/** BullMQ on one of its two backends, behind one interface. */
export interface Backend {
  readonly name: "postgres" | "redis";
  /** What is known of its server; null: nothing beyond its name. */
  readonly detail: string | null;
  /** What its keys of this database begin with; null: the queue lives in Postgres. */
  readonly keysBegin: string | null;
  /** What is wrong with the server and does not keep the queue from working, or from working again. */
  readonly warnings: readonly RedisFault[];
  queue(name: string, onError: (error: Error) => void): QueueClient;
  worker(
    name: string,
    processor: Processor<unknown, unknown>,
    tuning: WorkerTuning,
    onError: (error: Error) => void,
  ): QueueWorker;
  /** Null: the queue lives in Postgres. */
  readonly numbers: Numbers | null;
  close(): Promise<void>;
}

/** Where BullMQ keeps the keys of one database: installations that share a Redis never meet. */
export function prefixOf(databaseKey: string): string {
  return `${PREFIX}:${databaseKey}`;
}

/**
 * Redis where a target is configured, else the queue lives in the Postgres at `databaseUrl`. Throws what `connectRedis` and
 * `refuseFatal` throw.
 */
export async function openBackend(options: {
  readonly databaseUrl: string;
  readonly redis: RedisTarget | null;
  /** What tells the database from every other one; only Redis needs it. */
  readonly databaseKey: string;
  readonly takeover?: Takeover;
  /** Nothing is kept in Redis for a database that is only looked for. */
  readonly leavesNothing?: boolean;
}): Promise<Backend> {
  const { takeover = TAKEOVER } = options;
  if (options.redis === null) {
    const pool = poolAt(options.databaseUrl);
    const bound = bind(withBackend(createPostgresBackend), pool, takeover, recognised);
    return {
      name: "postgres",
      detail: null,
      keysBegin: null,
      warnings: [],
      ...bound,
      numbers: null,
      close: () => pool.end(),
    };
  }
  // ioredis costs a process without Redis more than BullMQ itself.
  const [{ addressOf, connectRedis }, { redisHealth, refuseFatal }] = await Promise.all([
    import("./redis.ts"),
    import("./redis-health.ts"),
  ]);
  const redis = await connectRedis(options.redis);
  const close = async () => void (await redis.quit());
  try {
    const { faults, detail, isPlain } = await redisHealth(redis);
    refuseFatal(addressOf(options.redis), faults);
    const prefix = prefixOf(options.databaseKey);
    const leavesNothing = options.leavesNothing === true;
    const bound = bind(withBackend(createRedisBackend), redis, takeover, redisErrorOf, {
      prefix,
      skipVersionCheck: !isPlain,
      skipMetasUpdate: leavesNothing,
    });
    const numbers = numbersIn(redis, `${PREFIX}:`);
    return { name: "redis", detail, keysBegin: `${prefix}:`, warnings: faults, ...bound, numbers, close };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** One pool for all queues and workers of the process: BullMQ's own sends `options`, which PgBouncer refuses. */
function poolAt(connectionString: string): PgPool {
  const pool: unknown = new PostgresPool(connectionString, QUEUE_CONNECTIONS, QueueClientOfPostgres);
  if (!isPgPool(pool)) throw new TypeError("BullMQ does not know the pool of this version of pg.");
  return pool;
}

function bind<B extends IQueueBackend, C>(
  classes: BackendClasses<B, C>,
  connection: C,
  takeover: Takeover,
  /** Translates the errors of the server. */
  named: (error: Error) => Error,
  options: {
    readonly prefix?: string;
    readonly skipVersionCheck?: boolean;
    readonly skipMetasUpdate?: boolean;
  } = {},
): Pick<Backend, "queue" | "worker"> {
  const common = { connection, prefix: PREFIX, ...options };
  const orNamed = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw error instanceof Error ? named(error) : error;
    });

  return {
    queue(name, onError) {
      const queue = new classes.Queue<unknown, unknown>(name, common);
      queue.on("error", (error) => onError(named(error)));
      return {
        add: async (kind, payload, jobOptions) => void (await orNamed(queue.add(kind, payload, jobOptions))),
        counts: () => orNamed(queue.getJobCounts("waiting", "prioritized", "delayed", "active")),
        workers: () => orNamed(countWorkers(queue)),
        close: () => queue.close(),
      };
    },

    worker(name, processor, tuning, onError) {
      const worker = new classes.Worker<unknown, unknown>(name, processor, {
        ...common,
        autorun: false,
        concurrency: tuning.concurrency,
        ...(tuning.limiter === undefined ? {} : { limiter: tuning.limiter }),
        // How often another worker takes a job over does not matter: Postgres knows what was done.
        lockDuration: takeover.lockMs,
        stalledInterval: takeover.checkMs,
        maxStalledCount: 1_000,
        settings: { backoffStrategy: (attemptsMade, _type, error) => tuning.backoff(attemptsMade, error) },
      });
      let failures = 0;
      worker.on("error", (error) => {
        onError(named(error));
        if (!isNotConnectionError(error)) return;
        // BullMQ asks for the next job at once, for ever. It waits where it believes the queue to be limited.
        worker["limitUntil"] = Math.max(worker["limitUntil"], Date.now() + backOffMs(failures));
        failures += 1;
      });
      worker.on("active", () => (failures = 0));
      // While BullMQ waits for the limiter it begins no job. That includes a job which it was just fetching when another one
      // ended and reported the limit: the fetched job has used up its slot, and would wait for the next one.
      worker.on("active", () => worker["abortDelayController"]?.abort());
      return {
        waitUntilReady: () => orNamed(worker.waitUntilReady()),
        run: () => orNamed(worker.run()),
        isRunning: () => worker.isRunning(),
        rateLimit: (ms) => orNamed(worker.rateLimit(ms)),
        close() {
          // `close` ends the wait for the limiter that it finds, and not the one that begins when a job in flight pauses the queue.
          worker.opts.maximumRateLimitDelay = 1;
          return worker.close();
        },
      };
    },
  };
}

async function countWorkers(queue: Pick<Queue, "getWorkers">): Promise<number | null> {
  try {
    const workers = await queue.getWorkers();
    return workers.some(({ name }) => name === NO_CLIENT_LIST) ? null : workers.length;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("NOPERM")) return null;
    throw error;
  }
}

function backOffMs(failures: number): number {
  return Math.min(BACK_OFF.mostMs, BACK_OFF.firstMs * 2 ** Math.min(failures, 10));
}
