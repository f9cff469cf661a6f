/** What Postgres refuses for a foreseeable reason, as errors that say what to do. */
import { AppError, UsageError } from "../platform/errors.ts";

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
  message: "This Postgres accepts no writes (a standby server?): DATABASE_URL must name the primary server",
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
const EXHAUSTED: Known = {
  code: "database_exhausted",
  message: "Postgres is out of memory or of another resource: nothing was changed, try again",
};
const STOPPING: Known = {
  code: "database_stopping",
  message: "Postgres is stopping, starting or recovering, or ended the connection: try again",
};
const CANCELLED: Known = {
  code: "database_cancelled",
  message: "Postgres cancelled a statement (pg_cancel_backend, statement_timeout): nothing was changed, try again",
};
const BROKEN_FILE: Known = {
  code: "database_io",
  message: "Postgres cannot read or write a file: nothing was changed, look at its log and its disk",
};
const CONFLICT: Known = {
  code: "database_conflict",
  message: "Another transaction was in the way: nothing was changed, try again",
};
const CONNECTION: Known = {
  code: "database_connection",
  message: "The connection to Postgres broke: try again",
};
const RIGHTS: Known = {
  code: "database_rights",
  message:
    "The role in DATABASE_URL lacks a right that it needs: make it the owner of the database, or grant it the right",
};

/** By SQLSTATE, or by its class. */
const KNOWN: Readonly<Record<string, Known>> = {
  "55P03": LOCKED,
  "25006": READ_ONLY,
  "53300": CONNECTIONS,
  "53100": DISK_FULL,
  "42501": RIGHTS,
  "08": CONNECTION,
  "40001": CONFLICT,
  "40P01": CONFLICT,
  "53": EXHAUSTED,
  "57014": CANCELLED,
  "57P01": STOPPING,
  "57P02": STOPPING,
  "57P03": STOPPING,
  "57P05": STOPPING,
  "58030": BROKEN_FILE,
};
const OURS = new Set(Object.values(KNOWN).map(({ code }) => code));

/**
 * The error with a name for what pg or Prisma threw; null for what has none. Prisma wraps errors that our connection
 * has named already, and keeps their code and message.
 */
export function databaseErrorOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return null;
  // Of a backend that starts; Postgres gives it no SQLSTATE of its own.
  if (error.message === "could not write init file")
    return new AppError(DISK_FULL.code, DISK_FULL.message, { cause: error });
  if (/statement pooling mode/.test(error.message)) return statementPooler(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (OURS.has(code)) return new AppError(code, error.message.trim().split("\n").at(-1) ?? "", { cause: error });
  const known = code === "P2037" ? CONNECTIONS : knownBy(code);
  if (known === undefined) return null;
  // Says which table, schema or database it is about, and nothing of a row.
  const said = known === RIGHTS ? ` (${error.message})` : "";
  return new AppError(known.code, `${known.message}${said}`, { cause: error });
}

function knownBy(sqlState: string): Known | undefined {
  return sqlState.length === 5 ? (KNOWN[sqlState] ?? KNOWN[sqlState.slice(0, 2)]) : undefined;
}

function statementPooler(cause: Error): UsageError {
  return new UsageError(
    "database_pooler",
    "DATABASE_URL leads through a pooler in statement mode, which allows no transactions: use its transaction or session mode, or a direct connection",
    { cause },
  );
}

/** A lock was not to be had in the time that `lock_timeout` allows. */
export function isLockTimeout(error: unknown): boolean {
  return databaseErrorOf(error)?.code === LOCKED.code;
}
