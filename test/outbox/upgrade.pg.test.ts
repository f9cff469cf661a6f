import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { escapeIdentifier } from "pg";
import { expect, inject, it, onTestFinished } from "vitest";
import { createDatabase } from "../../src/database.ts";
import { applyMigrations } from "../../src/embedded/migrations.ts";
import { OUR_MIGRATIONS } from "../../src/embedded/migration-files.ts";
import { emailKey } from "../../src/email-key.ts";
import { fillEmailKeys } from "../../src/mirror/email-keys.ts";
import { onServer, urlOf } from "../support/postgres.ts";

/** A database with the migrations before one of them. */
async function databaseBefore(migration: string): Promise<string> {
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

it("knows people of a database that was filled by an older version, by every spelling of their e-mail", async () => {
  const url = await databaseBefore("20261126150000");
  const emails = [
    "Lea@Example.org",
    "lea@bücher.example",
    "A@XN--BCHER-KVA.example",
    " noe@example.org ",
    "x@y.org.",
    "\u00a0",
  ];
  const values = emails.map((email, n) => `('a', ${n}, '${email}', '{}', '')`).join(", ");
  await onServer(url, `insert into public.applicant (account, id, email, raw, hash) values ${values}`);
  await applyMigrations({ url });
  const database = createDatabase(url, { connections: 1 });
  try {
    const keys = async () =>
      (await database.applicant.findMany({ orderBy: { id: "asc" } })).map(({ email_key: key }) => key);
    expect(await keys()).toEqual(["lea@example.org", null, null, null, null, null]);
    expect(await fillEmailKeys(database)).toBe(5);
    expect(await keys()).toEqual(emails.map(emailKey));
  } finally {
    await database.$disconnect();
  }
});
