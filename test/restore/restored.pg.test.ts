import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import { resetKillSwitch } from "../../src/commands/imports/kill-switch.ts";
import { loadConfig } from "../../src/config/config.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { hasCode } from "../../src/platform/errors.ts";
import { createLifecycle } from "../../src/platform/lifecycle.ts";
import { migrateQueueSchema } from "../../src/queue/schema.ts";
import { importPeople, type Person } from "../support/imports.ts";
import { people, statesOf } from "../support/outbox.ts";
import { openOutboxWorker, type OutboxWorker } from "../support/outbox-worker.ts";
import { onServer, urlOf } from "../support/postgres.ts";
import { client15, describeWithPostgres15, startPostgres15, type Postgres15 } from "../support/postgres-15.ts";
import { describeOnBackends } from "../support/redis.ts";
import { silent } from "../support/silent.ts";
import { openWorld, type World } from "../support/world.ts";

/** What a held-out person would look at: who was created, and who was e-mailed. */
const effectsOf = ({ sandbox }: World) => ({
  created: sandbox.effects.filter(({ kind }) => kind === "applicant").length,
  applied: sandbox.effects.filter(({ kind }) => kind === "application").length,
  mails: sandbox.mails.filter(({ kind }) => kind === "terms").length,
});

const switchOf = ({ database, account }: World) => database.importControl.findUnique({ where: { account } });

async function release({ env, account }: World, afterRestore: boolean) {
  const lifecycle = createLifecycle({ logger: silent });
  try {
    const config = loadConfig({ ...env, KELIO_ACCOUNT: account }, { keys: true });
    return await resetKillSwitch({ config, logger: silent, lifecycle }, afterRestore, null);
  } finally {
    await lifecycle.stop("done");
  }
}

