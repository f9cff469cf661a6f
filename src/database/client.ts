import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "../generated/prisma/client.ts";
import { POOL_SIZE } from "./facts.ts";
import { PostgresPool } from "./pool.ts";
import { statementName } from "./postgres-client.ts";

export type Database = PrismaClient;
/** What a statement needs: the client itself or a transaction of it. */
export type Executor = Prisma.TransactionClient;
/** Parts of statements: `sql` with values, `raw` text of ours such as the names of columns, `join` of several parts. */
export const { sql, raw, join } = Prisma;
/** The names of the fields of a row of `applicant_import`. */
export const IMPORT_FIELDS: readonly string[] = Object.keys(Prisma.ApplicantImportScalarFieldEnum);
/** A statement, or a part of one, with its values. */
export type Sql = Prisma.Sql;

/** How long a transaction may take. */
export const TRANSACTION_MS = 60_000;

const pools = new WeakMap<Database, PostgresPool>();
const preparedStatements = new Map<string, string>();

/**
 * Marks a text that is executed over and over: each connection parses it once and keeps its plan. Only for statements
 * that can be executed in one way: a plan that suited an empty table stays while the table grows. Returns the text.
 */
export function prepared(text: string): string {
  if (!preparedStatements.has(text)) preparedStatements.set(text, statementName(text));
  return text;
}

/** The name of a text that was marked as prepared; empty: it was not. */
export function preparedName(text: string): string {
  return preparedStatements.get(text) ?? "";
}

/** Marks a statement with its values as `prepared` marks a text. Returns it. */
export function preparedSql(statement: Sql): Sql {
  prepared(statement.text);
  return statement;
}

/** One pool of at most `connections` connections to the Postgres at `url`. Connects on first use; `$disconnect` closes it for good. */
export function createDatabase(
  url: string,
  { connections = POOL_SIZE }: { readonly connections?: number } = {},
): Database {
  const pool = new PostgresPool(url, connections);
  const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql: text }) => preparedName(text) });
  const database = new PrismaClient({
    adapter,
    // The other formats take a stack trace for each statement, in case it fails.
    errorFormat: "minimal",
    transactionOptions: { maxWait: 30_000, timeout: TRANSACTION_MS },
  });
  pools.set(database, pool);
  // Prisma would leave a pool open through which it sent no statement itself, and open another one for a statement that comes later.
  const leave = database.$disconnect.bind(database);
  const close = async (): Promise<void> => {
    try {
      await leave();
    } finally {
      await pool.end();
    }
  };
  let closed: Promise<void> | null = null;
  database.$disconnect = () => (closed ??= close());
  return database;
}

/** The pool of a client, for statements that go without Prisma. */
export function poolOf(database: Database): PostgresPool {
  const pool = pools.get(database);
  if (pool === undefined) throw new TypeError("Only a client that createDatabase made has a pool of ours.");
  return pool;
}

export function inTransaction<T>(
  database: Database,
  work: (tx: Executor) => Promise<T>,
  /** `maxWait`: how long to wait for a connection; `timeout`: how long it may take; in milliseconds. */
  options: { readonly maxWait?: number; readonly timeout?: number } = {},
): Promise<T> {
  return database.$transaction(work, options);
}
