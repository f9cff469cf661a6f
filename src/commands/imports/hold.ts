import type { Command } from "commander";
import { runCommand } from "../run.ts";
import { addExamples } from "../verbs.ts";
import { showActed } from "./acted.ts";
import { declareSome, requireOne, type SomeOptions } from "./arguments.ts";
import { throwKillSwitch } from "./kill-switch.ts";

interface Options extends SomeOptions {
  readonly source?: string;
  readonly all?: true;
}

export function declare(command: Command): void {
  addExamples(command, '--all --reason "wrong offers"', "17 18");
  declareSome(command)
    .option("--source <name>", "all imports of this source that are waiting now")
    .option("--all", "all imports of the account, now and later")
    .option("--json", "print it as JSON")
    .action((ids: readonly bigint[] = [], { from, source, all, reason, json }: Options) =>
      runCommand({}, async (context) => {
        requireOne(
          [ids.length > 0, from !== undefined, source !== undefined, all === true],
          "ids, --from, --source, --all",
        );
        if (all) return showActed(await throwKillSwitch(context, reason ?? null), context, json);
        const { holdSome } = await import("./some.ts"); // The kill switch must not wait for it.
        const chosen = source === undefined ? { ids, from } : { source };
        return showActed(await holdSome(context, chosen, reason ?? null), context, json);
      }),
    );
}
