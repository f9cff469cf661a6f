import { createHash } from "node:crypto";
import type { Database } from "./client.ts";
import { sqlStateOf } from "./errors.ts";

/** The server keeps its identifier to itself: this role may not call the function, or there is none. */
const NOT_TOLD: ReadonlySet<string | null> = new Set(["42501", "42883"]);

/**
 * A short text that tells this database from others: twelve hexadecimal digits of the identifier of its server, its oid, and for an
 * embedded one `directoryId`. The same for every process of an installation, and for a physical copy of a whole server, such as a
 * snapshot of its disk. Throws if the server cannot answer now: another key would lead to another queue.
 */
export async function databaseKey(database: Database, directoryId: string | null): Promise<string> {
  const [{ oid } = { oid: "" }] = await database.$queryRaw<{ oid: string }[]>`
    select oid::text from pg_catalog.pg_database where datname = current_database()`;
  const system = await systemOf(database);
  return createHash("sha256").update([system, oid, directoryId].join(" ")).digest("hex").slice(0, 12);
}

async function systemOf(database: Database): Promise<string> {
  try {
    const [row] = await database.$queryRaw<{ system: string }[]>`
      select system_identifier::text as system from pg_catalog.pg_control_system()`;
    return row?.system ?? "";
  } catch (error) {
    if (NOT_TOLD.has(sqlStateOf(error))) return "";
    throw error;
  }
}
