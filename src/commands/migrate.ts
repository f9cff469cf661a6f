import type { Command } from "commander";
import { migrate, openPostgres } from "../process/stores.ts";
import { print, runCommand } from "./run.ts";
import { addExamples } from "./verbs.ts";

export function declare(command: Command): void {
  addExamples(command);
  command.action(() =>
    runCommand({}, async (context) => {
      const { databaseUrl } = await openPostgres(context);
      const applied = await migrate(databaseUrl, context.config.redis === null);
      print(applied.map((name) => `Applied ${name}`).join("\n") || "The database is up to date.");
    }),
  );
}
