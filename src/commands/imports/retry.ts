import type { Command } from "commander";
import { retryImport } from "../../outbox/operations/review.ts";
import { openQueue } from "../../process/queue.ts";
import { declareEach } from "./each.ts";

export function declare(command: Command): void {
  declareEach(command, "retry", "rejected.csv", async (context, stores, by) => {
    const { queue } = await openQueue(context, stores);
    const deps = { database: stores.database, account: context.config.account, enqueue: queue.enqueue, by };
    return (id) => retryImport(deps, id);
  });
}
