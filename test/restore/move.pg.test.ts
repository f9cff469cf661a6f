import { expect, it, onTestFinished } from "vitest";
import { copyDatabase } from "../../src/database/copy/copy.ts";
import { createDatabase } from "../../src/database/client.ts";
import { holdForMove } from "../../src/outbox/restore/restore.ts";
import { createWatermark } from "../../src/outbox/restore/watermark.ts";
import { PERSON } from "../support/decider.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { silent } from "../support/silent.ts";

const never = new AbortController().signal;

async function openDatabase() {
  const { url, drop } = await createTestDatabase();
  const database = createDatabase(url, { connections: 2 });
  onTestFinished(async () => {
    await database.$disconnect();
    await drop();
  });
  return { url, database };
}

it("a move that fails leaves every switch as it was, held by a person, off, or held for an earlier move", async () => {
  const { database } = await openDatabase();
  await database.importControl.createMany({
    data: [{ account: "one", held: true, heldReason: "lunch", heldAt: new Date() }, { account: "other" }],
  });
  const before = await database.importControl.findMany({ orderBy: { account: "asc" } });
  const undo = await holdForMove({ database, account: "one", by: PERSON });
  expect(await database.importControl.findMany({ orderBy: { account: "asc" } })).toMatchObject([
    { held: true, reasonCode: "database_moved", heldReason: expect.stringMatching(/held before: lunch$/) },
    { held: true, reasonCode: "database_moved" },
  ]);
  expect(await database.importRestore.count()).toBe(2);
  await undo();
  expect(await database.importControl.findMany({ orderBy: { account: "asc" } })).toEqual(before);
  expect(await database.importRestore.count()).toBe(0);

  await holdForMove({ database, account: "one", by: PERSON });
  const undoSecond = await holdForMove({ database, account: "one", by: PERSON });
  await undoSecond();
  expect(await database.importControl.findMany()).toMatchObject([{ held: true }, { held: true }]);
  expect(await database.importRestore.count({ where: { decidedAt: null } })).toBe(2);
});

it("a copy that was interrupted after its last row is complete when it is made again, and once only", async () => {
  const [from, to] = [await openDatabase(), await openDatabase()];
  const check = (database: typeof from.database) =>
    createWatermark({ database, account: "one", marks: [], directoryId: null, logger: silent }).check();
  await check(from.database);
  await from.database.importControl.create({ data: { account: "one" } });
  const copy = () => copyDatabase({ from: from.url, to: to.url, signal: never });
  const first = await copy();
  expect(await copy()).toEqual({ ...first, tables: expect.arrayContaining([...first.tables]) });
  await from.database.importControl.create({ data: { account: "other" } });
  await expect(copy()).rejects.toMatchObject({
    code: "copy_target_in_use",
    message: expect.stringMatching(/earlier copy, and import_control went on since/),
  });
  await check(to.database);
  await expect(copy()).rejects.toMatchObject({ message: expect.stringMatching(/holds rows already, in/) });
});
