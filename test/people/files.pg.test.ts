import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeAudit } from "../../src/database/audit.ts";
import { createDatabase, inTransaction } from "../../src/database/client.ts";
import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { closeImports } from "../../src/outbox/operations/close.ts";
import { cleanUp, cleanUpIfDue, type CleanedUp } from "../../src/people/erase/clean-up.ts";
import { createErasure } from "../../src/people/erase/erasure.ts";
import { PERSON } from "../support/decider.ts";
import { keyringOf } from "../support/keyring.ts";
import { addCanary, CANARY, PERSON_IDS } from "../support/person.ts";
import { describeWithPostgres15, startPostgres15 } from "../support/postgres-15.ts";
import { makeDataDir } from "../support/postgres.ts";
import { silent } from "../support/silent.ts";

const nothing = async () => {};

/** The files below a directory in which the text stands. */
async function filesWith(directory: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    // Postgres removes files meanwhile.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (bytes.includes(text)) found.push(path);
  }
  return found;
}

/** A database with the person, whose data lies in `directory`. */
async function fill(databaseUrl: string, directory: string, { isEmbedded }: { readonly isEmbedded: boolean }) {
  await applyMigrations({ url: databaseUrl });
  const database = createDatabase(databaseUrl);
  onTestFinished(() => database.$disconnect());
  await addCanary(database, "default");
  const subjects = [`applicant ${PERSON_IDS.applicant}`];
  const about = {
    account: "default",
    by: { ...PERSON, why: `${CANARY} called` },
    what: "person_shown",
    subjects,
  } as const;
  await inTransaction(database, (tx) => writeAudit(tx, about));
  await database.$executeRaw`analyze`;
  await database.$executeRaw`checkpoint`;
  expect((await filesWith(directory, CANARY)).length).toBeGreaterThan(3);
  const erase = (clean: () => Promise<CleanedUp>) =>
    createErasure({
      database,
      account: "default",
      keyring: keyringOf("k".repeat(32)),
      closeImports,
      keepFiles: async () => {},
      cleanUp: clean,
    })({ named: { by: "applicant", id: PERSON_IDS.applicant }, by: PERSON, ticket: null, shown: null });
  const postgres = { databaseUrl, directory: isEmbedded ? directory : null, account: "default" };
  return { directory, database, postgres, erase };
}

