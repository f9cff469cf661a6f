import type { Command } from "commander";
import { resolveImport } from "../../outbox/operations/review.ts";
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
    .addHelpText("after", examples("applicant-sync imports drop 17 18", "applicant-sync imports drop --from drop.csv"))
    .action((ids: readonly bigint[] = [], { from, reason, json }: SomeOptions) =>
      runCommand({}, async (context) =>
        showActed(await importsDrop(context, { ids, from }, byCommand(reason)), context, json),
      ),
    );
}

async function importsDrop(context: Context, some: Some, by: Decider): Promise<Acted> {
  requireSome(some);
  const { database } = await openExisting(context);
  const store = { database, account: context.config.account, by };
  return eachOf(await idsOf(store, some, "drop"), (id) => resolveImport(store, id, { is: "drop" }));
}
