import { expect, onTestFinished, test } from "vitest";
import { createDatabase } from "../../src/database/client.ts";
import { databaseKey } from "../../src/database/database-key.ts";
import { databaseErrorOf } from "../../src/database/errors.ts";
import { asSuperuser, createEmptyDatabase, onServer } from "../support/postgres.ts";

const CONTROL = "pg_catalog.pg_control_system";

/** A database, and what changes its catalog. */
async function opened() {
  const { url, drop } = await createEmptyDatabase();
  const database = createDatabase(url, { connections: 1 });
  onTestFinished(async () => {
    await database.$disconnect();
    await drop();
  });
  return { database, change: (statement: string) => onServer(asSuperuser(url), statement) };
}

test("the key stays the same, differs from that of another database, and depends on the directory", async () => {
  const [{ database }, other] = [await opened(), await opened()];
  const key = await databaseKey(database, null);
  expect(key).toMatch(/^[0-9a-f]{12}$/);
  expect(await databaseKey(database, null)).toBe(key);
  expect(await databaseKey(database, "directory")).not.toBe(key);
  expect(await databaseKey(other.database, null)).not.toBe(key);
});

test.each([
  `revoke execute on function ${CONTROL}() from public`,
  `alter function ${CONTROL}() rename to pg_control_system_gone`,
])("a server that never tells its identifier has a key without it: %s", async (statement) => {
  const { database, change } = await opened();
  await change(statement);
  const key = await databaseKey(database, null);
  expect(key).toMatch(/^[0-9a-f]{12}$/);
  expect(await databaseKey(database, null)).toBe(key);
});

test("a server that cannot answer now gives no other key", async () => {
  const { database, change } = await opened();
  await change(`alter function ${CONTROL}() rename to pg_control_system_gone`);
  await change(`create function ${CONTROL}(out system_identifier bigint) language plpgsql
    as $$ begin raise exception 'out of memory' using errcode = '53200'; end $$`);
  const error: unknown = await databaseKey(database, null).catch((thrown: unknown) => thrown);
  expect(databaseErrorOf(error)).toMatchObject({ code: "database_exhausted" });
});
