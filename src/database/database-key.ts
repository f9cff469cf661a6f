import { createHash } from "node:crypto";
import type { Database } from "./client.ts";
import { isWithheld } from "./errors.ts";

/**
 * A short text that tells this database from others: twelve hexadecimal digits of the identifier of its server, its oid, and for an
 * embedded one `directoryId`. The same for every process of an installation, and for a physical copy of a whole server, such as a
 * snapshot of its disk. Where the server keeps its identifier to itself, `ownId`, which the database keeps, stands in for it: oids of two
 * servers may be the same. Throws if the server cannot answer now: another key would lead to another queue.
 */
export async function databaseKey(
  database: Database,
  directoryId: string | null,
  ownId: () => Promise<string>,
): Promise<string> {
  const [{ oid } = { oid: "" }] = await database.$queryRaw<{ oid: string }[]>`
    select oid::text from pg_catalog.pg_database where datname = current_database()`;
  const system = (await systemOf(database)) ?? (await ownId());
  return createHash("sha256").update([system, oid, directoryId].join(" ")).digest("hex").slice(0, 12);
}

/** Null: this role may not ask for it, or there is no such function. */
async function systemOf(database: Database): Promise<string | null> {
  try {
    const [row] = await database.$queryRaw<{ system: string }[]>`
      select system_identifier::text as system from pg_catalog.pg_control_system()`;
    return row?.system ?? null;
  } catch (error) {
    if (isWithheld(error)) return null;
    throw error;
  }
}
