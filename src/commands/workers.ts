import type { Context, Stores } from "../process/stores.ts";

/** How many workers run; null: the queue does not answer, or does not say. What is asked beside this stands in Postgres. */
export async function workersOf(context: Context, stores: Stores): Promise<number | null> {
  try {
    const { openQueue } = await import("../process/queue.ts"); // A dry run needs no queue, which costs a third of its memory.
    const { queue } = await openQueue(context, stores);
    return await queue.workers();
  } catch (error) {
    context.logger.warn({ err: error }, "the queue does not answer");
    return null;
  }
}
