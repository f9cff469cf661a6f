import { Client } from "pg";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { createDatabase, inTransaction, prepared } from "../../src/database/client.ts";
import { applyMigrations, pendingMigrations } from "../../src/database/migrations/migrations.ts";
import { inPlainTransaction, withoutPrisma } from "../../src/database/statements.ts";
import { PostgresClient } from "../../src/database/postgres-client.ts";
import { postgresFacts, refuseUnfit } from "../../src/database/facts.ts";
import { migrateQueueSchema } from "../../src/queue/schema.ts";
import { describeWithPgBouncer, startPgBouncer, type TestPgBouncer } from "../support/pgbouncer.ts";
import { createTestDatabase, onServer, urlOf } from "../support/postgres.ts";

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

const MODES = ["transaction", "session"] as const;
describeWithPgBouncer("through PgBouncer", () => {
  describe.each(MODES)("in %s mode", (pool_mode) => {
    it("a statement that is executed over and over never runs as another one", async () => {
      const { url } = await openPooled({ pool_mode, default_pool_size: 2 });
      const databases = [1, 2, 3].map(() => createDatabase(url, { connections: pool_mode === "session" ? 1 : 3 }));
      const used = pool_mode === "session" ? databases.slice(0, 2) : databases;
      await Promise.all(
        used.flatMap((database, index) =>
          Array.from({ length: 30 }, async (_, turn) => {
            const number = index * 100 + (turn % 7);
            const statements = turn % 2 === 0 ? database : withoutPrisma(database);
            const rows = await statements.$queryRawUnsafe(
              prepared(`select ${number} as number, $1::int as turn`),
              turn,
            );
            expect(rows).toEqual([{ number, turn }]);
          }),
        ),
      );
      await Promise.all(databases.map((database) => database.$disconnect()));
    });

    it("does not change the settings of a server connection", async () => {
      const { url, bouncer } = await openPooled({ pool_mode, default_pool_size: 1 });
      const settings =
        "select name, setting from pg_settings where name not in ('application_name', 'TimeZone', 'DateStyle') order by name";
      const before = await raw(url, settings);
      const database = createDatabase(url, { connections: 1 });
      await inTransaction(database, (tx) => tx.$queryRaw`select 1`);
      await inPlainTransaction(database, (tx) => tx.$queryRawUnsafe(prepared("select 1 as one")));
      await database.$queryRaw`select 1`;
      await database.$disconnect();
      expect(await raw(url, settings)).toEqual(before);
      expect(await raw(url, "select name from pg_prepared_statements")).toEqual([]);
      await bouncer.stop();
    });
  });
});

describeWithPgBouncer("a session that server, database and role have set up otherwise", () => {
  it("returns the same values with and without a pooler", async () => {
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
          "pg_catalog, pg_temp",
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

describeWithPgBouncer("what is said of how Postgres is reached", () => {
  it.each(["transaction", "session"] as const)("recognises a pooler in %s mode", async (pool_mode) => {
    const { url } = await openPooled({ pool_mode });
    expect(await postgresFacts(url)).toMatchObject({ reach: `${pool_mode} pooler` });
  });

  it("recognises a transaction pooler that is busy with other clients", async () => {
    const { url } = await openPooled({ pool_mode: "transaction" });
    const database = createDatabase(url);
    const busy = new AbortController();
    const work = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!busy.signal.aborted) await database.$queryRaw`select pg_sleep(0.001)::text`;
      }),
    );
    for (let round = 0; round < 5; round += 1)
      expect(await postgresFacts(url)).toMatchObject({ reach: "transaction pooler" });
    busy.abort();
    await work;
    await database.$disconnect();
  });

  it("recognises a direct connection, and reports the settings of server, database and role that it overrides", async () => {
    const { direct } = await openPooled({ pool_mode: "session" });
    const name = new URL(direct).pathname.slice(1);
    await onServer(inject("postgresUrl"), `alter database ${name} set statement_timeout to '7s'`);
    expect(await postgresFacts(direct)).toMatchObject({
      reach: "direct",
      overridden: [{ name: "statement_timeout", was: "7s" }],
      connections: { limitedBy: "server" },
    });
  });

  it("refuses the queue in Postgres behind a transaction pooler, and accepts it with Redis", async () => {
    const { url } = await openPooled({ pool_mode: "transaction" });
    const facts = await postgresFacts(url);
    expect(() => refuseUnfit(facts, true)).toThrow(/set REDIS_URL for the queue/);
    refuseUnfit(facts, false);
  });

  it("counts the sessions that a session pooler has", async () => {
    const { url } = await openPooled({ pool_mode: "session", default_pool_size: 3 });
    const facts = await postgresFacts(url);
    expect(() => refuseUnfit(facts, true)).toThrow(
      "needs 7 connections to Postgres (4 with REDIS_URL), and 3 of the 3",
    );
  });

  it("counts the connections that the role has left", async () => {
    const { direct } = await openPooled({ pool_mode: "session" });
    const role = `few_${process.pid}`;
    await onServer(inject("postgresUrl"), `create role ${role} login password 'few' connection limit 5`);
    onTestFinished(() => onServer(inject("postgresUrl"), `drop role ${role}`));
    const url = Object.assign(new URL(direct), { username: role, password: "few" }).href;
    const held = new PostgresClient({ connectionString: url });
    await held.connect();
    const facts = await postgresFacts(url);
    await held.end();
    expect(facts.connections).toEqual({ limitedBy: "role", limit: 5, free: 4 });
    expect(() => refuseUnfit(facts, true)).toThrow(`4 of the 5 that the role ${role} allows are free`);
    refuseUnfit(facts, false);
  });

  it("refuses a pooler in statement mode", async () => {
    const { url } = await openPooled({ pool_mode: "statement" });
    await expect(postgresFacts(url)).rejects.toMatchObject({ code: "database_pooler" });
    await expect(pendingMigrations({ url })).rejects.toMatchObject({ code: "database_pooler" });
  });

  it("refuses parameters that a pooler does not accept, with their name", async () => {
    const { url } = await openPooled({ pool_mode: "session" });
    const asking = new URL(url);
    asking.searchParams.set("options", "-c work_mem=8MB");
    await expect(pendingMigrations({ url: asking.href })).rejects.toThrow("unsupported startup parameter: options");
  });
});

