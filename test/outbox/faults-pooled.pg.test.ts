import { afterAll, beforeAll, inject, it } from "vitest";
import type { Client } from "pg";
import { createDatabase, type Database } from "../../src/database/client.ts";
import { hang } from "../support/inbox.ts";
import { describeWithPgBouncer, startPgBouncer, type TestPgBouncer } from "../support/pgbouncer.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { CASES } from "./faults/cases.ts";
import { play } from "./faults/play.ts";

describeWithPgBouncer("every fault at every step, behind PgBouncer in transaction mode", () => {
  let created: TestDatabase;
  let bouncer: TestPgBouncer;
  let database: Database;

  beforeAll(async () => {
    created = await createTestDatabase();
    bouncer = await startPgBouncer(inject("postgresUrl"), { pool_mode: "transaction" });
    database = createDatabase(bouncer.through(created.url));
  });
  afterAll(async () => {
    await database.$disconnect();
    await bouncer.stop();
    await created.drop();
  });

  it.for(["customer", "jobboard"] as const)(
    "leaves every import of a %s in a true state while a client of the SQL intake hangs",
    { timeout: 120_000 },
    async (kind, { expect, onTestFinished }) => {
      const clients: Client[] = [];
      onTestFinished(async () => {
        await Promise.all(clients.map((client) => client.end()));
      });
      const wrongs = await play(
        database,
        kind,
        { name: kind, variants: {}, cases: CASES[kind] },
        onTestFinished,
        async ({ account }, subjects) => {
          clients.push(await hang(created.url, account, "other@example.org"));
          clients.push(await hang(created.url, account, subjects[0]?.email ?? ""));
        },
      );
      expect(wrongs).toEqual([]);
    },
  );
});
