import { expect, inject, it } from "vitest";
import { databaseErrorOf } from "../../src/database/errors.ts";
import { createDatabase, inTransaction, type Database } from "../../src/database/client.ts";
import { waitFor } from "../support/wait-for.ts";

const LOCK = 20_261_125;

/** `locked`, or the code of the error that ends the wait for it. */
function lock(database: Database): Promise<string> {
  return inTransaction(database, (tx) => tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`).then(
    () => "locked",
    (error: unknown) => databaseErrorOf(error)?.code ?? String(error),
  );
}

it("a statement that waits too long for a lock fails with an error that says so", async () => {
  const url = inject("postgresUrl");
  const [holder, other] = [createDatabase(url), createDatabase(url)];
  await inTransaction(holder, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`;
    expect(await lock(other)).toBe("database_locked");
  });
  expect(await lock(other)).toBe("locked");
  await Promise.all([holder.$disconnect(), other.$disconnect()]);
});

it.each(["timeout expired", "timeout exceeded when trying to connect", "Connection terminated unexpectedly"])(
  "what pg says of a server that does not answer is a known error: %s",
  (said) => {
    expect(databaseErrorOf(new Error(said))).toMatchObject({ code: "database_connection" });
  },
);

it("a transaction whose process is frozen is ended, and its locks are released", async () => {
  const url = inject("postgresUrl");
  const frozen = createDatabase(url);
  const other = createDatabase(url);
  let isLocked = (): void => {};
  const locked = new Promise<void>((resolve) => (isLocked = resolve));
  let wake = (): void => {};
  const asleep = new Promise<void>((resolve) => (wake = resolve));
  const lost = inTransaction(frozen, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`;
    isLocked();
    await asleep;
    await tx.$executeRaw`select 1`;
  }).then(
    () => false,
    () => true,
  );
  await locked;
  await waitFor("the lock", async () => (await lock(other)) === "locked");
  wake();
  expect(await lost).toBe(true);
  expect(await frozen.$queryRaw`select 1 as one`).toEqual([{ one: 1 }]);
  await Promise.all([frozen.$disconnect(), other.$disconnect()]);
}, 55_000);
