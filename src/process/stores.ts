/** The database of a process: opened, migrated, and fit for a worker. */
import type { Config } from "../config/config.ts";
import { createDatabase, type Database } from "../database/client.ts";
import { withClient } from "../database/connect.ts";
import { startEmbeddedPostgres } from "../database/embedded/postgres.ts";
import { keepsSessions, postgresFacts, refuseUnfit, workerPoolSize, type PostgresFacts } from "../database/facts.ts";
import { applyMigrationsOn, pendingMigrations } from "../database/migrations/migrations.ts";
import { claimAccount } from "../mirror/account.ts";
import { fillEmailKeys } from "../mirror/email-key.ts";
import { AppError } from "../platform/errors.ts";
import type { Lifecycle } from "../platform/lifecycle.ts";
import type { Logger } from "../platform/logger.ts";
import { yieldReports } from "../report/priority.ts";

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

/**
 * Postgres, ours or the configured one, with every migration applied (or refused where `AUTO_MIGRATE=off`). `queues`: whether the
 * tables of the queue are needed, too.
 */
export async function openStores(context: Context, { queues = true } = {}): Promise<Stores> {
  return withDatabase(context, await openMigrated(context, queues));
}

/** The same for a worker, which leaves a connection to a command. Throws what `refuseUnfit` throws. */
export async function openWorkerStores(context: Context): Promise<Stores & { readonly keepsSessions: boolean }> {
  // A service manager ends what a worker has started, as the end of the first process of a container does.
  const endsWithProcess = context.config.supervision.manager !== null || process.pid === 1;
  const postgres = await openMigrated(context, true, endsWithProcess);
  const facts = await fitPostgres(context, postgres);
  const stores = await withDatabase(context, postgres, workerPoolSize(facts, context.config.redis === null));
  return { ...stores, keepsSessions: keepsSessions(facts.reach) };
}

type Postgres = Omit<Stores, "database">;

async function openMigrated(context: Context, queues = true, endsWithProcess = false): Promise<Postgres> {
  const { config, logger } = context;
  const postgres = await openPostgres(context, endsWithProcess);
  const { databaseUrl } = postgres;
  const inPostgres = queues && config.redis === null;
  if (config.database.autoMigrate) {
    const applied = await migrate(databaseUrl, inPostgres);
    if (applied.length > 0) logger.info({ applied }, "migrations applied");
  } else await refusePending(databaseUrl, inPostgres);
  return postgres;
}

async function withDatabase({ lifecycle }: Context, postgres: Postgres, connections?: number): Promise<Stores> {
  const database = createDatabase(postgres.databaseUrl, connections === undefined ? {} : { connections });
  lifecycle.add("database", () => database.$disconnect());
  if (postgres.directory !== null) lifecycle.add("priority of reports", yieldReports(database));
  await fillEmailKeys(database);
  return { ...postgres, database };
}

/** The configured Postgres, or the embedded one, started if it does not run. `endsWithProcess`: see `EmbeddedOptions`. */
export async function openPostgres({ config, logger, lifecycle }: Context, endsWithProcess = false): Promise<Postgres> {
  if (config.database.url !== null) return { databaseUrl: config.database.url, directory: null };
  const { dataDir } = config.database;
  const embedded = await startEmbeddedPostgres({ dataDir, logger, signal: lifecycle.signal, endsWithProcess });
  lifecycle.add("embedded postgres", embedded.release);
  return { databaseUrl: embedded.url, directory: embedded.directory };
}

/** Applies pending migrations: ours, and the queue's if it is in Postgres. Returns the names of ours. */
export async function migrate(databaseUrl: string, isQueueThere: boolean): Promise<readonly string[]> {
  const queue = isQueueThere ? await loadQueueSchema() : null;
  return withClient(databaseUrl, async (client) => {
    const { applied } = await applyMigrationsOn(client);
    await queue?.migrateQueueSchemaOn(client);
    return applied;
  });
}

/** With BullMQ, which costs 20 MB: the dry run of a large file does without. */
function loadQueueSchema() {
  return import("../queue/schema.ts");
}

async function refusePending(databaseUrl: string, isQueueThere: boolean): Promise<void> {
  const pending = await pendingMigrations({ url: databaseUrl });
  const queue = isQueueThere && (await (await loadQueueSchema()).queueSchemaPending(databaseUrl));
  if (pending.length === 0 && !queue) return;
  const names = [...pending, ...(queue ? ["the queue's tables"] : [])].join(", ");
  // No wrong setting: a service that is started again finds them applied.
  throw new AppError(
    "migrations_pending",
    `The database lacks migrations (${names}) and AUTO_MIGRATE is off. Run: applicant-sync migrate`,
  );
}

/** What the Postgres of a worker is like. Throws what `refuseUnfit` throws if a worker could not work with it. */
export async function fitPostgres({ config }: Context, { databaseUrl }: Postgres): Promise<PostgresFacts> {
  const facts = await postgresFacts(databaseUrl);
  refuseUnfit(facts, config.redis === null);
  return facts;
}

/** Ties the account's key to the remote account that is configured. Throws `account_mismatch`. */
export function claimFor({ account, kind, environment, api }: Config, { database }: Pick<Stores, "database">) {
  return claimAccount(database, { account, kind, environment, apiHost: new URL(api.url).hostname });
}
