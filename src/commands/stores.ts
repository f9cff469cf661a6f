/** The stores of commands that only look: none of them creates a database. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateEmbedded } from "../database/embedded/directory.ts";
import { isMigrated } from "../database/migrations/migrations.ts";
import { AppError } from "../platform/errors.ts";
import { openStores, type Context, type Stores } from "../wiring.ts";

const CREATE = "or create it with: applicant-sync sync";

/** Opens the database that is there. Throws `no_database`. */
export async function openExisting(context: Context): Promise<Stores> {
  const { url } = context.config.database;
  if (url === null) {
    const { directory, isThere } = await locateEmbedded(context.config.database.dataDir);
    if (!isThere) {
      const advice = `Run this where applicant-sync ran before, set DATA_DIR or DATABASE_URL, ${CREATE}`;
      throw new AppError("no_database", `There is no database yet in ${directory}. ${advice}`);
    }
  } else if (!(await isMigrated(url))) {
    const advice = `Check DATABASE_URL, ${CREATE}`;
    throw new AppError("no_database", `The database ${addressOf(url)} has no tables of applicant-sync yet. ${advice}`);
  }
  return openStores(context);
}

export interface LookedAt {
  readonly stores: Stores;
  /** Where there is no embedded database yet: an empty one was opened instead. Null: the stores are those of the configuration. */
  readonly absent: string | null;
}

/** Opens the database, or an empty one in a temporary directory where no embedded one is there yet; it is removed at the end. */
export async function openExistingOrEmpty(context: Context): Promise<LookedAt> {
  const { config, lifecycle } = context;
  const { directory, isThere } = await locateEmbedded(config.database.dataDir);
  if (config.database.url !== null || isThere) return { stores: await openStores(context), absent: null };
  const temporary = await mkdtemp(join(tmpdir(), "applicant-sync-"));
  lifecycle.add("temporary database", () => rm(temporary, { recursive: true, force: true }));
  await chmod(temporary, 0o755); // Under root, another account runs the server.
  const database = { ...config.database, dataDir: join(temporary, "data") };
  return { stores: await openStores({ ...context, config: { ...config, database } }), absent: directory };
}

/** Says which database it is, without user and password. */
export function describeStores({ directory, databaseUrl }: Stores): string {
  return directory === null ? addressOf(databaseUrl) : `embedded, in ${directory}`;
}

function addressOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || "5432"}${pathname}`;
}
