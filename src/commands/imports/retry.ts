import type { Command } from "commander";
import { retryImport } from "../../outbox/operations/review.ts";
import { openQueue, type Context } from "../../wiring.ts";
import { runCommand } from "../run.ts";
import { openExisting } from "../stores.ts";
import { examples } from "../verbs.ts";
import { eachOf, showActed, type Acted } from "./acted.ts";
import { declareSome, idsOf, requireSome, type Some } from "./arguments.ts";

export function declare(command: Command): void {
  declareSome(command)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples("applicant-sync imports retry 17 18", "applicant-sync imports retry --from rejected.csv"),
    )
    .action((ids: readonly bigint[] = [], { from, json }: { readonly from?: string; readonly json?: true }) =>
      runCommand({}, async (context) => showActed(await importsRetry(context, { ids, from }), context, json)),
    );
}

async function importsRetry(context: Context, some: Some): Promise<Acted> {
  requireSome(some);
  const { account } = context.config;
  const stores = await openExisting(context);
  const ids = await idsOf({ database: stores.database, account }, some, "retry");
  const { queue } = await openQueue(context, stores);
  const deps = { database: stores.database, account, enqueue: queue.enqueue };
  return eachOf(ids, (id) => retryImport(deps, id));
}
