import { MIGRATION_ADVISORY_LOCK_KEY, runMigrations } from "bullmq";
import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { withClient } from "../../src/database/connect.ts";
import { migrateQueueSchema, migrateQueueSchemaOn, QUEUE_SCHEMA } from "../../src/queue/schema.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";

async function openDatabase(): Promise<{ readonly url: string; readonly client: Client }> {
  const { url, drop } = await createTestDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  return { url, client };
}

/** Its tables that Postgres writes to its log. */
async function logged(client: Client): Promise<readonly unknown[]> {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = to_regnamespace($1) and relkind = 'r' and relpersistence = 'p'`,
    [QUEUE_SCHEMA],
  );
  return rows.map(({ relname }) => relname);
}

it("leaves no table of the queue in the log of Postgres but the ledger of its migrations", async () => {
  const { client } = await openDatabase();
  expect(await logged(client)).toEqual(["migration"]);
});

it("moves the tables of an earlier version out of it, and keeps the jobs in them", async () => {
  const { url, client } = await openDatabase();
  await client.query(`drop schema ${QUEUE_SCHEMA} cascade`);
  await runMigrations(client, QUEUE_SCHEMA);
  await client.query(`
    insert into ${QUEUE_SCHEMA}.meta (queue, field, value) values ('api-x', 'version', 'bullmq'), ('sync-x', 'version', 'bullmq');
    insert into ${QUEUE_SCHEMA}.job (queue, id, seq, name, state, added_at_ms) values
      ('api-x', '1', 1, 'page', 'waiting', 0), ('sync-x', '2', 2, 'finish', 'failed', 0);
    insert into ${QUEUE_SCHEMA}.job_log (queue, job_id, idx, row) values ('api-x', '1', 0, 'seen')`);
  await migrateQueueSchema(url);
  expect(await logged(client)).toEqual(["migration"]);
  const { rows } = await client.query(
    `select id, row from ${QUEUE_SCHEMA}.job join ${QUEUE_SCHEMA}.job_log on job_id = id`,
  );
  expect(rows).toEqual([{ id: "1", row: "seen" }]);
});

it("keeps no events, also where an earlier version kept them, and BullMQ's functions go on", async () => {
  const { url, client } = await openDatabase();
  await client.query(`drop schema ${QUEUE_SCHEMA} cascade`);
  await runMigrations(client, QUEUE_SCHEMA);
  const pause = async (is: boolean) => {
    await client.query(`select ${QUEUE_SCHEMA}.pause('api-x', $1)`, [is]);
    const { rows } = await client.query(`select count(*)::int as events from ${QUEUE_SCHEMA}.event`);
    return rows;
  };
  expect(await pause(true)).toEqual([{ events: 1 }]);
  await migrateQueueSchema(url);
  expect(await pause(false)).toEqual([{ events: 1 }]);
  await runMigrations(client, QUEUE_SCHEMA);
  expect(await pause(true)).toEqual([{ events: 1 }]);
});

it.each([
  [
    "a job",
    `insert into ${QUEUE_SCHEMA}.job (queue, id, seq, name, state, added_at_ms) values ('mails', '1', 1, 'send', 'waiting', 0)`,
  ],
  ["a queue without one", `select ${QUEUE_SCHEMA}.pause('mails', true)`],
  ["a queue that is named as the second one of version 0.1.0", `select ${QUEUE_SCHEMA}.pause('sync-x', true)`],
])("leaves tables that hold %s of another application as they are", async (_, theirs) => {
  const { url, client } = await openDatabase();
  await client.query(`drop schema ${QUEUE_SCHEMA} cascade`);
  await runMigrations(client, QUEUE_SCHEMA);
  await client.query(theirs);
  const before = await logged(client);
  await migrateQueueSchema(url);
  expect(await logged(client)).toEqual(before);
  expect(before).toContain("job");
  await client.query(`select ${QUEUE_SCHEMA}.pause('letters', true)`);
  const { rows } = await client.query(`select queue from ${QUEUE_SCHEMA}.event where queue = 'letters'`);
  expect(rows).toEqual([{ queue: "letters" }]);
});

it("is brought up to date by workers that start at the same time", async () => {
  const { url, client } = await openDatabase();
  await client.query(`drop schema ${QUEUE_SCHEMA} cascade`);
  await runMigrations(client, QUEUE_SCHEMA);
  await Promise.all(Array.from({ length: 8 }, () => migrateQueueSchema(url)));
  await Promise.all(Array.from({ length: 8 }, () => migrateQueueSchema(url)));
  const { rows } = await client.query(`select ${QUEUE_SCHEMA}.publish_event('api-x', 'waiting', '{}') as event`);
  expect(rows).toEqual([{ event: null }]);
});

it("is created by one worker while another waits for its turn", async () => {
  const { url, client } = await openDatabase();
  await client.query(`drop schema ${QUEUE_SCHEMA} cascade`);
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock($1, hashtext($2))", [MIGRATION_ADVISORY_LOCK_KEY, QUEUE_SCHEMA]);
  const other = withClient(url, async (migrating) => {
    // It has just applied migrations: its session no longer asks for the changes of others before a statement that creates something.
    await migrating.query("create table public.migrated ()");
    await migrateQueueSchemaOn(migrating);
  });
  const waiting =
    "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())";
  await waitFor("the other to wait", async () => (await client.query(waiting)).rowCount === 1);
  await client.query(`create schema ${QUEUE_SCHEMA}`);
  await client.query("commit");
  await other;
  expect(await logged(client)).toEqual(["migration"]);
});