async function open() {
  const dataDir = await mkdtemp(join(tmpdir(), "erased-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const { url: databaseUrl, release, directory } = await startEmbeddedPostgres({ dataDir, logger: silent });
  onTestFinished(release);
  return fill(databaseUrl, directory, { isEmbedded: true });
}

describe("no file of the embedded Postgres holds a byte of an erased person", () => {
  it("in rows, indexes, statistics and the write-ahead log", async () => {
    const { directory, postgres, erase } = await open();
    expect(await erase(() => cleanUp(postgres))).toMatchObject({ left: [] });
    expect(await filesWith(directory, CANARY)).toEqual([]);
    expect(await cleanUpIfDue(postgres, nothing)).toBeNull();
  });

  it("once a worker has caught up, where the process was killed after the commit, or a backup kept former rows", async () => {
    const { directory, postgres, erase } = await open();
    await expect(erase(() => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
    const backup = new Client({ connectionString: postgres.databaseUrl });
    await backup.connect();
    try {
      await backup.query("begin isolation level repeatable read");
      await backup.query("select from public.applicant");
      expect((await cleanUpIfDue(postgres, nothing))?.left).toContain("applicant");
      expect((await filesWith(directory, CANARY)).length).toBeGreaterThan(3);
    } finally {
      await backup.end();
    }
    expect(await cleanUpIfDue(postgres, nothing)).toEqual({ left: [], later: [] });
    expect(await filesWith(directory, CANARY)).toEqual([]);
    expect(await cleanUpIfDue(postgres, nothing)).toBeNull();
  });

  it("of a table above 64 MB once a worker has rewritten it, which it does while no sync and no import is on its way", async () => {
    const { directory, database, postgres, erase } = await open();
    await enlarge(postgres.databaseUrl);
    const { left, later } = await erase(() => cleanUp(postgres));
    expect({ left, later }).toEqual({ left: [], later: ["application", "change"] });
    expect(await filesWith(directory, CANARY)).not.toEqual([]);

    const run = { account: "another", resource: "campaigns", kind: "full", trigger: "command", state: "running" };
    const { id } = await database.syncRun.create({ data: run });
    expect(await cleanUpIfDue(postgres, nothing)).toBeNull();
    await database.syncRun.update({ where: { id }, data: { state: "done" } });
    expect(await cleanUpIfDue({ ...postgres, directory: "/proc" }, nothing)).toBeNull();
    expect(await cleanUpIfDue(postgres, nothing)).toEqual({ left: [], later: ["change"] });
    expect(await database.cleanUp.findMany()).toMatchObject([{ later: ["change"] }]);
    expect(await cleanUpIfDue(postgres, nothing)).toEqual({ left: [], later: [] });
    expect(await filesWith(directory, CANARY)).toEqual([]);
    expect(await cleanUpIfDue(postgres, nothing)).toBeNull();
  });

  it("while another process is at it for longer than anybody waits, and if it is killed, the next one does it all", async () => {
    const { directory, database, postgres, erase } = await open();
    await expect(erase(() => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
    let files = () => {};
    let slow: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      const keepFiles = () => new Promise<void>((end) => ((files = end), begun()));
      slow = cleanUpIfDue(postgres, keepFiles);
    });
    expect(await cleanUpIfDue(postgres, () => Promise.reject(new Error("twice")))).toBeNull();
    expect(await cleanUp(postgres)).toMatchObject({ left: [], later: expect.arrayContaining(["applicant"]) });
    await database.$executeRaw`
      select pg_terminate_backend(pid) from pg_locks where relation = 'public.clean_up'::regclass and mode like 'ShareUpdate%'`;
    expect(await cleanUpIfDue(postgres, nothing)).toEqual({ left: [], later: [] });
    expect(await filesWith(directory, CANARY)).toEqual([]);
    files();
    await slow.catch(() => null);
    expect(await database.cleanUp.count()).toBe(0);
    // Nothing is left for anybody to do.
    expect(await cleanUp(postgres)).toEqual({ left: [], later: [] });
  });

  it("nor while a transaction has written and reads nothing at this moment, for which Postgres keeps former rows as well", async () => {
    const { directory, database, postgres, erase } = await open();
    const page = new Client({ connectionString: postgres.databaseUrl });
    await page.connect();
    await page.query("begin");
    await page.query("insert into public.account_lock values ('default', 'a page')");
    expect((await erase(() => cleanUp(postgres))).left).toContain("applicant");
    expect(await database.cleanUp.count()).toBe(1);
    await page.query("commit");
    await page.end();
    expect(await cleanUpIfDue(postgres, nothing)).toEqual({ left: [], later: [] });
    expect(await filesWith(directory, CANARY)).toEqual([]);
  });
});

/** Adds other people's rows to `application` and `change`, so that each table has more than 64 MB. */
async function enlarge(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("set session_replication_role = replica");
  const words = "(select string_agg(md5(n::text || i), '') from generate_series(1, 55) i)";
  await client.query(`insert into public.application (account, id, hash, raw)
    select 'default', n, 'h', jsonb_build_object('note', ${words}) from generate_series(1000, 41000) n`);
  await client.query(`insert into public.change (account, resource, row_id, kind, after)
    select 'default', 'application', n, 'updated', jsonb_build_object('note', ${words}) from generate_series(1000, 41000) n`);
  // The last row of a page: when it goes, no other one is moved over all of it.
  await client.query("update public.application set hash = hash where id < 1000");
  await client.query("update public.change set kind = kind where row_id < 1000");
  await client.end();
}

describeWithPostgres15("of a Postgres of one's own", () => {
  it("no file but the write-ahead log holds a byte of an erased person, once other transactions have ended", async () => {
    const home = await makeDataDir();
    const { url: databaseUrl, remove } = await startPostgres15({ directory: home });
    onTestFinished(async () => {
      await remove();
      await rm(home, { recursive: true, force: true });
    });
    const { directory, database, postgres, erase } = await fill(databaseUrl, home, { isEmbedded: false });
    expect(await erase(() => cleanUp(postgres))).toMatchObject({ left: ["pg_wal"] });
    expect(await database.cleanUp.count()).toBe(0);
    await database.$executeRaw`checkpoint`;
    expect((await filesWith(directory, CANARY)).filter((path) => !path.includes("pg_wal"))).toEqual([]);
    // As a copy of the embedded Postgres has it.
    await database.cleanUp.create({ data: { account: "default", later: ["application"] } });
    expect(await cleanUpIfDue(postgres, nothing)).toEqual({ left: ["pg_wal"], later: [] });
    expect(await database.cleanUp.count()).toBe(0);
  });
});
