import { createPostgresBackend, createRedisBackend, withBackend } from "bullmq";
import { Redis } from "ioredis";
import { createDatabase } from "../../src/database/client.ts";
import { databaseKey } from "../../src/database/database-key.ts";
import { prefixOf } from "../../src/queue/backend.ts";
import { QUEUE_SCHEMA } from "../../src/queue/schema.ts";

/** What BullMQ itself says of the `api` queue of an account, whichever backend holds it. */
export interface ApiQueue {
  /** Everything stored of every job, by state, as text. */
  readonly jobs: () => Promise<readonly { readonly state: string; readonly attempts: number; readonly text: string }[]>;
  /** How many jobs may run now, or do. */
  readonly busy: () => Promise<number>;
  /** For how long the limiter holds the queue, in milliseconds; 0 or less: not at all. */
  readonly heldMs: () => Promise<number>;
  /** Lets the limiter forget. */
  readonly forget: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** `env`: the settings of a world. */
export async function openApiQueue(env: Readonly<Record<string, string>>): Promise<ApiQueue> {
  const { KELIO_ACCOUNT = "", DATABASE_URL = "", REDIS_URL } = env;
  const name = `api-${KELIO_ACCOUNT}`;
  if (REDIS_URL === undefined) {
    const { Queue } = withBackend(createPostgresBackend);
    const connection = { connectionString: DATABASE_URL, schema: QUEUE_SCHEMA, max: 1 };
    return describe(new Queue(name, { connection }), async () => {});
  }
  const { Queue } = withBackend(createRedisBackend);
  const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
  return describe(new Queue(name, { connection, prefix: prefixOf(await keyOf(DATABASE_URL)) }), async () =>
    connection.disconnect(),
  );
}

async function keyOf(databaseUrl: string): Promise<string> {
  const database = createDatabase(databaseUrl, { connections: 1 });
  try {
    return await databaseKey(database, null, async () => "");
  } finally {
    await database.$disconnect();
  }
}

interface BullQueue {
  getJobs(types: ["wait", "prioritized", "delayed", "active", "completed", "failed"]): Promise<
    {
      getState(): Promise<string>;
      readonly attemptsMade: number;
      toJSON(): unknown;
    }[]
  >;
  getJobCountByTypes(...types: readonly ("wait" | "prioritized" | "active")[]): Promise<number>;
  getRateLimitTtl(): Promise<number>;
  removeRateLimitKey(): Promise<number>;
  close(): Promise<void>;
}

function describe(queue: BullQueue, disconnect: () => Promise<void>): ApiQueue {
  return {
    async jobs() {
      const jobs = await queue.getJobs(["wait", "prioritized", "delayed", "active", "completed", "failed"]);
      return Promise.all(
        jobs.map(async (job) => ({
          state: await job.getState(),
          attempts: job.attemptsMade,
          text: JSON.stringify(job.toJSON()),
        })),
      );
    },
    busy: () => queue.getJobCountByTypes("wait", "prioritized", "active"),
    heldMs: () => queue.getRateLimitTtl(),
    forget: async () => void (await queue.removeRateLimitKey()),
    async close() {
      await queue.close();
      await disconnect();
    },
  };
}
