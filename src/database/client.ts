import { createHash } from "node:crypto";
import { Prisma, PrismaClient } from "../generated/prisma/client.ts";
import { PrismaPgWithLargeTexts } from "./large-text.ts";
import { PostgresPool } from "./pool.ts";

export type Database = PrismaClient;
/** What a statement needs: the client itself or a transaction of it. */
export type Executor = Prisma.TransactionClient;
/** A part of a statement with its values, to be used in several. */
export type Sql = Prisma.Sql;
export const { sql } = Prisma;

const preparedStatements = new Map<string, string>();

/**
 * Marks a text that is executed over and over: each connection parses it once and keeps its plan. Only for statements
 * that can be executed in one way: a plan that suited an empty table stays while the table grows. Returns the text.
 */
export function prepared(sql: string): string {
  if (!preparedStatements.has(sql)) preparedStatements.set(sql, nameOf(sql));
  return sql;
}

/** Marks a statement with its values as `prepared` marks a text. Returns it. */
export function preparedSql(statement: Sql): Sql {
  prepared(statement.text);
  return statement;
}

/** Says the text: two processes of different versions may share a server connection behind a pooler. */
function nameOf(sql: string): string {
  return `applicant_sync_${createHash("sha256").update(sql).digest("hex").slice(0, 40)}`;
}

/** One pool of at most `connections` connections to the Postgres at `url`. Connects on first use. */
export function createDatabase(url: string, options: { readonly connections?: number } = {}): Database {
  const pool = new PostgresPool(url, options.connections ?? 10);
  const adapter = new PrismaPgWithLargeTexts(pool, {
    disposeExternalPool: true,
    statementNameGenerator: ({ sql }) => preparedStatements.get(sql) ?? "",
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 30_000, timeout: 60_000 } });
}

/** Runs `work` in one transaction: everything it wrote is there at the end, or nothing. */
export function inTransaction<T>(
  database: Database,
  work: (tx: Executor) => Promise<T>,
  /** `maxWait`: how long to wait for a connection, in milliseconds. */
  options: { readonly maxWait?: number } = {},
): Promise<T> {
  return database.$transaction(work, options);
}
