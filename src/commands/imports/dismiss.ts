import type { Command } from "commander";
import { dismissImport } from "../../outbox/operations/review.ts";
import type { Context } from "../../wiring.ts";
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
      examples("applicant-sync imports dismiss 17 18", "applicant-sync imports dismiss --from dismiss.csv"),
    )
    .action((ids: readonly bigint[] = [], { from, json }: { readonly from?: string; readonly json?: true }) =>
      runCommand({}, async (context) => showActed(await importsDismiss(context, { ids, from }), context, json)),
    );
}

async function importsDismiss(context: Context, some: Some): Promise<Acted> {
  requireSome(some);
  const { database } = await openExisting(context);
  const store = { database, account: context.config.account };
  return eachOf(await idsOf(store, some, "dismiss"), (id) => dismissImport(store, id));
}
