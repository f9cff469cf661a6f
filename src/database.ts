import { PrismaClient, type Prisma } from "./generated/prisma/client.ts";
import { PrismaPgWithLargeTexts } from "./large-text.ts";

export type Database = PrismaClient;
/** What a statement needs: the client itself or a transaction of it. */
export type Executor = Prisma.TransactionClient;

/** Our connections carry this name in `pg_stat_activity`; the embedded server stays while one of them is open. */
export const APPLICATION_NAME = "applicant-sync";

/** One pool of at most `connections` connections to the Postgres at `url`. Connects on first use. */
export function createDatabase(url: string, options: { readonly connections?: number } = {}): Database {
  const adapter = new PrismaPgWithLargeTexts({
    connectionString: url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: APPLICATION_NAME,
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 30_000, timeout: 60_000 } });
}

/** Runs `work` in one transaction: everything it wrote is there at the end, or nothing. */
export function inTransaction<T>(database: Database, work: (tx: Executor) => Promise<T>): Promise<T> {
  return database.$transaction(work);
}
