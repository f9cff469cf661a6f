import type { Command } from "commander";
import { retryImport } from "../../outbox/operations/review.ts";
import { openQueue, openStores, type Context } from "../../wiring.ts";
import { runCommand } from "../run.ts";
import { examples } from "../verbs.ts";
import { eachOf, showActed, type Acted } from "./acted.ts";
import { collectIds } from "./arguments.ts";

export function declare(command: Command): void {
  command
    .argument("<id...>", "ids as imports list shows them", collectIds)
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("applicant-sync imports retry 17 18"))
    .action((ids: readonly bigint[], options: { readonly json?: true }) =>
      runCommand({}, async (context) => showActed(await importsRetry(context, ids), options.json)),
    );
}

async function importsRetry(context: Context, ids: readonly bigint[]): Promise<Acted> {
  const { account } = context.config;
  const stores = await openStores(context);
  const { queue } = await openQueue(context, stores);
  const deps = { database: stores.database, account, enqueue: queue.enqueue };
  return eachOf(ids, (id) => retryImport(deps, id));
}
