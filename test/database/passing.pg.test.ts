import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it, onTestFinished } from "vitest";
import { withClient } from "../../src/database/connect.ts";
import { refuseUnfit } from "../../src/database/facts.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { UsageError } from "../../src/platform/errors.ts";
import { startPostgres } from "../support/postgres.ts";

/** Passes if the error is no UsageError: after exit code 2 a service is not started again. */
async function expectPassing(work: Promise<unknown>, code: string): Promise<void> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect(error).not.toBeInstanceOf(UsageError);
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
  await expectPassing(applyMigrations({ url: server.url }), "database_read_only");
});

it("a login may be created, and a connection become free", async () => {
  const url = new URL(inject("postgresUrl"));
  url.username = "nobody_yet";
  await expectPassing(applyMigrations({ url: url.href }), "database_login");
  const connections = { free: 1, limit: 100, limitedBy: "server" } as const;
  const facts = { reach: "direct", version: 180_000, role: "app", overridden: [], connections } as const;
  await expectPassing((async () => refuseUnfit(facts, true))(), "too_few_connections");
});
