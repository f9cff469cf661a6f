import { expect, inject, it, onTestFinished } from "vitest";
import { createDatabase } from "../../src/database/client.ts";
import { createTestDatabase, onServer } from "../support/postgres.ts";

/** An hour that a clock shows twice, one that it skips, and an ordinary one. */
const MOMENTS = ["2026-10-25T00:30:00.123Z", "2026-03-29T01:30:00Z", "2026-07-01T22:15:00Z"].map(
  (text) => new Date(text),
);

it.each(["Europe/Paris", "America/New_York", "Asia/Kathmandu"])(
  "a moment is the same to us and to a database in %s, written, read and compared",
  async (zone) => {
    const { url, drop } = await createTestDatabase();
    await onServer(
      inject("postgresUrl"),
      `alter database ${new URL(url).pathname.slice(1)} set timezone to '${zone}'`,
      `alter database ${new URL(url).pathname.slice(1)} set datestyle to 'German, DMY'`,
    );
    const database = createDatabase(url);
    onTestFinished(async () => {
      await database.$disconnect();
      await drop();
    });
    for (const [index, heldAt] of MOMENTS.entries()) {
      const account = `account-${index}`;
      await database.importControl.create({ data: { account, held: true, heldAt } });
      expect(await database.importControl.findUniqueOrThrow({ where: { account } })).toMatchObject({ heldAt });
      const seen = await database.$queryRaw<{ ms: number; parameter: number }[]>`
        select (extract(epoch from held_at) * 1000)::float8 as ms, (extract(epoch from ${heldAt}::timestamptz) * 1000)::float8 as parameter
        from public.import_control where account = ${account}`;
      expect(seen).toEqual([{ ms: heldAt.getTime(), parameter: heldAt.getTime() }]);
    }
    const [row] = await database.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
    expect(Math.abs((row?.now.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
  },
);
