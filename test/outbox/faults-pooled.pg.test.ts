import { it } from "vitest";
import type { Client } from "pg";
import { hang } from "../support/inbox.ts";
import { describeWithPgBouncer, usePooledDatabase } from "../support/pgbouncer.ts";
import { CASES } from "./faults/cases.ts";
import { play } from "./faults/play.ts";

describeWithPgBouncer("every fault at every step, behind PgBouncer in transaction mode", () => {
  const pooled = usePooledDatabase();

  it.for(["customer", "jobboard"] as const)(
    "leaves every import of a %s in a true state while a client of the SQL intake hangs",
    // About 130 imports, over some twenty hours of the outbox, take 40 to 80 s on two busy cores.
    { timeout: 240_000 },
    async (kind, { expect, onTestFinished }) => {
      const clients: Client[] = [];
      onTestFinished(async () => {
        await Promise.all(clients.map((client) => client.end()));
      });
      const wrongs = await play(
        pooled.database(),
        kind,
        { name: kind, variants: {}, cases: CASES[kind] },
        onTestFinished,
        async ({ account }, subjects) => {
          clients.push(await hang(pooled.directUrl(), account, "other@example.org"));
          clients.push(await hang(pooled.directUrl(), account, subjects[0]?.email ?? ""));
        },
      );
      expect(wrongs).toEqual([]);
    },
  );
});
