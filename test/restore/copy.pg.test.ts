import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { copyDatabase } from "../../src/database/copy/copy.ts";
import { describeTables, filledTables, ourTables } from "../../src/database/copy/catalog.ts";
import { createDatabase } from "../../src/database/client.ts";
import { importPeople } from "../support/imports.ts";
import { lead, outboxDepsOf, people } from "../support/outbox.ts";
import { noteOn, pgBouncerInstalled } from "../support/installed.ts";
import { startPgBouncer } from "../support/pgbouncer.ts";
import { createTestDatabase, onServer, urlOf } from "../support/postgres.ts";
import { describeWithPostgres15, startPostgres15 } from "../support/postgres-15.ts";
import { mirrorOf } from "../support/source.ts";
import { openWorld, type World } from "../support/world.ts";

const never = new AbortController().signal;

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Every row of ours as text, under settings that print every digit, and where the sequences stand. */
async function everythingIn(url: string): Promise<Readonly<Record<string, unknown>>> {
  const client = await connect(url);
  await client.query(
    "set timezone = 'UTC'; set datestyle = 'ISO'; set extra_float_digits = 1; set search_path = public",
  );
  const found: Record<string, unknown> = {};
  for (const name of await ourTables()) {
    // Says in the copy that it is one.
    if (name === "database_identity") continue;
    found[name] = (await client.query(`select t::text as row from ${name} t order by 1`)).rows;
  }
  found["sequences"] = (
    await client.query("select sequencename, last_value from pg_sequences where schemaname = 'public' order by 1")
  ).rows;
  return found;
}

