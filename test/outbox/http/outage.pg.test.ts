import { expect, it, onTestFinished } from "vitest";
import { createDatabase, inTransaction } from "../../../src/database/client.ts";
import { applyMigrations } from "../../../src/database/migrations/migrations.ts";
import { queryOf, throwSwitch } from "../../../src/outbox/operations/switch.ts";
import { PERSON } from "../../support/decider.ts";
import { startPostgres } from "../../support/postgres.ts";
import { useDatabase } from "../../support/database.ts";
import { openImports } from "./support.ts";

const database = useDatabase();

it("reports at /health that the kill switch cannot be read while a transaction locks it, instead of waiting", async () => {
  const server = await openImports(database());
  await inTransaction(database(), async (operator) => {
    await operator.$executeRaw`lock table public.import_control`;
    expect(await server.get("/health")).toMatchObject({
      status: 503,
      body: { code: "kill_switch_unreadable", detail: expect.stringContaining("pg_stat_activity") },
    });
  });
  expect(await server.get("/health")).toMatchObject({ status: 200, body: { status: "ok", database: "ok" } });
  await throwSwitch(queryOf(database()), server.account, { code: null, reason: null, by: PERSON });
  expect(await server.get("/health")).toMatchObject({ status: 200, body: { imports: "held" } });
});

it("answers 503 while the database is down, and accepts the request once when it is back", async () => {
  const postgres = await startPostgres();
  onTestFinished(postgres.remove);
  await applyMigrations({ url: postgres.url });
  const own = createDatabase(postgres.url);
  onTestFinished(() => own.$disconnect());
  const server = await openImports(own);
  const key = { "idempotency-key": "order-1" };
  const first = await server.post({ email: "a@example.org" });

  await postgres.stop();
  const refused = await server.post({ email: "b@example.org" }, key);
  expect(refused).toMatchObject({ status: 503, body: { code: "database_unavailable" } });
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(await server.get("/imports/1")).toMatchObject({ status: 503 });
  expect(await server.get("/health")).toMatchObject({ status: 503 });

  await postgres.start();
  expect(await server.get("/health")).toMatchObject({ status: 200 });
  expect(await server.post({ email: "b@example.org" }, key)).toMatchObject({
    status: 202,
    body: { imports: [{ outcome: "queued" }] },
  });
  expect(await server.post({ email: "a@example.org" })).toMatchObject({
    status: 202,
    body: { imports: [{ ...JSON.parse(JSON.stringify(first.body))["imports"][0], outcome: "known" }] },
  });
});
