import type { Command } from "commander";
import type { Decider } from "../../database/audit.ts";
import { retryImport } from "../../outbox/operations/review.ts";
import type { Context } from "../../process/stores.ts";
import { openQueue } from "../../process/wiring.ts";
import { byCommand } from "../decider.ts";
import { runCommand } from "../run.ts";
import { openExisting } from "../stores.ts";
import { examples } from "../verbs.ts";
import { eachOf, showActed, type Acted } from "./acted.ts";
import { declareSome, idsOf, requireSome, type Some, type SomeOptions } from "./arguments.ts";

export function declare(command: Command): void {
  declareSome(command)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples("applicant-sync imports retry 17 18", "applicant-sync imports retry --from rejected.csv"),
    )
    .action((ids: readonly bigint[] = [], { from, reason, json }: SomeOptions) =>
      runCommand({}, async (context) =>
        showActed(await importsRetry(context, { ids, from }, byCommand(reason)), context, json),
      ),
    );
}

async function importsRetry(context: Context, some: Some, by: Decider): Promise<Acted> {
  requireSome(some);
  const { account } = context.config;
  const stores = await openExisting(context);
  const ids = await idsOf({ database: stores.database, account }, some, "retry");
  const { queue } = await openQueue(context, stores);
  const deps = { database: stores.database, account, enqueue: queue.enqueue, by };
  return eachOf(ids, (id) => retryImport(deps, id));
}
