import { migrate, openPostgres, type Context } from "../wiring.ts";

export interface MigrateReport {
  readonly applied: readonly string[];
}

/** Applies every pending migration, also where `AUTO_MIGRATE=off` keeps other commands from doing so. */
export async function migrateDatabase(context: Context): Promise<MigrateReport> {
  const { databaseUrl } = await openPostgres(context);
  return { applied: await migrate(context.config, databaseUrl) };
}

export function renderMigrate({ applied }: MigrateReport): string {
  return applied.length === 0 ? "The database is up to date." : applied.map((name) => `Applied ${name}`).join("\n");
}
