import { inject, expect, it, onTestFinished, vi } from "vitest";
import { PostgresPool } from "../../src/database/pool.ts";

/** A pool whose patience ends only when the test says so. */
function poolWithoutTime(max: number) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const pool = new PostgresPool(inject("postgresUrl"), max);
  onTestFinished(async () => {
    vi.useRealTimers();
    await pool.end();
  });
  return pool;
}

it.each([
  ["statements", (pool: PostgresPool) => pool.query("select pg_backend_pid()")],
  [
    "transactions",
    async (pool: PostgresPool) => {
      const client = await pool.connect();
      await client.query("begin");
      await client.query("commit");
      client.release();
    },
  ],
  [
    "failures",
    async (pool: PostgresPool) => {
      const client = await pool.connect();
      await expect(client.query("select 1 / 0")).rejects.toThrow("division by zero");
      client.release();
    },
  ],
])("%s of one instant share two connections", async (_, work) => {
  const pool = poolWithoutTime(10);
  await Promise.all(Array.from({ length: 30 }, () => work(pool)));
  expect(pool.totalCount).toBe(2);
});

it("connections that are not given back are not waited for much longer than another one takes to open", async () => {
  const pool = poolWithoutTime(4);
  const held = [await pool.connect(), await pool.connect()];
  const more = [pool.connect(), pool.connect()];
  await vi.advanceTimersByTimeAsync(50);
  held.push(...(await Promise.all(more)));
  expect(pool.totalCount).toBe(4);
  const last = pool.connect();
  await vi.advanceTimersByTimeAsync(50);
  for (const client of held) client.release();
  (await last).release();
  expect(pool.totalCount).toBe(4);
});
