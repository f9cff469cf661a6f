import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from "vitest";
import { createDatabase } from "../../src/database/client.ts";
import { applyMigrations, pendingMigrations } from "../../src/database/migrations/migrations.ts";
import { migrateQueueSchema } from "../../src/queue/schema.ts";
import type { ResourceName } from "../../src/sync/resources.ts";
import { importPeople } from "../support/imports.ts";
import { people } from "../support/outbox.ts";
import { onServer, urlOf } from "../support/postgres.ts";
import { client15, describeWithPostgres15, startPostgres15, type Postgres15 } from "../support/postgres-15.ts";
import { mirrorOf } from "../support/source.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

describeWithPostgres15("a dump by pg_dump", () => {
  let server: Postgres15;
  let directory: string;

  beforeAll(async () => {
    server = await startPostgres15({});
    directory = await mkdtemp(join(tmpdir(), "applicant-sync-dump-"));
  });
  afterAll(async () => {
    await server.remove();
    await rm(directory, { recursive: true, force: true });
  });

  async function emptyDatabase(owner = "postgres"): Promise<string> {
    const name = `db_${crypto.randomUUID().slice(0, 8)}`;
    await onServer(server.url, `create database ${name} owner ${owner}`);
    return urlOf(server.url, name);
  }

  /** A world whose database has a mirror, imports, and a sync in the middle of a list; the dump is made there. */
  async function dumpedWorld(format: readonly string[]): Promise<{ readonly world: World; readonly dump: string }> {
    const databaseUrl = await emptyDatabase();
    await applyMigrations({ url: databaseUrl });
    await migrateQueueSchema(databaseUrl);
    const world = await openWorld({ databaseUrl, sandbox: { latency: { min: 150, max: 150 } } });
    await world.sync();
    await importPeople(world, people(3));
    const dump = join(directory, crypto.randomUUID());
    const syncing = world.sync("applications");
    await waitFor("pages of a run that goes on", async () => (await world.database.syncPage.count()) >= 2);
    await client15("pg_dump", [...format, "-d", databaseUrl, "-f", dump]);
    await syncing;
    world.sandbox.data.applications.insert();
    const [gone = 0] = world.sandbox.data.applications.ids();
    world.sandbox.data.applications.remove(gone);
    return { world, dump };
  }

  /** What a restored database held, and what two syncs make of it. */
  async function syncedIn(world: World, url: string) {
    const pending = await pendingMigrations({ url });
    const database = createDatabase(url, { connections: 1 });
    onTestFinished(() => database.$disconnect());
    const pages = await database.syncPage.count();
    const imports = await database.applicantImport.count();
    const sync = async (...resources: readonly ResourceName[]) => {
      const runs = await world.sync(resources, (config) => ({ ...config, database: { ...config.database, url } }));
      return runs.map(({ state }) => state);
    };
    const first = await sync("campaigns", "applications");
    const mirror = await mirrorOf(database, world.account);
    const second = await sync("applications");
    return {
      pending,
      hasPages: pages >= 2,
      imports,
      states: [...first, ...second],
      isExact: isDeepStrictEqual(mirror, world.source()),
      pagesLeft: await database.syncPage.count(),
    };
  }

  const WHOLE = {
    pending: [],
    hasPages: true,
    imports: 3,
    states: ["proven", "proven", "proven"],
    isExact: true,
    pagesLeft: 0,
  };

  const psql = (url: string, file: string) =>
    client15("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", file]);

  it("as text, made while a sync runs, is restored by psql into a database that syncs and proves", async () => {
    const { world, dump } = await dumpedWorld([]);
    const url = await emptyDatabase();
    await psql(url, dump);
    expect(await syncedIn(world, url)).toEqual(WHOLE);
  });

  it("as text is restored into the newer version that is embedded", async () => {
    const { world, dump } = await dumpedWorld(["--no-owner"]);
    const name = `restored_${crypto.randomUUID().slice(0, 8)}`;
    await onServer(inject("postgresUrl"), `create database ${name}`);
    const url = urlOf(inject("postgresUrl"), name);
    await psql(url, dump);
    expect(await syncedIn(world, url)).toEqual(WHOLE);
  });

  it("without the data of unlogged tables is restored by two jobs at once, and over a database that is in use", async () => {
    const { world, dump } = await dumpedWorld(["-Fc", "--no-unlogged-table-data"]);
    const url = await emptyDatabase();
    await client15("pg_restore", ["-e", "-j", "2", "-d", url, dump]);
    expect(await syncedIn(world, url)).toEqual(WHOLE);
    await client15("pg_restore", ["-e", "--clean", "--if-exists", "-d", url, dump]);
    expect(await syncedIn(world, url)).toEqual(WHOLE);
  });

  it("without the queue's schema is restored under another owner, who is no superuser", async () => {
    const { world, dump } = await dumpedWorld(["-Fd", "-j", "2", "--exclude-schema=bullmq"]);
    await onServer(server.url, "create role restorer login");
    const url = new URL(await emptyDatabase("restorer"));
    url.username = "restorer";
    await client15("pg_restore", ["-e", "--no-owner", "--no-acl", "-d", url.href, dump]);
    expect(await syncedIn(world, url.href)).toEqual(WHOLE);
  });
});
