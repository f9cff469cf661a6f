import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { databaseErrorOf } from "../errors.ts";
import { AppError } from "../../platform/errors.ts";
import { isChecksumOf, type Migration } from "./files.ts";

/*
 * Prisma's ledger of applied migrations, read and written as Prisma does, so that `prisma migrate deploy` and `prisma migrate status`
 * work with our database.
 */

/** The key of the lock that Prisma holds while it migrates. */
const PRISMA_LOCK = 72_707_369;

const CREATE = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

export interface LedgerRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** Locks the ledger until the transaction ends. Throws `migration_locked` after `patienceMs`. */
export async function lockLedger(client: Client, patienceMs: number): Promise<void> {
  await client.query(`SET LOCAL lock_timeout TO ${patienceMs}`);
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [PRISMA_LOCK]);
  } catch (cause) {
    if (databaseErrorOf(cause)?.code !== "database_locked") throw cause;
    throw new AppError(
      "migration_locked",
      `Another process has been migrating this database for ${patienceMs / 1000} s, or holds its lock (advisory lock ${PRISMA_LOCK} in pg_locks): wait for it, or end it`,
      { cause },
    );
  }
}

/** The applied migrations of the database, without those that were rolled back. */
export async function readLedger(client: Client): Promise<readonly LedgerRow[]> {
  // Read from the catalog: to_regclass may answer from a cache that is older than the wait for the lock.
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = '_prisma_migrations') AS there",
  );
  if (rows[0]?.there !== true) return [];
  const ledger = await client.query<LedgerRow>(
    "SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at",
  );
  return ledger.rows;
}

export async function recordMigration(client: Client, migration: Migration): Promise<void> {
  await client.query(CREATE);
  await client.query(
    "INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), clock_timestamp(), 1)",
    [randomUUID(), migration.checksum, migration.name],
  );
}

/**
 * Returns the migrations that have not been applied. Throws `migration_failed_earlier`, `database_newer` or
 * `migration_changed` if the ledger does not fit the known migrations.
 */
export function pendingOf(known: readonly Migration[], ledger: readonly LedgerRow[]): readonly Migration[] {
  for (const row of ledger) {
    const migration = known.find(({ name }) => name === row.migration_name);
    if (!row.finished) {
      throw refuse(
        "migration_failed_earlier",
        `Migration ${row.migration_name} failed earlier and may be half applied: repair the database, then run in it: update public._prisma_migrations set rolled_back_at = now() where migration_name = '${row.migration_name}'`,
      );
    }
    if (!migration) {
      throw refuse(
        "database_newer",
        `A newer version of applicant-sync wrote this database (migration ${row.migration_name} is unknown here): update applicant-sync, or use another database`,
      );
    }
    if (!isChecksumOf(migration, row.checksum)) {
      throw refuse(
        "migration_changed",
        `Migration ${row.migration_name} was changed after it was applied to this database: restore the file, changes belong in a new migration`,
      );
    }
  }
  return known.filter(({ name }) => !ledger.some((row) => row.migration_name === name));
}

function refuse(code: string, message: string): AppError {
  return new AppError(code, message, { disposition: "fail" });
}
