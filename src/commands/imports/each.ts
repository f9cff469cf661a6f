/** The verbs that do one thing to each of several imports. */
import type { Command } from "commander";
import type { Decider } from "../../database/audit.ts";
import type { Decided } from "../../outbox/operations/decide-one.ts";
import type { SheetDecision } from "../../outbox/operations/sheet/rows.ts";
import type { Context, Stores } from "../../process/stores.ts";
import { byCommand } from "../decider.ts";
import { runCommand } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { eachOf, showActed } from "./acted.ts";
import { declareSome, idsOf, requireSome, type SomeOptions } from "./arguments.ts";

type Act = (id: bigint) => Promise<Decided>;

/** Declares the verb. `open`: what it needs, once it is known which imports are meant; `file`: the one of its example. */
export function declareEach(
  command: Command,
  verb: SheetDecision,
  file: string,
  open: (context: Context, stores: Stores, by: Decider) => Act | Promise<Act>,
): void {
  addExamples(command, "17 18", `--from ${file}`);
  declareSome(command)
    .option("--json", "print it as JSON")
    .action((ids: readonly bigint[] = [], { from, reason, json }: SomeOptions) =>
      runCommand({}, async (context) => {
        const some = { ids, from };
        requireSome(some);
        const stores = await openExisting(context);
        const chosen = await idsOf({ database: stores.database, account: context.config.account }, some, verb);
        const act = await open(context, stores, byCommand(reason));
        return showActed(await eachOf(chosen, act), context, json);
      }),
    );
}
