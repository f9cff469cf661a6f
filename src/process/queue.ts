/** The queue of a process. */
import { directoryIdOf } from "../database/copy/mark.ts";
import { databaseKey } from "../database/database-key.ts";
import { ownIdOf } from "../outbox/restore/watermark.ts";
import { openBackend, TAKEOVER, type Backend, type Takeover } from "../queue/backend.ts";
import { createQueue, type Queue } from "../queue/queue.ts";
import type { Context, Stores } from "./stores.ts";

export interface QueueSide {
  readonly backend: Backend;
  readonly queue: Queue;
}

/**
 * The queue of the account, on Redis or in Postgres. `leavesNothing`: the database is an empty stand-in, for which Redis must keep no key.
 */
export async function openQueue(
  context: Context,
  stores: Stores,
  {
    takeover = TAKEOVER,
    leavesNothing = false,
  }: { readonly takeover?: Takeover; readonly leavesNothing?: boolean } = {},
): Promise<QueueSide> {
  const { config, logger, lifecycle } = context;
  const { databaseUrl, database } = stores;
  const directoryId = await directoryIdIn(stores);
  const ownId = () => ownIdOf(database, directoryId);
  const key = config.redis === null ? "" : await databaseKey(database, directoryId, ownId);
  const backend = await openBackend({ databaseUrl, redis: config.redis, databaseKey: key, takeover, leavesNothing });
  lifecycle.add("queue connection", backend.close);
  const queue = createQueue(backend, config.account, (error) => logger.debug({ err: error }, "queue connection"));
  lifecycle.add("queue", queue.close);
  return { backend, queue };
}

/** What tells the directory of an embedded database from a copy of it; null: not embedded. */
export async function directoryIdIn({ directory }: Stores): Promise<string | null> {
  return directory === null ? null : directoryIdOf(directory);
}
