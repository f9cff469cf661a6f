import type { Client } from "pg";
import { AppError } from "../errors.ts";
import { withClient } from "./connect.ts";
import { lockLedger, pendingOf, readLedger, recordMigration } from "./ledger.ts";
import { OUR_MIGRATIONS, readMigrations, type Migration } from "./migration-files.ts";

export interface MigrationOptions {
  readonly url: string;
  /** Where the migrations are; by default those of this package. */
  readonly directory?: string;
}

/** Names, in the order of application. */
export interface MigrationReport {
  readonly applied: readonly string[];
  readonly already: readonly string[];
}

/**
 * Brings the database up to date: each pending `migration.sql` in one transaction together with its record, one process
 * at a time. Prisma's `migrate deploy` does the same but needs an engine that it downloads.
 * Throws `migration_failed` (that one was rolled back, those before it stay), what `pendingOf` refuses, and what
 * `withClient` throws.
 */
export async function applyMigrations(options: MigrationOptions): Promise<MigrationReport> {
  const known = await readMigrations(options.directory ?? OUR_MIGRATIONS);
  return withClient(options.url, async (client) => {
    const applied: string[] = [];
    for (;;) {
      const name = await applyNext(client, known);
      if (name === null) break;
      applied.push(name);
    }
    return { applied, already: known.map(({ name }) => name).filter((name) => !applied.includes(name)) };
  });
}

/** The names of what `applyMigrations` would apply. Writes nothing; throws what it would throw. */
export async function pendingMigrations(options: MigrationOptions): Promise<readonly string[]> {
  const known = await readMigrations(options.directory ?? OUR_MIGRATIONS);
  return withClient(options.url, async (client) => pendingOf(known, await readLedger(client)).map(({ name }) => name));
}

/** Reads the record again under the lock each time: another process may have applied some in between. */
async function applyNext(client: Client, known: readonly Migration[]): Promise<string | null> {
  await client.query("BEGIN");
  try {
    await lockLedger(client);
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
    throw new AppError(
      "migration_failed",
      `Migration ${migration.name} failed and was rolled back${lineOf(cause, migration.sql)}: ${cause instanceof Error ? cause.message : "unknown error"}`,
      { cause, disposition: "fail" },
    );
  }
}

/** ` at line 12`, from the character position that Postgres reports. */
function lineOf(cause: unknown, sql: string): string {
  if (!(cause instanceof Error) || !("position" in cause)) return "";
  return ` at line ${sql.slice(0, Number(cause.position)).split("\n").length}`;
}