describeWithPgBouncer("databases that are refused before anything is written", () => {
  it.each([
    ["LATIN1", "encoding 'LATIN1' template template0 locale 'C'", "is in LATIN1"],
    ["SQL_ASCII", "encoding 'SQL_ASCII' template template0 locale 'C'", "is in SQL_ASCII"],
  ])("one in %s", async (_, options, said) => {
    const server = inject("postgresUrl");
    const name = `encoded_${process.pid}`;
    await onServer(server, `create database ${name} ${options}`);
    onTestFinished(() => onServer(server, `drop database ${name} with (force)`));
    await expect(applyMigrations({ url: urlOf(server, name) })).rejects.toThrow(said);
  });

  it("a database in which the role may not create tables", async () => {
    const server = inject("postgresUrl");
    const name = `foreign_${process.pid}`;
    await onServer(server, `create role ${name} login password 'few'`, `create database ${name}`);
    onTestFinished(() => onServer(server, `drop database ${name} with (force)`, `drop role ${name}`));
    const url = Object.assign(new URL(urlOf(server, name)), { username: name, password: "few" }).href;
    await expect(applyMigrations({ url })).rejects.toThrow(`GRANT CREATE ON SCHEMA public TO ${name}`);
    await expect(migrateQueueSchema(url)).rejects.toMatchObject({ code: "database_rights" });
  });

  it("a database whose migrations another connection blocks, after a while", async () => {
    const { direct } = await openPooled({ pool_mode: "session" });
    const holder = new Client({ connectionString: direct });
    await holder.connect();
    await holder.query("select pg_advisory_lock(72707369)");
    await expect(applyMigrations({ url: direct, patienceMs: 100 })).rejects.toMatchObject({ code: "migration_locked" });
    await holder.end();
  });
});

describeWithPgBouncer("a role with a search_path of its own", () => {
  it("migrations create every table in public for any search_path of the role, also with a pooler", async () => {
    const server = inject("postgresUrl");
    const name = `paths_${process.pid}`;
    await onServer(server, `create role ${name} login superuser password 'few'`, `create database ${name}`);
    onTestFinished(() => onServer(server, `drop database ${name} with (force)`, `drop role ${name}`));
    await onServer(urlOf(server, name), `create schema ${name}`);
    const bouncer = await startPgBouncer(Object.assign(new URL(server), { username: name, password: "few" }).href, {
      pool_mode: "transaction",
    });
    onTestFinished(bouncer.stop);
    const url = bouncer.through(Object.assign(new URL(urlOf(server, name)), { username: name, password: "few" }).href);
    await applyMigrations({ url });
    await migrateQueueSchema(url);
    expect(await pendingMigrations({ url })).toEqual([]);
    expect(await raw(url, `select relname from pg_class where relnamespace = '${name}'::regnamespace`)).toEqual([]);
  });
});
