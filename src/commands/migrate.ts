import type { Command } from "commander";
import { migrate, openPostgres, type Context } from "../process/stores.ts";
import { print, runCommand } from "./run.ts";
import { addExamples } from "./verbs.ts";

export function declare(command: Command): void {
  addExamples(command);
  command.action(() => runCommand({}, async (context) => print(renderMigrate(await migrateDatabase(context)))));
}

/** Applies every pending migration, even with `AUTO_MIGRATE=off`. Returns their names. */
async function migrateDatabase(context: Context): Promise<readonly string[]> {
  const { databaseUrl } = await openPostgres(context);
  return migrate(databaseUrl, context.config.redis === null);
}

function renderMigrate(applied: readonly string[]): string {
  return applied.length === 0 ? "The database is up to date." : applied.map((name) => `Applied ${name}`).join("\n");
}
