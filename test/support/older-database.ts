import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { escapeIdentifier } from "pg";
import { inject, onTestFinished } from "vitest";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { OUR_MIGRATIONS } from "../../src/database/migrations/files.ts";
import { onServer, urlOf } from "./postgres.ts";

/** Creates a database with the migrations before `migration`, dropped after the test. Returns its URL. */
export async function databaseBefore(migration: string): Promise<string> {
  const server = inject("postgresUrl");
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-migrations-"));
  onTestFinished(async () => {
    await rm(directory, { recursive: true, force: true });
    await onServer(server, `drop database if exists ${escapeIdentifier(name)} with (force)`);
  });
  await onServer(server, `create database ${escapeIdentifier(name)}`);
  const older = (await readdir(OUR_MIGRATIONS)).filter((one) => one < migration);
  for (const one of older) await cp(join(OUR_MIGRATIONS, one), join(directory, one), { recursive: true });
  const url = urlOf(server, name);
  await applyMigrations({ url, directory });
  return url;
}
