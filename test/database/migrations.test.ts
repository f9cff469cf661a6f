import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeIdentifier } from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { applyMigrations, pendingMigrations } from "../../src/database/migrations/migrations.ts";
import { freePort } from "../../src/database/embedded/port.ts";
import { createTestDatabase, onServer, urlOf } from "../support/postgres.ts";
import { query } from "./embedded/support.ts";

const FIRST = { "1_first": "create table one (n int);\ninsert into one values (1);" };
const BOTH = { ...FIRST, "2_second": "create table two (n int);" };

describe("applying migrations", () => {
  test("runs them in the order of their names and reports them", async () => {
    const options = { url: await emptyDatabase(), directory: await write(BOTH) };
    expect(await pendingMigrations(options)).toEqual(["1_first", "2_second"]);
    expect(await applyMigrations(options)).toEqual({ applied: ["1_first", "2_second"], already: [] });
    expect(await pendingMigrations(options)).toEqual([]);
    expect(await query(options.url, "select n from one")).toEqual({ n: 1 });
  });

  test("continues after the last applied migration", async () => {
    const url = await emptyDatabase();
    await applyMigrations({ url, directory: await write(FIRST) });
    const directory = await write(BOTH);
    expect(await pendingMigrations({ url, directory })).toEqual(["2_second"]);
    expect(await applyMigrations({ url, directory })).toEqual({ applied: ["2_second"], already: ["1_first"] });
  });

  test("is recorded as Prisma would: name, checksum, time and one step", async () => {
    const options = { url: await emptyDatabase(), directory: await write(FIRST) };
    await applyMigrations(options);
    const record = await query(
      options.url,
      "select migration_name, checksum, finished_at is not null as finished, rolled_back_at, logs, applied_steps_count from _prisma_migrations",
    );
    expect(record).toEqual({
      migration_name: "1_first",
      checksum: createHash("sha256").update(FIRST["1_first"]).digest("hex"),
      finished: true,
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 1,
    });
  });

  test("applies each once when several processes start at the same time", async () => {
    const options = { url: await emptyDatabase(), directory: await write(BOTH) };
    const reports = await Promise.all([1, 2, 3, 4].map(() => applyMigrations(options)));
    expect(reports.flatMap(({ applied }) => applied).toSorted()).toEqual(["1_first", "2_second"]);
    expect(await query(options.url, "select count(*)::int from _prisma_migrations")).toEqual({ count: 2 });
  });

  test("rolls back a migration that fails, keeps those before it and names the line", async () => {
    const broken = { ...FIRST, "2_broken": "create table two (n int);\ninsert into nowhere values (1);" };
    const options = { url: await emptyDatabase(), directory: await write(broken) };
    await expect(applyMigrations(options)).rejects.toMatchObject({
      code: "migration_failed",
      disposition: "fail",
      message: expect.stringMatching(/2_broken.* at line 2: relation "nowhere" does not exist/),
    });
    expect(await query(options.url, "select to_regclass('one') as one, to_regclass('two') as two")).toEqual({
      one: "one",
      two: null,
    });
    expect(await pendingMigrations(options)).toEqual(["2_broken"]);
  });

  test("brings an empty database to what the product needs", async () => {
    const url = await emptyDatabase();
    const { applied } = await applyMigrations({ url });
    expect(applied.length).toBeGreaterThan(0);
    expect(await query(url, "select to_regclass('campaign')::text as name")).toEqual({ name: "campaign" });
    expect(await pendingMigrations({ url: (await clone()).url })).toEqual([]);
  });
});

describe("a database that does not fit", () => {
  test("is refused when a newer version wrote it", async () => {
    const url = await emptyDatabase();
    await applyMigrations({ url, directory: await write(BOTH) });
    const options = { url, directory: await write(FIRST) };
    const refusal = { code: "database_newer", message: expect.stringContaining("newer version of applicant-sync") };
    await expect(applyMigrations(options)).rejects.toMatchObject(refusal);
    await expect(pendingMigrations(options)).rejects.toMatchObject(refusal);
  });

  test("is refused when an applied migration was changed since", async () => {
    const url = await emptyDatabase();
    await applyMigrations({ url, directory: await write(FIRST) });
    const directory = await write({ "1_first": "create table other (n int);" });
    await expect(applyMigrations({ url, directory })).rejects.toMatchObject({ code: "migration_changed" });
  });

  test("is accepted if only its line endings were changed", async () => {
    const url = await emptyDatabase();
    await applyMigrations({ url, directory: await write(FIRST) });
    const directory = await write({ "1_first": FIRST["1_first"].replaceAll("\n", "\r\n") });
    expect(await pendingMigrations({ url, directory })).toEqual([]);
  });

  test("is refused when Prisma left a migration half applied, until that is resolved", async () => {
    const options = { url: await emptyDatabase(), directory: await write(BOTH) };
    await applyMigrations(options);
    await onServer(options.url, "update _prisma_migrations set finished_at = null where migration_name = '2_second'");
    await expect(applyMigrations(options)).rejects.toMatchObject({ code: "migration_failed_earlier" });
    await onServer(
      options.url,
      "drop table two",
      "update _prisma_migrations set rolled_back_at = now() where finished_at is null",
    );
    expect(await applyMigrations(options)).toEqual({ applied: ["2_second"], already: ["1_first"] });
  });
});

describe("a database that cannot be reached", () => {
  test("is named by host and port, without its password", async () => {
    const port = await freePort();
    const error = await errorFor(`postgresql://someone:hidden-word@127.0.0.1:${port}/x`);
    expect(error).toMatchObject({
      code: "database_unreachable",
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    expect(String(error)).not.toContain("hidden-word");
  });

  test("because of a wrong password says so", async () => {
    const url = new URL(inject("postgresUrl"));
    url.password = "hidden-word";
    expect(await errorFor(url.href)).toMatchObject({ name: "AppError", code: "database_login" });
  });

  test("because there is no such database says which", async () => {
    const url = urlOf(inject("postgresUrl"), "nowhere");
    const message = expect.stringContaining("has no database nowhere");
    expect(await errorFor(url)).toMatchObject({ name: "AppError", code: "database_missing", message });
  });

  test("because its URL is invalid shows an example, and not the value", async () => {
    const error = await errorFor("postgresql://someone:hidden-word@[127.0.0.1/x");
    expect(error).toMatchObject({
      code: "database_url_invalid",
      message: expect.stringContaining("postgresql://user"),
    });
    expect(JSON.stringify(error) + String(error)).not.toContain("hidden-word");
  });
});

async function errorFor(url: string): Promise<unknown> {
  return applyMigrations({ url }).catch((error: unknown) => error);
}

async function emptyDatabase(): Promise<string> {
  const server = inject("postgresUrl");
  const name = `test_empty_${crypto.randomUUID()}`;
  await onServer(server, `create database ${escapeIdentifier(name)}`);
  onTestFinished(() => onServer(server, `drop database ${escapeIdentifier(name)} with (force)`));
  return urlOf(server, name);
}

async function clone(): Promise<{ readonly url: string }> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return database;
}

/** A directory as Prisma lays it out: one folder per migration, and its own lock file beside them. */
async function write(migrations: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-migrations-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, "migration_lock.toml"), 'provider = "postgresql"\n');
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, "migration.sql"), sql);
  }
  return directory;
}
