import { escapeIdentifier } from "pg";
import { AppError, hasCode } from "../../platform/errors.ts";
import { PostgresClient } from "../postgres-client.ts";
import { DATABASE, type Access } from "./cluster.ts";

const WRONG_PASSWORD = "28P01";

/** For any Postgres client. `sslmode` is spelled out because a `PGSSLMODE` of the user would else apply. */
export function embeddedUrl(access: Access, database: string = DATABASE): string {
  return `postgresql://${DATABASE}:${access.password}@127.0.0.1:${access.port}/${database}?sslmode=disable`;
}

/** Creates our database in a server that does not have it yet. Call it under the lock of the data directory. */
export async function ensureDatabase(access: Access): Promise<void> {
  const client = new PostgresClient({ connectionString: embeddedUrl(access, "postgres") });
  try {
    await client.connect();
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(DATABASE)}`);
  } catch (error) {
    throw hasCode(error, WRONG_PASSWORD) ? passwordChanged(access, error) : error;
  } finally {
    await client.end();
  }
}

function passwordChanged({ port }: Access, cause: unknown): AppError {
  return new AppError(
    "database_password",
    `The embedded Postgres on port ${port} refuses the password kept beside its data: was it changed by hand? Set it back, or set DATABASE_URL`,
    { cause, disposition: "fail" },
  );
}
