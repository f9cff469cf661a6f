/**
 * Statements of our own, executed through the pool of Prisma's client without Prisma: it interprets each one and describes its
 * values to itself, which took a quarter of the CPU that a worker used for a page. Only for what is executed once a page.
 */
import { types, type QueryConfig, type QueryResultRow } from "pg";
import { recognisedOnConnection } from "./errors.ts";
import { preparedName, poolOf, sql, TRANSACTION_MS, type Database, type Sql } from "./client.ts";

/** What runs statements of our own: Prisma's client, a transaction of it, or what `withoutPrisma` and `inPlainTransaction` give. */
export interface Statements {
  $queryRaw<T = unknown>(statement: TemplateStringsArray | Sql, ...values: unknown[]): Promise<T>;
  $executeRaw(statement: TemplateStringsArray | Sql, ...values: unknown[]): Promise<number>;
  $queryRawUnsafe<T = unknown>(text: string, ...values: unknown[]): Promise<T>;
  $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number>;
}

const INT8: number = types.builtins.INT8;
/** As Prisma reads them: a bigint is no number. */
const TYPES = {
  getTypeParser: (oid: number, format?: "text" | "binary"): ((value: string) => unknown) =>
    oid === INT8 ? BigInt : types.getTypeParser(oid, format),
};

/** Statements that are each a transaction of their own. */
export function withoutPrisma(database: Database): Statements {
  return statementsOn({
    async query(statement) {
      const connection = await connect(database);
      let failed = true;
      try {
        const answer = await connection.query(statement);
        failed = false;
        return answer;
      } finally {
        // As pg does: a connection whose statement failed may be about to break.
        connection.release(failed);
      }
    },
  });
}

export async function inPlainTransaction<T>(database: Database, work: (tx: Statements) => Promise<T>): Promise<T> {
  const connection = await connect(database);
  let leave = (broken: boolean): void => {
    leave = () => {};
    connection.release(broken);
  };
  // Closes the connection: the statement that it waits for fails.
  const timer = setTimeout(() => leave(true), TRANSACTION_MS);
  let broken = false;
  try {
    await connection.query("BEGIN");
    const result = await work(statementsOn(connection));
    const { command } = await connection.query("COMMIT");
    // Postgres answers so, and without an error, where a statement failed and its error went no further.
    if (command === "ROLLBACK") throw new Error("A transaction in which a statement failed cannot be committed.");
    return result;
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => (broken = true));
    throw error;
  } finally {
    clearTimeout(timer);
    leave(broken);
  }
}

const connect = (database: Database) =>
  poolOf(database)
    .connect()
    .catch((error: unknown) => {
      throw recognisedOnConnection(error);
    });

interface Answer {
  /** Of whatever type the caller says, as with Prisma. */
  readonly rows: QueryResultRow[string];
  readonly rowCount: number | null;
}

function statementsOn(connection: { query(statement: QueryConfig<unknown[]>): Promise<Answer> }): Statements {
  const run = (text: string, values: unknown[]) =>
    connection.query({ name: preparedName(text), text, values, types: TYPES });
  const runSql = (statement: TemplateStringsArray | Sql, values: unknown[]) => {
    const whole = "raw" in statement ? sql(statement, ...values) : statement;
    return run(whole.text, whole.values);
  };
  return {
    $queryRaw: async (statement, ...values) => (await runSql(statement, values)).rows,
    $executeRaw: async (statement, ...values) => (await runSql(statement, values)).rowCount ?? 0,
    $queryRawUnsafe: async (text, ...values) => (await run(text, values)).rows,
    $executeRawUnsafe: async (text, ...values) => (await run(text, values)).rowCount ?? 0,
  };
}
