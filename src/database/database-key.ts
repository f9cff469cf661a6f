import { createHash } from "node:crypto";
import type { Database } from "./client.ts";

/**
 * A short text that tells this database from every other one, its copies included: twelve hexadecimal digits of the identifier of
 * its server, its oid, and for an embedded one `directoryId`. The same for every process of an installation.
 */
export async function databaseKey(database: Database, directoryId: string | null): Promise<string> {
  const [{ oid } = { oid: "" }] = await database.$queryRaw<{ oid: string }[]>`
    select oid::text from pg_catalog.pg_database where datname = current_database()`;
  const system = await systemOf(database);
  return createHash("sha256").update([system, oid, directoryId].join(" ")).digest("hex").slice(0, 12);
}

/** A managed server may refuse to tell. */
async function systemOf(database: Database): Promise<string> {
  try {
    const [row] = await database.$queryRaw<{ system: string }[]>`
      select system_identifier::text as system from pg_catalog.pg_control_system()`;
    return row?.system ?? "";
  } catch {
    return "";
  }
}
