import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it, onTestFinished } from "vitest";
import { withClient } from "../../src/database/connect.ts";
import { refuseUnfit } from "../../src/database/facts.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { AppError, UsageError } from "../../src/platform/errors.ts";
import { startPostgres } from "../support/postgres.ts";

/** The code of an error, and whether a service is started again after it: not after exit code 2. */
async function failureOf(work: () => unknown): Promise<{ readonly code: string; readonly isPassing: boolean } | null> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, isPassing: !(error instanceof UsageError) };
  }
  return null;
}

it("a standby may become the primary server, so it is no wrong setting", async () => {
  const server = await startPostgres();
  onTestFinished(server.remove);
  const { rows } = await withClient(server.url, (client) =>
    client.query<{ directory: string }>("select current_setting('data_directory') as directory"),
  );
  await server.stop();
  await writeFile(join(rows[0]?.directory ?? "", "standby.signal"), "");
  await server.start();
  const failure = await failureOf(() => applyMigrations({ url: server.url }));
  expect(failure).toEqual({ code: "database_read_only", isPassing: true });
});

it("a login may be created, and a connection become free", async () => {
  const url = new URL(inject("postgresUrl"));
  url.username = "nobody_yet";
  const refused = await failureOf(() => applyMigrations({ url: url.href }));
  expect(refused).toEqual({ code: "database_login", isPassing: true });
  const connections = { free: 1, limit: 100, limitedBy: "server" } as const;
  const facts = { reach: "direct", version: 180_000, role: "app", overridden: [], connections } as const;
  const full = await failureOf(() => refuseUnfit(facts, true));
  expect(full).toEqual({ code: "too_few_connections", isPassing: true });
});
