import { Client } from "pg";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { createDatabase, inTransaction, prepared } from "../src/database.ts";
import { PostgresClient } from "../src/postgres-client.ts";
import { startPgBouncer, type TestPgBouncer } from "./support/pgbouncer.ts";
import { createTestDatabase, onServer } from "./support/postgres.ts";

async function openPooled(
  settings: Parameters<typeof startPgBouncer>[1],
): Promise<{ bouncer: TestPgBouncer; url: string; direct: string }> {
  const { url: direct, drop } = await createTestDatabase();
  const bouncer = await startPgBouncer(inject("postgresUrl"), settings);
  onTestFinished(async () => {
    await bouncer.stop();
    await drop();
  });
  return { bouncer, direct, url: bouncer.through(direct) };
}

async function raw(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}

describe.each(["transaction", "session"] as const)("through PgBouncer in %s mode", (pool_mode) => {
  it("a statement that is executed over and over never runs as another one", async () => {
    const { url } = await openPooled({ pool_mode, default_pool_size: 2 });
    const databases = [1, 2, 3].map(() => createDatabase(url, { connections: pool_mode === "session" ? 1 : 3 }));
    const used = pool_mode === "session" ? databases.slice(0, 2) : databases;
    await Promise.all(
      used.flatMap((database, index) =>
        Array.from({ length: 30 }, async (_, turn) => {
          const number = index * 100 + (turn % 7);
          const rows = await database.$queryRawUnsafe(prepared(`select ${number} as number, $1::int as given`), turn);
          expect(rows).toEqual([{ number, given: turn }]);
        }),
      ),
    );
    await Promise.all(databases.map((database) => database.$disconnect()));
  });

  it("leaves a server connection as it was found", async () => {
    const { url, bouncer } = await openPooled({ pool_mode, default_pool_size: 1 });
    const settings =
      "select name, setting from pg_settings where name not in ('application_name', 'TimeZone', 'DateStyle') order by name";
    const before = await raw(url, settings);
    const database = createDatabase(url, { connections: 1 });
    await inTransaction(database, (tx) => tx.$queryRaw`select 1`);
    await database.$queryRaw`select 1`;
    await database.$disconnect();
    expect(await raw(url, settings)).toEqual(before);
    expect(await raw(url, "select name from pg_prepared_statements")).toEqual([]);
    await bouncer.stop();
  });
});

describe("a session that server, database and role have set up otherwise", () => {
  it("gives the same values, with a pooler and without", async () => {
    const { url, direct } = await openPooled({ pool_mode: "transaction" });
    const name = new URL(direct).pathname.slice(1);
    for (const [setting, value] of Object.entries({
      timezone: "Europe/Paris",
      datestyle: "German, DMY",
      intervalstyle: "iso_8601",
      bytea_output: "escape",
      extra_float_digits: "-3",
      search_path: "elsewhere",
      default_transaction_isolation: "serializable",
      default_transaction_read_only: "on",
      synchronous_commit: "off",
      statement_timeout: "50ms",
      transform_null_equals: "on",
      client_encoding: "LATIN1",
    })) {
      await onServer(inject("postgresUrl"), `alter database ${name} set ${setting} to '${value}'`);
    }
    for (const through of [direct, url]) {
      const client = new PostgresClient({ connectionString: through });
      await client.connect();
      const values = await client.query({
        rowMode: "array",
        text: `select '2026-01-02 03:04:05+00'::timestamptz::text, '1 day 2 hours'::interval::text, '\\x00ff'::bytea::text,
                 (1::float8 / 3)::text, current_setting('search_path'), current_setting('transaction_isolation'),
                 current_setting('transaction_read_only'), current_setting('synchronous_commit'), 'é'::text,
                 (select count(*)::int from public.account where account = null), pg_sleep(0.1)::text`,
      });
      expect(values.rows).toEqual([
        [
          "2026-01-02 03:04:05+00",
          "1 day 02:00:00",
          "\\x00ff",
          "0.3333333333333333",
          "public, pg_temp",
          "read committed",
          "off",
          "on",
          "é",
          0,
          "",
        ],
      ]);
      await client.end();
    }
  });
});
