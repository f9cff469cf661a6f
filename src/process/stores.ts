/** The database of a process: opened, migrated, and fit for a worker. */
import type { Config } from "../config/config.ts";
import { createDatabase, type Database } from "../database/client.ts";
import { startEmbeddedPostgres } from "../database/embedded/postgres.ts";
import { keepsSessions, postgresFacts, refuseUnfit } from "../database/facts.ts";
import { applyMigrations, pendingMigrations } from "../database/migrations/migrations.ts";
import { fillEmailKeys } from "../mirror/email-key.ts";
import { AppError } from "../platform/errors.ts";
import type { Lifecycle } from "../platform/lifecycle.ts";
import type { Logger } from "../platform/logger.ts";
import { migrateQueueSchema, queueSchemaPending } from "../queue/schema.ts";

/** What every command receives: its settings, its log, and the lifecycle that closes what it opens. */
export interface Context {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

export interface Stores {
  readonly databaseUrl: string;
  /** Where the embedded Postgres keeps its data; null with a configured one. */
  readonly directory: string | null;
  readonly database: Database;
}

/** Postgres, ours or the configured one, with every migration applied (or refused where `AUTO_MIGRATE=off`). */
export async function openStores(context: Context): Promise<Stores> {
  const { config, logger, lifecycle } = context;
  const { databaseUrl, directory } = await openPostgres(context);
  if (config.database.autoMigrate) {
    const applied = await migrate(config, databaseUrl);
    if (applied.length > 0) logger.info({ applied }, "migrations applied");
  } else await refusePending(config, databaseUrl);
  const database = createDatabase(databaseUrl);
  lifecycle.add("database", () => database.$disconnect());
  await fillEmailKeys(database);
  return { databaseUrl, directory, database };
}

/** The configured Postgres, or the embedded one, started if it does not run. */
export async function openPostgres({ config, logger, lifecycle }: Context): Promise<Omit<Stores, "database">> {
  if (config.database.url !== null) return { databaseUrl: config.database.url, directory: null };
  const { dataDir } = config.database;
  const embedded = await startEmbeddedPostgres({ dataDir, logger, signal: lifecycle.signal });
  lifecycle.add("embedded postgres", embedded.release);
  return { databaseUrl: embedded.url, directory: embedded.directory };
}

/** Applies pending migrations, ours and the queue's. Returns the names of ours. */
export async function migrate(config: Config, databaseUrl: string): Promise<readonly string[]> {
  const { applied } = await applyMigrations({ url: databaseUrl });
  if (config.redis === null) await migrateQueueSchema(databaseUrl);
  return applied;
}

async function refusePending(config: Config, databaseUrl: string): Promise<void> {
  const pending = await pendingMigrations({ url: databaseUrl });
  const queue = config.redis === null && (await queueSchemaPending(databaseUrl));
  if (pending.length === 0 && !queue) return;
  const names = [...pending, ...(queue ? ["the queue's tables"] : [])].join(", ");
  // No wrong setting: a service that is started again finds them applied.
  throw new AppError(
    "migrations_pending",
    `The database lacks migrations (${names}) and AUTO_MIGRATE is off. Run: applicant-sync migrate`,
  );
}

/** Whether Postgres keeps sessions. Throws what `refuseUnfit` throws if a worker could not work with it. */
export async function fitPostgres({ config }: Context, { databaseUrl }: Stores): Promise<boolean> {
  const facts = await postgresFacts(databaseUrl);
  refuseUnfit(facts, config.redis === null);
  return keepsSessions(facts.reach);
}
