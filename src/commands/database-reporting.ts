/** `database --reporting`: a login of the embedded Postgres that reads the schema `report` alone. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keepEmbeddedPostgres } from "../database/embedded/postgres.ts";
import { UsageError } from "../platform/errors.ts";
import { createReader, grantReports } from "../report/grant.ts";
import type { Context } from "../process/stores.ts";
import { openExisting } from "./stores.ts";

const ROLE = "reporting";

/**
 * Creates the role or renews its rights, and keeps the server running. Its password stands in a file that only this user may read, in the
 * form of PGPASSFILE. Returns what to print. Throws `reporting_not_embedded` with a Postgres of the user's own.
 */
export async function openReporting(context: Context): Promise<string> {
  const { config, logger } = context;
  if (config.database.url !== null) {
    throw new UsageError("reporting_not_embedded", {
      en: "DATABASE_URL is set. Create a role on that server, then run: applicant-sync report grant ROLE",
      fr: "DATABASE_URL est défini. Créez un rôle sur ce serveur, puis lancez : applicant-sync report grant ROLE",
    });
  }
  const { database, databaseUrl } = await openExisting(context);
  const held = await keepEmbeddedPostgres({ dataDir: config.database.dataDir, logger });
  await held.release();
  const file = join(config.database.dataDir, `${ROLE}.pgpass`);
  const password = (await passwordIn(file)) ?? randomBytes(24).toString("base64url");
  const { hostname, port, pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  await writeFile(file, `${hostname}:${port}:${name}:${ROLE}:${password}\n`, { mode: 0o600 });
  await createReader(database, ROLE, password);
  await grantReports(database, ROLE);
  return [
    `postgresql://${ROLE}@${hostname}:${port}/${name}`,
    `It reads the schema report alone. Its password is the last field of ${file}, which psql reads as PGPASSFILE.`,
  ].join("\n");
}

async function passwordIn(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch(() => "");
  return /:([\w-]+)\s*$/.exec(text)?.[1] ?? null;
}
