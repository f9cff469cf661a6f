import type { ClientBase } from "pg";
import { PrismaClient, type Prisma } from "./generated/prisma/client.ts";
import { PrismaPgWithLargeTexts } from "./large-text.ts";

export type Database = PrismaClient;
/** What a statement needs: the client itself or a transaction of it. */
export type Executor = Prisma.TransactionClient;

/** Our connections carry this name in `pg_stat_activity`; the embedded server stays while one of them is open. */
export const APPLICATION_NAME = "applicant-sync";

/**
 * For so long a transaction may wait for its process, which asks nobody but Postgres meanwhile. One that was frozen (a
 * suspended machine, SIGSTOP) would hold its locks against all others until it wakes. Not a parameter of the connection:
 * PgBouncer refuses those.
 */
const IDLE_IN_TRANSACTION = "30s";

const preparedStatements = new Map<string, string>();

/**
 * Marks a text that is executed over and over: each connection parses it once and keeps its plan. Only for statements
 * that can be executed in one way: a plan that suited an empty table stays while the table grows. Returns the text.
 */
export function prepared(sql: string): string {
  if (!preparedStatements.has(sql)) preparedStatements.set(sql, `applicant_sync_${preparedStatements.size}`);
  return sql;
}

/** One pool of at most `connections` connections to the Postgres at `url`. Connects on first use. */
export function createDatabase(url: string, options: { readonly connections?: number } = {}): Database {
  const pool = {
    connectionString: url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: APPLICATION_NAME,
    onConnect: (client: ClientBase) =>
      client.query(`set idle_in_transaction_session_timeout = '${IDLE_IN_TRANSACTION}'`),
  };
  const adapter = new PrismaPgWithLargeTexts(pool, {
    statementNameGenerator: ({ sql }) => preparedStatements.get(sql) ?? "",
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 30_000, timeout: 60_000 } });
}

/** Runs `work` in one transaction: everything it wrote is there at the end, or nothing. */
export function inTransaction<T>(database: Database, work: (tx: Executor) => Promise<T>): Promise<T> {
  return database.$transaction(work);
}
