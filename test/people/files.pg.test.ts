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
async function fill(postgres: { readonly databaseUrl: string; readonly isEmbedded: boolean }, directory: string) {
  await applyMigrations({ url: postgres.databaseUrl });
  const database = createDatabase(postgres.databaseUrl);
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
  return { directory, database, postgres: { ...postgres, account: "default" }, erase };
}

async function open() {
  const dataDir = await mkdtemp(join(tmpdir(), "erased-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const { url: databaseUrl, release, directory } = await startEmbeddedPostgres({ dataDir, logger: silent });
  onTestFinished(release);
  return fill({ databaseUrl, isEmbedded: true }, directory);
}

describe("no file of the embedded Postgres holds a byte of an erased person", () => {
  it("in rows, indexes, statistics and the write-ahead log", async () => {
    const { directory, database, postgres, erase } = await open();
    expect(await erase(() => cleanUp(postgres))).toMatchObject({ left: [] });
    expect(await filesWith(directory, CANARY)).toEqual([]);
    expect(await cleanUpIfDue(database, postgres, async () => {})).toBeNull();
  });

  it("once a worker has caught up, where the process was killed after the commit, or a backup kept former rows", async () => {
    const { directory, database, postgres, erase } = await open();
    await expect(erase(() => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
    const backup = new Client({ connectionString: postgres.databaseUrl });
    await backup.connect();
    try {
      await backup.query("begin isolation level repeatable read");
      await backup.query("select from public.applicant");
      expect((await cleanUpIfDue(database, postgres, async () => {}))?.left).toContain("applicant");
      expect((await filesWith(directory, CANARY)).length).toBeGreaterThan(3);
    } finally {
      await backup.end();
    }
    expect(await cleanUpIfDue(database, postgres, async () => {})).toEqual({ left: [] });
    expect(await filesWith(directory, CANARY)).toEqual([]);
    expect(await cleanUpIfDue(database, postgres, async () => {})).toBeNull();
  });
});

describeWithPostgres15("of a Postgres of one's own", () => {
  it("no file but the write-ahead log holds a byte of an erased person, once other transactions have ended", async () => {
    const home = await makeDataDir();
    const { url: databaseUrl, remove } = await startPostgres15({ directory: home });
    onTestFinished(async () => {
      await remove();
      await rm(home, { recursive: true, force: true });
    });
    const { directory, database, postgres, erase } = await fill({ databaseUrl, isEmbedded: false }, home);
    expect(await erase(() => cleanUp(postgres))).toMatchObject({ left: ["pg_wal"] });
    expect(await database.cleanUp.count()).toBe(0);
    await database.$executeRaw`checkpoint`;
    expect((await filesWith(directory, CANARY)).filter((path) => !path.includes("pg_wal"))).toEqual([]);
  });
});
