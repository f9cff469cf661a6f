import type { Command } from "commander";
import { dismissImport } from "../../outbox/operations/review.ts";
import type { Decider } from "../../database/audit.ts";
import type { Context } from "../../process/stores.ts";
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
      examples("applicant-sync imports dismiss 17 18", "applicant-sync imports dismiss --from dismiss.csv"),
    )
    .action((ids: readonly bigint[] = [], { from, reason, json }: SomeOptions) =>
      runCommand({}, async (context) =>
        showActed(await importsDismiss(context, { ids, from }, byCommand(reason)), context, json),
      ),
    );
}

async function importsDismiss(context: Context, some: Some, by: Decider): Promise<Acted> {
  requireSome(some);
  const { database } = await openExisting(context);
  const store = { database, account: context.config.account, by };
  return eachOf(await idsOf(store, some, "dismiss"), (id) => dismissImport(store, id));
}
