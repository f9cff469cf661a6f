import { assertSchemaCompatibility, runMigrations, SchemaMigrationRequiredError } from "bullmq";
import { withClient } from "../database/connect.ts";
import type { PostgresClient } from "../database/postgres-client.ts";
import { AppError } from "../platform/errors.ts";

export const QUEUE_SCHEMA = "bullmq";
/** What the names of our queues begin with. */
export const QUEUE_NAMES = "api-";

export function migrateQueueSchema(databaseUrl: string): Promise<void> {
  return withClient(databaseUrl, migrateQueueSchemaOn);
}

/** The same on a connection. */
export async function migrateQueueSchemaOn(client: PostgresClient): Promise<void> {
  await refuseWithoutRights(client);
  await runMigrations(client, QUEUE_SCHEMA);
  if (await holdsOthers(client)) return;
  await keepOutOfTheLog(client);
  await publishNothing(client);
}

/**
 * Throws `database_rights` where the schema of the queue is missing and may not be created. Read from the catalog: `to_regnamespace` would
 * leave in the session that the schema is missing, and BullMQ, once another process has created it, would create it again.
 */
async function refuseWithoutRights(client: PostgresClient): Promise<void> {
  const { rows } = await client.query<{ may: boolean; role: string; database: string }>(
    `select exists (select from pg_namespace where nspname = $1) or has_database_privilege(current_database(), 'create') as may,
       current_user as role, current_database() as database`,
    [QUEUE_SCHEMA],
  );
  const [{ may, role, database } = { may: true, role: "", database: "" }] = rows;
  if (may) return;
  throw new AppError(
    "database_rights",
    `Role ${role} may not create the schema of the queue in database ${database}: let the owner of the database run GRANT CREATE ON DATABASE ${database} TO ${role}, or set REDIS_URL for the queue`,
    { disposition: "fail" },
  );
}

/**
 * Whether another application has queues of its own in these tables: BullMQ has this schema unless another one is named. Version 0.1.0 had
 * two for each account, of which nothing removes the second.
 */
async function holdsOthers(client: PostgresClient): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `select exists (
       select from (select queue from ${QUEUE_SCHEMA}.meta union all select queue from ${QUEUE_SCHEMA}.job) as one
       where not starts_with(queue, $1) and not exists (
         select from ${QUEUE_SCHEMA}.meta as first where first.queue = $1 || substring(one.queue from '^sync-(.*)'))) as found`,
    [QUEUE_NAMES],
  );
  return rows[0]?.found === true;
}

/**
 * Makes the queue's tables unlogged, except for BullMQ's ledger of its migrations, so that the queue neither waits for the
 * disk nor fills the write-ahead log of Postgres. A crash of Postgres empties all of them, but loses no job: our own tables
 * hold what each run and import waits for, and it is enqueued again. Tables that refer to others come first, as Postgres
 * demands.
 */
async function keepOutOfTheLog(client: PostgresClient): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('alter table %s set unlogged', oid::regclass) as statement from pg_class
     where relnamespace = to_regnamespace($1) and relkind = 'r' and relpersistence = 'p' and relname <> 'migration'
     order by exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'f') desc, relname`,
    [QUEUE_SCHEMA],
  );
  for (const { statement } of rows) await client.query(statement);
}

/**
 * Nobody reads the events of the queue, of which BullMQ would insert and announce five for each job. Only the owner of its function can
 * replace it. In one statement under a lock, and once: Postgres refuses one of two processes that replace a function at the same time.
 */
async function publishNothing(client: PostgresClient): Promise<void> {
  await client.query(`do $do$ begin
    perform pg_advisory_xact_lock(hashtextextended('${QUEUE_SCHEMA}.publish_event', 0));
    if exists (select from pg_proc where oid = to_regprocedure('${QUEUE_SCHEMA}.publish_event(text, text, jsonb)')
      and pg_has_role(proowner, 'usage') and prosrc <> 'select null::bigint')
    then
      create or replace function ${QUEUE_SCHEMA}.publish_event(p_queue text, p_event text, p_data jsonb) returns bigint
        language sql as 'select null::bigint';
    end if;
  end $do$`);
}

/** Whether the queue's tables are missing or older than this version needs. */
export function queueSchemaPending(databaseUrl: string): Promise<boolean> {
  return withClient(databaseUrl, async (client) => {
    try {
      await assertSchemaCompatibility(client, QUEUE_SCHEMA);
      return false;
    } catch (error) {
      if (error instanceof SchemaMigrationRequiredError) return true;
      throw error;
    }
  });
}
