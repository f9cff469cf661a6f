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

const noId = () => Promise.reject(new Error("the server tells its identifier"));

test("the key stays the same, differs from that of another database, and depends on the directory", async () => {
  const [{ database }, other] = [await opened(), await opened()];
  const key = await databaseKey(database, null, noId);
  expect(key).toMatch(/^[0-9a-f]{12}$/);
  expect(await databaseKey(database, null, noId)).toBe(key);
  expect(await databaseKey(database, "directory", noId)).not.toBe(key);
  expect(await databaseKey(other.database, null, noId)).not.toBe(key);
});

const GONE = `alter function ${CONTROL}() rename to pg_control_system_gone`;
const raising = (code: string) => `create function ${CONTROL}(out system_identifier bigint) language plpgsql
  as $$ begin raise exception 'withheld' using errcode = '${code}'; end $$`;

test.each([
  ["there is no such function", [GONE]],
  ["the role may not call it", [GONE, raising("42501")]],
])(
  "a server that never tells its identifier has a key by the id that the database keeps: %s",
  async (_, statements) => {
    const { database, change } = await opened();
    for (const statement of statements) await change(statement);
    const key = await databaseKey(database, null, async () => "one");
    expect(key).toMatch(/^[0-9a-f]{12}$/);
    expect(await databaseKey(database, null, async () => "one")).toBe(key);
    expect(await databaseKey(database, null, async () => "other")).not.toBe(key);
  },
);

test("a server that cannot answer now gives no other key", async () => {
  const { database, change } = await opened();
  await change(GONE);
  await change(raising("53200"));
  const error: unknown = await databaseKey(database, null, noId).catch((thrown: unknown) => thrown);
  expect(databaseErrorOf(error)).toMatchObject({ code: "database_exhausted" });
});
