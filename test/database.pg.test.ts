import { expect, inject, it } from "vitest";
import { createDatabase, inTransaction } from "../src/database.ts";

const LOCK = 20_261_125;

it("a transaction whose process has frozen loses its locks to those who wait for them", async () => {
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
  await inTransaction(other, (tx) => tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`);
  wake();
  expect(await lost).toBe(true);
  expect(await frozen.$queryRaw`select 1 as one`).toEqual([{ one: 1 }]);
  await Promise.all([frozen.$disconnect(), other.$disconnect()]);
}, 55_000);