describeWithPostgres15("a backup", () => {
  let server: Postgres15;
  let directory: string;

  beforeAll(async () => {
    server = await startPostgres15({});
    directory = await mkdtemp(join(tmpdir(), "applicant-sync-restore-"));
  });
  afterAll(async () => {
    await server.remove();
    await rm(directory, { recursive: true, force: true });
  });

  interface Restorable {
    readonly world: World;
    readonly worker: () => Promise<OutboxWorker>;
    readonly dump: () => Promise<string>;
    /** `elsewhere`: into a new database, else into the same one, emptied. */
    readonly restore: (dump: string, how?: "same" | "recreated") => Promise<void>;
  }

  /** Again where a running worker is in the way. */
  async function dropAll(databaseUrl: string): Promise<void> {
    const drop = "drop schema if exists public, bullmq, report, report_people cascade";
    await onServer(databaseUrl, drop).catch((error: unknown) => {
      if (hasCode(error, "40P01")) return dropAll(databaseUrl);
      throw error;
    });
  }

  async function restorable(kind: AccountKind, redisUrl: string | null): Promise<Restorable> {
    const name = `db_${crypto.randomUUID().slice(0, 8)}`;
    await onServer(server.url, `create database ${name}`);
    const databaseUrl = urlOf(server.url, name);
    await applyMigrations({ url: databaseUrl });
    await migrateQueueSchema(databaseUrl);
    const world = await openWorld({ kind, redisUrl, databaseUrl });
    return {
      world,
      async worker() {
        const worker = await openOutboxWorker(world);
        onTestFinished(worker.stop);
        return worker;
      },
      async dump() {
        const file = join(directory, crypto.randomUUID());
        await client15("pg_dump", ["-d", databaseUrl, "-f", file]);
        return file;
      },
      async restore(file, how = "recreated") {
        if (how === "recreated") {
          await onServer(server.url, `drop database ${name} with (force)`, `create database ${name}`);
        } else {
          await dropAll(databaseUrl);
          await onServer(databaseUrl, "create schema public");
        }
        await client15("psql", ["-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", databaseUrl, "-f", file]);
      },
    };
  }

  const CASES: readonly (readonly [AccountKind, "same" | "recreated"])[] = [
    ["customer", "recreated"],
    ["customer", "same"],
    ["jobboard", "recreated"],
    ["jobboard", "same"],
  ];

  describeOnBackends("older than what was sent", ({ redisUrl }) => {
    it.each(CASES)("creates and e-mails nobody twice, and loses nobody (%s, database %s)", async (kind, how) => {
      const { world, worker, dump, restore } = await restorable(kind, redisUrl());
      const campaign = world.sandbox.data.campaigns.all().find(({ status }) => status === "online");
      const wanted: Person = kind === "customer" ? {} : { company_id: campaign?.company_id, campaign_id: campaign?.id };
      const first = await worker();
      await importPeople(
        world,
        people(2, wanted).map((one, n) => ({ ...one, email: `before.${n}@example.org` })),
      );
      await first.settle();
      await importPeople(world, people(6, wanted));
      const file = await dump();
      await first.settle();
      await importPeople(world, [{ ...wanted, email: "lost@example.org" }]);
      await first.settle();
      await first.stop();
      const done = effectsOf(world);
      expect(done.created).toBe(9);

      await restore(file, how);
      const second = await worker();
      expect(await switchOf(world)).toMatchObject({ held: true, reasonCode: "database_older" });
      await second.settle();
      expect(effectsOf(world)).toEqual(done);
      await expect(release(world, false)).rejects.toMatchObject({ code: "database_older" });
      await release(world, true);
      // The same caller submits again what it has submitted since the backup.
      await importPeople(world, [
        { ...wanted, email: "lost@example.org" },
        { ...wanted, email: "new@example.org" },
      ]);
      second.outbox.wake();
      await second.settle();
      expect(effectsOf(world)).toEqual({
        created: done.created + 1,
        applied: done.applied + (kind === "customer" ? 0 : 1),
        mails: done.mails + 1,
      });
      expect(await statesOf(world)).toEqual(Array.from({ length: 10 }, () => "done"));
    });
  });

  it("of a jobboard leaves to a person who waits without an application", async () => {
    const { world, worker, dump, restore } = await restorable("jobboard", null);
    const first = await worker();
    await importPeople(world, people(3, { company_id: world.sandbox.data.companies[0]?.id }));
    const file = await dump();
    await first.settle();
    await first.stop();
    const done = effectsOf(world);
    await restore(file);
    const second = await worker();
    await release(world, true);
    await second.settle();
    expect(await statesOf(world)).toEqual(Array.from({ length: 3 }, () => "held (after_restore)"));
    expect(effectsOf(world)).toEqual(done);
  });

  describe("that was made while nothing was sent", () => {
    it("is a copy in another database, and no copy where it was", async () => {
      const { world, worker, dump, restore } = await restorable("customer", null);
      const first = await worker();
      await importPeople(world, people(2));
      await first.settle();
      const file = await dump();
      await first.stop();
      await restore(file, "same");
      const second = await worker();
      expect(await switchOf(world)).toMatchObject({ held: false });
      await second.stop();
      await restore(file, "recreated");
      await worker();
      expect(await switchOf(world)).toMatchObject({ held: true, reasonCode: "database_copied" });
    });
  });

  it("that has the rows and not where their sequences stood, as a subscriber of a logical replication, is a copy that goes on", async () => {
    const { world, worker, dump, restore } = await restorable("customer", null);
    const first = await worker();
    await importPeople(world, people(3));
    await first.settle();
    const done = effectsOf(world);
    const file = await dump();
    await first.stop();
    await restore(file);
    const names = await world.database.$queryRaw<{ name: string }[]>`
      select format('public.%I', sequencename) as name from pg_sequences where schemaname = 'public'`;
    for (const { name } of names) await world.database.$queryRaw`select setval(${name}::regclass, 1, false)::text`;
    const second = await worker();
    expect(await switchOf(world)).toMatchObject({ held: true, reasonCode: "database_copied" });
    await release(world, true);
    await importPeople(world, [{ email: "new@example.org" }]);
    second.outbox.wake();
    await second.settle();
    expect(await statesOf(world)).toEqual(["done", "done", "done", "done"]);
    expect(effectsOf(world)).toMatchObject({ created: done.created + 1, mails: done.mails + 1 });
    expect(await world.sync()).toMatchObject([{ state: "proven" }, { state: "proven" }]);
  });

  it("that replaces it under a running worker, as after a failover that lost commits, is noticed at once", async () => {
    const { world, worker, dump, restore } = await restorable("customer", null);
    const only = await worker();
    await importPeople(world, people(3));
    const file = await dump();
    await only.settle();
    const done = effectsOf(world);
    await restore(file, "same");
    await only.settle();
    expect(await switchOf(world)).toMatchObject({ held: true, reasonCode: "database_older" });
    expect(effectsOf(world)).toEqual(done);
    await release(world, true);
    await only.settle();
    expect(effectsOf(world)).toEqual(done);
    expect(await statesOf(world)).toEqual(["done", "done", "done"]);
  });
});
