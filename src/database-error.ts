/** What Postgres refuses for a foreseeable reason, as errors that say what to do. */
import { AppError } from "./errors.ts";

interface Known {
  readonly code: string;
  readonly message: string;
}

const LOCKED: Known = {
  code: "database_locked",
  message:
    "Another connection to Postgres holds a lock that is needed here, for too long: nothing was changed, try again. If it goes on, look in pg_stat_activity for a transaction that was left open",
};
const READ_ONLY: Known = {
  code: "database_read_only",
  message: "This Postgres takes no writes (a standby server?): DATABASE_URL must name the primary server",
};
const CONNECTIONS: Known = {
  code: "database_connections",
  message:
    "Postgres has no connection left for this role: raise its limit (ALTER ROLE … CONNECTION LIMIT), that of the database, or max_connections",
};
const DISK_FULL: Known = {
  code: "database_disk_full",
  message: "The disk of Postgres is full: nothing was changed, make room",
};

/** By SQLSTATE. */
const KNOWN: Readonly<Record<string, Known>> = {
  "55P03": LOCKED,
  "25006": READ_ONLY,
  "53300": CONNECTIONS,
  "53100": DISK_FULL,
};
/** By the code that Prisma gives them: its own, or ours where our connection named the error. */
const OF_PRISMA: Readonly<Record<string, Known>> = {
  P2037: CONNECTIONS,
  ...Object.fromEntries(Object.values(KNOWN).map((known) => [known.code, known])),
};

/** The error with a name for what Postgres or Prisma threw; null for what has none. */
export function databaseErrorOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const known = KNOWN[code] ?? OF_PRISMA[code];
  return known === undefined ? null : new AppError(known.code, known.message, { cause: error });
}

/** A lock was not to be had in the time that `lock_timeout` allows. */
export function isLockTimeout(error: unknown): boolean {
  return databaseErrorOf(error)?.code === LOCKED.code;
}
