import { afterAll, beforeAll } from "vitest";
import { createDatabase, type Database } from "../../src/database/client.ts";
import { createTestDatabase } from "./postgres.ts";

/** A migrated database of this test file's own; call what it returns inside a test. */
export function useDatabase(): () => Database {
  let database: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const created = await createTestDatabase();
    database = createDatabase(created.url);
    drop = created.drop;
  });
  afterAll(async () => {
    await database.$disconnect();
    await drop();
  });
  return () => database;
}
