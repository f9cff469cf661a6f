/** Foreseeable errors of Postgres, with a message that says what to do. */
import { z } from "zod";
import { AppError, codeOf, UsageError } from "../platform/errors.ts";

interface Known {
  readonly code: string;
  /** SQLSTATEs, classes of them (two characters), or codes of Prisma. */
  readonly states: readonly string[];
  readonly message: string;
}

const LOCKED = "database_locked";
const DISK_FULL = "database_disk_full";
const RIGHTS = "database_rights";
const CONNECTION = "database_connection";
/** What pg, its pool and Prisma say of a server that does not answer or goes away, and of a statement after that. */
const UNANSWERED = [
  /^(timeout expired|timeout exceeded when trying to connect|Connection terminated( unexpectedly| due to connection timeout)?)$/,
  /^Client (has encountered a connection error|was closed) and is not queryable$/,
  /\b(Can't reach database server at|Server has closed the connection)/,
];

const KNOWN: readonly Known[] = [
  {
    code: LOCKED,
    states: ["55P03"],
    message:
      "Another connection to Postgres has held a lock that is needed here for too long: nothing was changed, try again. If this repeats, look in pg_stat_activity for a transaction that was left open",
  },
  {
    code: "database_read_only",
    states: ["25006"],
    message: "This Postgres accepts no writes (a standby server?): DATABASE_URL must name the primary server",
  },
  {
    code: "database_connections",
    states: ["53300", "P2037"],
    message:
      "Postgres has no connection left for this role: raise its limit (ALTER ROLE … CONNECTION LIMIT), that of the database, or max_connections",
  },
  {
    code: DISK_FULL,
    states: ["53100"],
    message: "The disk of Postgres is full: nothing was changed, make room",
  },
  {
    code: RIGHTS,
    states: ["42501"],
    message:
      "The role in DATABASE_URL lacks a right that it needs: make it the owner of the database, or grant it the right",
  },
  {
    code: CONNECTION,
    states: ["08"],
    message: "The connection to Postgres broke, or Postgres did not answer in time: try again",
  },
  {
    code: "database_conflict",
    states: ["40001", "40P01"],
    message: "The statement conflicted with another transaction: nothing was changed, try again",
  },
  {
    code: "database_exhausted",
    states: ["53"],
    message: "Postgres is out of memory or of another resource: nothing was changed, try again",
  },
  {
    code: "database_cancelled",
    states: ["57014"],
    message: "Postgres cancelled a statement (pg_cancel_backend, statement_timeout): nothing was changed, try again",
  },
  {
    code: "database_stopping",
    states: ["57P01", "57P02", "57P03", "57P05"],
    message: "Postgres is stopping, starting or recovering, or ended the connection: try again",
  },
  {
    code: "database_io",
    states: ["58030"],
    message: "Postgres cannot read or write a file: nothing was changed, look at its log and its disk",
  },
];

/**
 * Returns the known error for what pg or Prisma threw; null if there is none. Prisma wraps errors that our connection has
 * translated already, and keeps their code and message.
 */
export function databaseErrorOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return null;
  if (/statement pooling mode/.test(error.message)) return statementPooler(error);
  const state = codeOf(error) ?? "";
  if (KNOWN.some(({ code }) => code === state)) {
    return new AppError(state, error.message.trim().split("\n").at(-1) ?? "", { cause: error });
  }
  const found = knownBy(state, error.message);
  if (found === undefined) return null;
  // The message of Postgres names the table, schema or database, and nothing of a row.
  const details = found.code === RIGHTS ? ` (${error.message})` : "";
  return new AppError(found.code, `${found.message}${details}`, { cause: error });
}

function knownBy(state: string, message: string): Known | undefined {
  // A server process that cannot start because the disk is full reports no SQLSTATE of its own.
  if (message === "could not write init file") return KNOWN.find(({ code }) => code === DISK_FULL);
  if (UNANSWERED.some((said) => said.test(message))) return KNOWN.find(({ code }) => code === CONNECTION);
  if (state.length !== 5) return undefined;
  const by = (key: string) => KNOWN.find(({ states }) => states.includes(key));
  return by(state) ?? by(state.slice(0, 2));
}

function statementPooler(cause: Error): UsageError {
  return new UsageError(
    "database_pooler",
    "DATABASE_URL leads through a pooler in statement mode, which allows no transactions: use its transaction or session mode, or a direct connection",
    { cause },
  );
}

/** Whether a statement waited for a lock for longer than `lock_timeout` allows. */
export function isLockTimeout(error: unknown): boolean {
  return databaseErrorOf(error)?.code === LOCKED;
}

/** Whether a statement names a table or column that the database lacks, because it is of another version. */
export function isOlderTable(error: unknown): boolean {
  return /^42(P01|703)$/.test(codeOf(error) ?? "");
}

/** How Prisma passes on the error of the driver, under each of its own codes. */
const prismaError = z.object({
  meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) }),
});

/** What a server says that does not tell something of itself: there is no such function, or not on a standby or in this kind of server. */
const NOT_TOLD: ReadonlySet<string | null> = new Set(["42883", "55000", "0A000"]);

/** Returns whether a server or a role keeps something to itself for good. Any other failure says nothing about it. */
export function isNotTold(error: unknown): boolean {
  return databaseErrorOf(error)?.code === RIGHTS || NOT_TOLD.has(sqlStateOf(error));
}

/** The SQLSTATE of an error of Postgres that we do not name; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  const { success, data } = prismaError.safeParse(error);
  return success ? data.meta.driverAdapterError.cause.originalCode : null;
}
