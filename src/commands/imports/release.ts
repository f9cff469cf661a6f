import type { Command } from "commander";
import { UsageError } from "../../platform/errors.ts";
import { runCommand } from "../run.ts";
import { addExamples } from "../verbs.ts";
import { showActed } from "./acted.ts";
import { declareSome, positiveId, requireOne, type SomeOptions } from "./arguments.ts";
import { resetKillSwitch } from "./kill-switch.ts";

interface Options extends SomeOptions {
  readonly source?: string;
  readonly campaign?: bigint;
  readonly all?: true;
  readonly afterRestore?: true;
  readonly withoutResume?: true;
}

export function declare(command: Command): void {
  addExamples(command, "--all", "17", "17 --without-resume", "--source careers-page");
  declareSome(command)
    .option("--source <name>", "all imports of this source, whatever holds them")
    .option("--campaign <id>", "imports that the API refused for this campaign", positiveId)
    .option("--all", "what the kill switch holds, and imports that arrive later")
    .option("--after-restore", "with --all: you have checked the account after the database was restored or copied")
    .option("--without-resume", "with ids or --from: send them without their resume")
    .option("--json", "print it as JSON")
    .action((ids: readonly bigint[] = [], options: Options) =>
      runCommand({}, async (context) => {
        const { from, source, campaign, all, afterRestore, withoutResume, reason = null } = options;
        if (withoutResume && ids.length === 0 && from === undefined) {
          throw new UsageError("imports_choice", {
            en: "--without-resume needs the ids of imports, or --from: decide on each of them.",
            fr: "--without-resume demande les numéros des imports, ou --from : décidez pour chacun d'eux.",
          });
        }
        requireOne(
          [ids.length > 0, from !== undefined, source !== undefined, campaign !== undefined, all === true],
          "ids, --from, --source, --campaign, --all",
        );
        if (all) {
          return showActed(await resetKillSwitch(context, afterRestore === true, reason), context, options.json);
        }
        const { releaseSome } = await import("./some.ts"); // The kill switch must not wait for it.
        const chosen = source !== undefined ? { source } : campaign !== undefined ? { campaign } : null;
        const byId = { ids, from, withoutResume: withoutResume === true };
        return showActed(await releaseSome(context, chosen ?? byId, reason), context, options.json);
      }),
    );
}
