import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createDatabase } from "../../src/database/client.ts";
import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { closeImports } from "../../src/outbox/operations/close.ts";
import { cleanUp } from "../../src/people/erase/clean-up.ts";
import { createErasure } from "../../src/people/erase/erasure.ts";
import { PERSON } from "../support/decider.ts";
import { keyringOf } from "../support/keyring.ts";
import { addCanary, CANARY, PERSON_IDS } from "../support/person.ts";
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

it("no file of the embedded Postgres holds a byte of an erased person: rows, indexes, statistics, write-ahead log", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "erased-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const { url: databaseUrl, release, directory } = await startEmbeddedPostgres({ dataDir, logger: silent });
  onTestFinished(release);
  await applyMigrations({ url: databaseUrl });
  const database = createDatabase(databaseUrl);
  onTestFinished(() => database.$disconnect());
  await addCanary(database, "default");
  await database.$executeRaw`analyze`;
  await database.$executeRaw`checkpoint`;
  expect((await filesWith(directory, CANARY)).length).toBeGreaterThan(3);
  const clean = () => cleanUp({ databaseUrl, isEmbedded: true });
  const keyring = keyringOf("k".repeat(32));
  const erase = createErasure({
    database,
    account: "default",
    keyring,
    closeImports,
    keepList: async () => {},
    cleanUp: clean,
  });
  const named = { by: "applicant", id: PERSON_IDS.applicant } as const;
  expect(await erase({ named, by: PERSON, ticket: null, shown: null })).toMatchObject({ left: [] });
  expect(await filesWith(dataDir, CANARY)).toEqual([]);
});
