import { assertSchemaCompatibility, runMigrations, SchemaMigrationRequiredError } from "bullmq";
import { Client } from "pg";
import { APPLICATION_NAME } from "../database.ts";

/** Where the queue's own tables are when it lives in Postgres. */
export const QUEUE_SCHEMA = "bullmq";

/** Brings the queue's own tables up to date; a no-op when they are. */
export function migrateQueueSchema(databaseUrl: string): Promise<void> {
  return withClient(databaseUrl, async (client) => void (await runMigrations(client, QUEUE_SCHEMA)));
}

/** Whether the queue's own tables are missing or older than this version wants. */
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

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, application_name: APPLICATION_NAME });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