/** A mirror, a history, imports in many states, and values that are easily lost on the way. */
async function filledWorld(databaseUrl?: string): Promise<World> {
  const world = await openWorld({
    kind: "jobboard",
    sandbox: { applications: 60 },
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  await world.sync(["campaigns", "applications"]);
  const added = await importPeople(world, people(6, { company_id: 42, campaign_id: 7 }));
  for (const [n, way] of (["sent", "unknown", "rejected", "held"] as const).entries()) {
    const id = added[n]?.id ?? 0n;
    await lead(world, id, way === "held" ? ["held"] : way === "sent" ? ["sending", "sent"] : ["sending", way]);
  }
  const odd = "a\\b\\N\t\"'\r\nÉ\u{1F600}\u0001 ,;{}";
  await world.database.$executeRaw`
    insert into public.import_resume (import_id, size, sha256, bytes)
    select id, 4, ${odd}, decode('00ff5c4e0a', 'hex') from public.applicant_import limit 1`;
  await world.database.$executeRaw`
    update public.applicant set last_name = ${odd}, raw = jsonb_build_object(${odd}::text, 12345678901234567890.123456789, 'n', null),
      created_at = '9999-12-31 23:59:59.999+00' where id = (select min(id) from public.applicant)`;
  await world.database.$executeRaw`
    insert into public.sync_run (account, resource, kind, trigger, state) values (${world.account}, 'applicants', 'full', 'command', 'running')`;
  await world.database.$executeRaw`
    insert into public.sync_page (run_id, walker, page, per_page, received, ids, step, inserted, updated, unchanged, quarantined)
    select max(id), 0, 1, 50, 2, decode('0204', 'hex'), 1, 0, 0, 2, 0 from public.sync_run`;
  return world;
}

async function emptyDatabase(server: string, options = ""): Promise<string> {
  const name = `copy_${randomBytes(6).toString("hex")}`;
  await onServer(server, `create database ${name} ${options}`);
  onTestFinished(() => onServer(server, `drop database ${name} with (force)`));
  return urlOf(server, name);
}

describe("the tables to copy", () => {
  it("are those that the migrations leave, and rows of their own hold only those that are replaced", async () => {
    const { url, drop } = await createTestDatabase();
    onTestFinished(drop);
    const client = await connect(url);
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and relname <> '_prisma_migrations' order by 1`,
    );
    const names = await ourTables();
    expect(names.toSorted()).toEqual(rows.map(({ name }) => name));
    expect((await describeTables(client, names)).map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect((await filledTables(client, names)).toSorted()).toEqual(["import_salt", "import_transition", "status_word"]);
    await client.end();
  });
});

describeWithPostgres15("a copy of the database", () => {
  it("from the embedded version to 15 and back is the same, bytes, times, generated columns and sequences", async () => {
    const server = await startPostgres15({});
    onTestFinished(server.remove);
    const world = await filledWorld();
    const source = world.env["DATABASE_URL"] ?? "";
    const target = await emptyDatabase(server.url);
    const report = await copyDatabase({ from: source, to: target, signal: never });
    const everything = await everythingIn(source);
    expect(await everythingIn(target)).toEqual(everything);
    expect(report.tables.find(({ name }) => name === "applicant_import")).toEqual({
      name: "applicant_import",
      rows: 6,
    });
    expect(report.left).toEqual([]);

    const back = await createTestDatabase();
    onTestFinished(back.drop);
    await copyDatabase({ from: target, to: back.url, signal: never });
    expect(await everythingIn(back.url)).toEqual(everything);
  });

  it("goes on where the first stood: a sync is proven, an import gets the next id, triggers work", async () => {
    const server = await startPostgres15({});
    onTestFinished(server.remove);
    const world = await filledWorld();
    const url = await emptyDatabase(server.url);
    await copyDatabase({ from: world.env["DATABASE_URL"] ?? "", to: url, signal: never });
    world.sandbox.data.applications.insert();
    const runs = await world.sync(["campaigns", "applications"], (config) => ({
      ...config,
      database: { ...config.database, url },
    }));
    expect(runs).toMatchObject([{ state: "proven" }, { state: "proven", inserted: 1 }]);
    const database = createDatabase(url, { connections: 1 });
    onTestFinished(() => database.$disconnect());
    expect(await mirrorOf(database, world.account)).toMatchObject({ applications: world.source().applications });
    const last = await database.applicantImport.findFirstOrThrow({ orderBy: { id: "desc" } });
    const [next] = await importPeople({ database, env: world.env }, [{ email: "next@example.org", company_id: 42 }]);
    expect(next?.id).toBe(last.id + 1n);
    expect(await database.importEvent.count({ where: { importId: next?.id ?? 0n } })).toBe(1);
    await expect(
      database.$executeRaw`update public.applicant_import set applicant_state = 'draft' where id = ${next?.id ?? 0n}`,
    ).rejects.toThrow(/cannot go from/);
  });

  it.skipIf(!pgBouncerInstalled())(
    `goes through PgBouncer in transaction mode, to a role that is no superuser${noteOn("pgbouncer", pgBouncerInstalled())}`,
    async () => {
      const server = await startPostgres15({});
      onTestFinished(server.remove);
      await onServer(server.url, "create role app login");
      const bouncer = await startPgBouncer(server.url.replace("postgres@", "app@"), { pool_mode: "transaction" });
      onTestFinished(bouncer.stop);
      const world = await filledWorld();
      const target = await emptyDatabase(server.url.replace("app@", "postgres@"), "owner app");
      const through = bouncer.through(target.replace("postgres@", "app@"));
      await copyDatabase({ from: world.env["DATABASE_URL"] ?? "", to: through, signal: never });
      expect(await everythingIn(target)).toEqual(await everythingIn(world.env["DATABASE_URL"] ?? ""));
    },
  );
});

describe("the first start on a copy", () => {
  it.each(["served before", "never served"])("holds all imports, of a database that was %s", async (how) => {
    const source = await filledWorld();
    const check = async (url: string) => {
      const database = createDatabase(url, { connections: 2 });
      onTestFinished(() => database.$disconnect());
      await outboxDepsOf({ database, env: source.env }).watermark.check();
      return database.importControl.findMany({ where: { account: source.account, held: true } });
    };
    const from = source.env["DATABASE_URL"] ?? "";
    const before = how === "served before" ? await check(from) : [];
    const target = await createTestDatabase();
    onTestFinished(target.drop);
    await copyDatabase({ from, to: target.url, signal: never });
    expect(await check(target.url)).toMatchObject([{ reasonCode: "database_copied" }]);
    expect([...before, ...(await check(from))]).toEqual([]);
  });
});

describe("a copy that cannot be whole", () => {
  const rowsIn = async (url: string) => filledTables(await connect(url), await ourTables());
  const SEEDS = ["import_salt", "import_transition", "status_word"];

  it("is refused into a database that holds rows, by the names of their tables", async () => {
    const [source, target] = [await filledWorld(), await filledWorld()];
    const [from = "", to = ""] = [source.env["DATABASE_URL"], target.env["DATABASE_URL"]];
    const before = await everythingIn(to);
    await expect(copyDatabase({ from, to, signal: never })).rejects.toMatchObject({
      code: "copy_target_in_use",
      message: expect.stringMatching(/in account, .*applicant_import, .*sync_run/),
    });
    expect(await everythingIn(to)).toEqual(before);
  });

  it("is refused into itself, empty as it may be", async () => {
    const { url, drop } = await createTestDatabase();
    onTestFinished(drop);
    await expect(copyDatabase({ from: url, to: url, signal: never })).rejects.toMatchObject({
      code: "copy_same_database",
    });
  });

  it("is refused into a database that cannot hold every name", async () => {
    const source = await createTestDatabase();
    onTestFinished(source.drop);
    const to = await emptyDatabase(
      inject("postgresUrl"),
      "encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' locale_provider libc template template0",
    );
    await expect(copyDatabase({ from: source.url, to, signal: never })).rejects.toMatchObject({
      code: "copy_target_encoding",
    });
  });

  it("leaves no row where it is stopped within a table", async () => {
    const world = await filledWorld();
    await world.database.$executeRaw`
      insert into public.api_request (account, method, path) select 'default', 'GET', 'x' from generate_series(1, 300000)`;
    const to = await emptyDatabase(inject("postgresUrl"));
    const controller = new AbortController();
    const copying = copyDatabase({
      from: world.env["DATABASE_URL"] ?? "",
      to,
      signal: controller.signal,
      onTable: ({ name }) => void (name === "account" && setImmediate(() => controller.abort())),
    });
    await expect(copying).rejects.toMatchObject({ name: "AbortError" });
    expect(await rowsIn(to)).toEqual(SEEDS);
  });

  it("leaves no row where the columns are not the same", async () => {
    const world = await filledWorld();
    await world.database.$executeRaw`alter table public.sync_run add column mine text`;
    const to = await emptyDatabase(inject("postgresUrl"));
    await expect(copyDatabase({ from: world.env["DATABASE_URL"] ?? "", to, signal: never })).rejects.toMatchObject({
      code: "copy_differs",
      message: expect.stringContaining("sync_run"),
    });
    expect(await rowsIn(to)).toEqual(SEEDS);
  });

  it("waits for nobody who writes to the source for long, and says so", async () => {
    const world = await filledWorld();
    const writer = await connect(world.env["DATABASE_URL"] ?? "");
    await writer.query(
      "begin; insert into public.import_inbox (account, email) values ('" + world.account + "', 'x@example.org')",
    );
    const to = await emptyDatabase(inject("postgresUrl"));
    await expect(copyDatabase({ from: world.env["DATABASE_URL"] ?? "", to, signal: never })).rejects.toMatchObject({
      code: "database_locked",
    });
    expect(await rowsIn(to)).toEqual(SEEDS);
  });
});
