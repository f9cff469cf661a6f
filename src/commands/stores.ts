/** The stores of commands that work on what is there: none of them creates a database. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateEmbedded } from "../database/embedded/directory.ts";
import { isMigrated, pendingMigrations } from "../database/migrations/migrations.ts";
import { UsageError } from "../platform/errors.ts";
import { openStores, type Context, type Stores } from "../process/stores.ts";
import { addressOf, requireEmbedded, requireMigrated } from "./existing.ts";

/** Opens the database that is there. Throws `no_database`. */
export async function openExisting(context: Context): Promise<Stores> {
  const { url, dataDir } = context.config.database;
  await (url === null ? requireEmbedded(dataDir) : requireMigrated(url));
  return openStores(context);
}

export interface LookedAt {
  readonly stores: Stores;
  /** What is not there yet, and where: an empty database was opened instead. Null: the stores are those of the configuration. */
  readonly absent: string | null;
}

/**
 * Opens the database, or an empty embedded one in a temporary directory where there is none yet; it is removed at the end.
 * Throws what the migration of a configured database would throw, and `no_database` where no embedded one can be opened.
 */
export async function openExistingOrEmpty(context: Context, needs = { queues: true }): Promise<LookedAt> {
  const absent = await absentOf(context);
  if (absent === null) return { stores: await openStores(context, needs), absent };
  try {
    return { stores: await openEmpty(context, needs), absent };
  } catch (error) {
    // An installation for a Postgres of the user's own may lack the embedded one.
    const { url } = context.config.database;
    if (url !== null && error instanceof UsageError) await requireMigrated(url);
    throw error;
  }
}

async function absentOf({ config }: Context): Promise<string | null> {
  const { url, dataDir } = config.database;
  if (url === null) {
    const { directory, isThere } = await locateEmbedded(dataDir);
    return isThere ? null : `none yet in ${directory}`;
  }
  if (await isMigrated(url)) return null;
  await pendingMigrations({ url }); // Refuses a server that cannot hold our tables.
  return `no tables yet in ${addressOf(url)}`;
}

async function openEmpty(context: Context, needs: { queues: boolean }): Promise<Stores> {
  const { config, lifecycle } = context;
  const temporary = await mkdtemp(join(tmpdir(), "applicant-sync-"));
  lifecycle.add("temporary database", () => rm(temporary, { recursive: true, force: true }));
  await chmod(temporary, 0o755); // Under root, another account runs the server.
  const database = { ...config.database, url: null, dataDir: join(temporary, "data"), autoMigrate: true };
  return openStores({ ...context, config: { ...config, database } }, needs);
}

/** Says which database it is, without user and password. */
export function describeStores({ directory, databaseUrl }: Stores): string {
  return directory === null ? addressOf(databaseUrl) : `embedded, in ${directory}`;
}
