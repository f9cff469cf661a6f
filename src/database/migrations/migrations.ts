import type { Client } from "pg";
import { AppError } from "../../platform/errors.ts";
import { withClient } from "../connect.ts";
import type { PostgresClient } from "../postgres-client.ts";
import { refuseServer } from "../fitness.ts";
import { lockLedger, pendingOf, readLedger, recordMigration } from "./ledger.ts";
import { OUR_MIGRATIONS, readMigrations, type Migration } from "./files.ts";

export interface MigrationOptions {
  readonly url: string;
  /** Where the migrations are; by default those of this package. */
  readonly directory?: string;
  /** How long to wait for another process that migrates; 60 s by default. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 60_000;
/** How long a migration waits for a lock on a table. Later statements on the table wait behind it. */
const TABLE_LOCK_MS = 15_000;

/** Names, in the order of application. */
export interface MigrationReport {
  readonly applied: readonly string[];
  readonly already: readonly string[];
}

/**
 * Brings the database up to date: each pending `migration.sql` in one transaction together with its record, one process
 * at a time. Prisma's `migrate deploy` does the same but needs an engine that it downloads.
 * Throws `migration_failed` (that one was rolled back, those before it stay), `migration_locked`, what `pendingOf` and
 * `refuseServer` refuse, and what `withClient` throws.
 */
export function applyMigrations({ url, ...options }: MigrationOptions): Promise<MigrationReport> {
  return withClient(url, (client) => applyMigrationsOn(client, options));
}

/** The same on a connection. */
export async function applyMigrationsOn(
  client: PostgresClient,
  { directory = OUR_MIGRATIONS, patienceMs = PATIENCE_MS }: Omit<MigrationOptions, "url"> = {},
): Promise<MigrationReport> {
  const known = await readMigrations(directory);
  await refuseServer(client);
  const applied: string[] = [];
  for (;;) {
    const name = await applyNext(client, known, patienceMs);
    if (name === null) break;
    applied.push(name);
  }
  return { applied, already: known.map(({ name }) => name).filter((name) => !applied.includes(name)) };
}

/** The names of what `applyMigrations` would apply. Writes nothing; throws what it would throw. */
export async function pendingMigrations(options: MigrationOptions): Promise<readonly string[]> {
  const known = await readMigrations(options.directory ?? OUR_MIGRATIONS);
  return withClient(options.url, async (client) => {
    await refuseServer(client);
    return pendingOf(known, await readLedger(client)).map(({ name }) => name);
  });
}

/** Whether any migration was ever applied. Writes nothing; throws what `withClient` throws. */
export async function isMigrated(url: string): Promise<boolean> {
  return withClient(url, async (client) => (await readLedger(client)).length > 0);
}

/** Reads the ledger again under the lock, because another process may have applied migrations meanwhile. */
async function applyNext(client: Client, known: readonly Migration[], patienceMs: number): Promise<string | null> {
  await client.query("BEGIN");
  try {
    // Migrations name their tables without a schema, as Prisma writes them.
    await client.query("SET LOCAL search_path TO public");
    await lockLedger(client, patienceMs);
    await client.query(`SET LOCAL lock_timeout TO ${TABLE_LOCK_MS}`);
    const next = pendingOf(known, await readLedger(client))[0];
    if (next) {
      await runSql(client, next);
      await recordMigration(client, next);
    }
    await client.query("COMMIT");
    return next?.name ?? null;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function runSql(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql);
  } catch (cause) {
    const reason = cause instanceof AppError && cause.cause instanceof Error ? cause.cause : cause;
    const remedy = cause instanceof AppError ? `. ${cause.message}` : "";
    throw new AppError(
      "migration_failed",
      `Migration ${migration.name} failed and was rolled back${lineOf(reason, migration.sql)}: ${reason instanceof Error ? reason.message : "unknown error"}${remedy}`,
      { cause, disposition: "fail" },
    );
  }
}

/** ` at line 12`, from the character position that Postgres reports. */
function lineOf(cause: unknown, sql: string): string {
  if (!(cause instanceof Error) || !("position" in cause)) return "";
  return ` at line ${sql.slice(0, Number(cause.position)).split("\n").length}`;
}
