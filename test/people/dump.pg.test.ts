import { rm, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { migrateQueueSchema } from "../../src/queue/schema.ts";
import { importPeople } from "../support/imports.ts";
import { PRIVACY_KEY } from "../support/keyring.ts";
import { remains } from "../support/person.ts";
import { onServer, urlOf } from "../support/postgres.ts";
import { client15, describeWithPostgres15, startPostgres15 } from "../support/postgres-15.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const WAITING = "waits.canary@example.org";
const LISTS = ["applicants", "applications"] as const;

/** A database of Postgres 15, with what dumps it and puts a dump in its place, as an operator does. */
async function openDumpable() {
  const server = await startPostgres15({});
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-dump-"));
  onTestFinished(async () => {
    await server.remove();
    await rm(directory, { recursive: true, force: true });
  });
  await onServer(server.url, "create database ats");
  const url = urlOf(server.url, "ats");
  await applyMigrations({ url });
  await migrateQueueSchema(url);
  const restore = async (dump: string): Promise<void> => {
    const how = ["--clean", "--if-exists", "--single-transaction", "-d", url, dump];
    await client15("pg_restore", how).catch((error: unknown) => {
      // A worker was in the way.
      if (String(error).includes("deadlock detected")) return restore(dump);
      throw error;
    });
  };
  return {
    url,
    restore,
    async dump(format: "plain" | "custom"): Promise<string> {
      const file = join(directory, crypto.randomUUID());
      await client15("pg_dump", ["-F", format, "--exclude-schema=bullmq", "-d", url, "-f", file]);
      return file;
    },
    async textOf(dump: string, format: "plain" | "custom"): Promise<string> {
      const text = `${dump}.sql`;
      if (format === "custom") await client15("pg_restore", ["-f", text, dump]);
      return readFile(format === "custom" ? text : dump, "utf8");
    },
  };
}

describeWithPostgres15("a dump by pg_dump", () => {
  it("holds nothing of a person who was erased before; of one from before, what it holds of them is erased again before anything is sent", async () => {
    const { url, dump, restore, textOf } = await openDumpable();
    const world = await openWorld({ databaseUrl: url, sandbox: { applications: 60 }, env: { PRIVACY_KEY } });
    const { database, sandbox } = world;
    await world.sync(LISTS);
    const { id, email } = await database.applicant.findFirstOrThrow({ where: { email: { not: null } } });
    const [waiting] = await importPeople(world, [{ email: WAITING }]);
    const texts = [email ?? "?", WAITING];
    const older = await dump("custom");
    for (const text of texts) expect(await textOf(older, "custom")).toContain(text);
    for (const who of [`--applicant=${id}`, `--import=${waiting?.id}`]) {
      expect(await world.run(["people", "erase", who, "--yes"])).toMatchObject({ code: 0 });
    }
    await world.sync(LISTS);
    for (const format of ["plain", "custom"] as const) {
      const whole = await textOf(await dump(format), format);
      expect(texts.filter((text) => whole.includes(text))).toEqual([]);
    }

    const isErasedAgain = () =>
      waitFor(
        "the erasures of the list",
        async () => (await database.erasure.count()) >= 2 && (await remains(database, texts)).length === 0,
      );
    const running = await world.worker();
    await restore(older);
    await isErasedAgain();
    running.kill("SIGTERM");
    await running.ended;
    await restore(older);
    expect(await remains(database, texts)).not.toEqual([]);
    const next = await world.worker();
    expect(await remains(database, texts)).toEqual([]);
    await isErasedAgain();
    expect(sandbox.effects.filter(({ kind }) => kind === "applicant")).toEqual([]);
    expect([running, next].filter(({ stderr }) => stderr().includes("were applied again"))).toHaveLength(2);
  }, 180_000);
});
