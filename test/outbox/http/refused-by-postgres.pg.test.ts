import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { createDatabase } from "../../../src/database/client.ts";
import { applyMigrations } from "../../../src/database/migrations/migrations.ts";
import { useDatabase } from "../../support/database.ts";
import { smallDiskNote, startOnSmallDisk } from "../../support/full-disk.ts";
import { onServer, urlOf } from "../../support/postgres.ts";
import { describeWithPostgres15, startPostgres15 } from "../../support/postgres-15.ts";
import { openImports } from "./support.ts";

const database = useDatabase();

const batch = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ email: `person.${n}@example.org`, first_name: "Léa", last_name: "Fict" }));
const KEY = { "idempotency-key": "order-1" };

describe("a request that Postgres refuses for a temporary reason", () => {
  it.each([
    ["a full disk", "53100"],
    ["no memory", "53200"],
    ["no connection", "53300"],
    ["a limit of its settings", "53400"],
    ["a file that cannot be read", "58030"],
    ["a shutdown by its administrator", "57P01"],
    ["a crash", "57P02"],
    ["a start that goes on", "57P03"],
    ["a statement that was cancelled or was too slow", "57014"],
    ["a lock that was not to be had", "55P03"],
    ["a server that accepts no writes", "25006"],
    ["a transaction that was in the way", "40001"],
    ["a deadlock", "40P01"],
    ["a connection that broke", "08006"],
  ])("is to be sent again: %s (%s), and is then accepted once", async (_reason, sqlState) => {
    const server = await openImports(database());
    await database().$executeRawUnsafe(
      `create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '${sqlState}'; end $$`,
    );
    await database().$executeRaw`
      create trigger refuse before insert on public.applicant_import for each row execute function public.refuse()`;
    const refused = await server.post({ email: `${sqlState}@example.org` }, KEY);
    await database().$executeRaw`drop function public.refuse() cascade`;
    const isLock = sqlState === "55P03";
    expect(refused).toMatchObject({ status: 503, body: { code: isLock ? "busy" : "database_unavailable" } });
    expect(refused.headers.get("retry-after")).toBe(isLock ? "2" : "5");
    expect(refused.body["detail"]).toContain("Send the same request again");
    expect(await server.post({ email: `${sqlState}@example.org` }, KEY)).toMatchObject({ status: 202 });
    expect(await database().applicantImport.count({ where: { account: server.account } })).toBe(1);
  });

  it.each(["pg_terminate_backend", "pg_cancel_backend"])("gets 503 after %s, so that it is sent again", async (end) => {
    const server = await openImports(database());
    const other = database();
    const blocked = other.$transaction(async (tx) => {
      await tx.$executeRaw`lock table public.applicant_import in access exclusive mode`;
      const posting = server.post({ email: "x@example.org" });
      await expect
        .poll(
          async () => {
            const rows = await tx.$queryRawUnsafe<{ done: boolean }[]>(
              `select pg_catalog.${end}(pid) as done from pg_locks
             where not granted and relation = 'public.applicant_import'::regclass`,
            );
            return rows.length;
          },
          { timeout: 30_000 },
        )
        .toBeGreaterThan(0);
      return { posting };
    });
    expect(await (await blocked).posting).toMatchObject({ status: 503 });
    expect(await server.post({ email: "x@example.org" })).toMatchObject({ status: 202 });
  });
});

describeWithPostgres15("a Postgres without a connection left", () => {
  it("answers 503, reports it at /health, and accepts the request when one is free", async () => {
    const postgres = await startPostgres15({ settings: { max_connections: 8 } });
    onTestFinished(postgres.remove);
    await onServer(postgres.url, "create role app login", "create database app owner app");
    const url = urlOf(postgres.url.replace("postgres@", "app@"), "app");
    await applyMigrations({ url });
    const limited = createDatabase(url);
    onTestFinished(() => limited.$disconnect());
    const server = await openImports(limited);
    const others = Array.from({ length: 5 }, () => new Client({ connectionString: url }));
    for (const client of others) await client.connect();
    const [health, posted] = await Promise.all([server.get("/health"), server.post({ email: "a@example.org" })]);
    for (const client of others) await client.end();
    expect(health).toMatchObject({ status: 503 });
    expect(posted).toMatchObject({ status: 503, body: { code: "busy" } });
    expect(posted.headers.get("retry-after")).toBe("2");
    await expect.poll(async () => (await server.get("/health")).status).toBe(200);
    expect(await server.post({ email: "a@example.org" })).toMatchObject({ status: 202 });
  });
});

describe.skipIf(smallDiskNote() !== "")(`a Postgres on a full disk${smallDiskNote()}`, () => {
  it("answers 503, has accepted nothing of the request, and accepts all of it once there is room", async () => {
    const disk = await startOnSmallDisk();
    onTestFinished(disk.remove);
    await applyMigrations({ url: disk.url });
    const full = createDatabase(disk.url);
    onTestFinished(() => full.$disconnect());
    const server = await openImports(full);
    expect(await server.post({ email: "first@example.org" })).toMatchObject({ status: 202 });
    await disk.fill();
    const refused = await server.post(batch(900), KEY);
    expect(refused).toMatchObject({ status: 503, body: { code: "database_unavailable" } });
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await full.applicantImport.count()).toBe(1);
    await disk.free();
    expect(await server.post(batch(900), KEY)).toMatchObject({ status: 202 });
    expect((await server.post(batch(900), KEY)).headers.get("idempotency-replayed")).toBe("true");
    expect(await full.applicantImport.count()).toBe(901);
    expect(await full.importEvent.count()).toBe(901);
  });
});
