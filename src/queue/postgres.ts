/** What BullMQ works with in Postgres: our pool, and a schema that is ours alone. */
import { isPgPool, PostgresConnection, PostgresQueueBackend, type BackendFactory, type PgPool } from "bullmq";
import { PostgresPool } from "../database/pool.ts";
import { PostgresClient, statementName } from "../database/postgres-client.ts";
import { QUEUE_SCHEMA } from "./schema.ts";

/** One connection that listens for jobs, and some that begin, add and end them. */
const QUEUE_CONNECTIONS = 6;

/**
 * BullMQ's statements of each job: their plans are kept, which halves the CPU of Postgres for them. Each calls one function, but for the
 * last, which asks whether a job waits.
 */
const EACH_JOB =
  /\b(add_job|move_to_active|move_to_completed_fetch|next_delay|next_signal)\(|FROM job WHERE queue = \$1 AND state = 'waiting'\s+\)\s+AND NOT EXISTS/;

/** BullMQ names its tables without their schema, so the search path of its pool has to be their schema. */
class QueueClientOfPostgres extends PostgresClient {
  protected override get searchPath(): string {
    return QUEUE_SCHEMA;
  }

  protected override planOf(text: string): string | null {
    return EACH_JOB.test(text) ? statementName(text) : null;
  }
}

/** BullMQ takes the tables behind a pool that it did not make for those of its default schema. */
class QueueConnection extends PostgresConnection {
  override readonly schema = QUEUE_SCHEMA;
}

/** BullMQ's `createPostgresBackend`, for our schema. It knows a worker by the name of its connection, that of the queue. */
export const createBackend: BackendFactory<PostgresQueueBackend, PgPool> = (
  name,
  options,
  { withBlockingConnection } = {},
) => {
  const listener = withBlockingConnection === true ? name : undefined;
  return new PostgresQueueBackend(new QueueConnection(options.connection), name, options, true, listener);
};

/** One pool for all queues and workers of the process: BullMQ's own sends `options`, which PgBouncer refuses. */
export function poolAt(connectionString: string): PgPool {
  const pool: unknown = new PostgresPool(connectionString, QUEUE_CONNECTIONS, QueueClientOfPostgres);
  if (!isPgPool(pool)) throw new TypeError("BullMQ does not know the pool of this version of pg.");
  return pool;
}
