import { expect, inject, it, onTestFinished } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { ResourceName } from "../../src/sync/resources.ts";
import { redisInstalled } from "../support/installed.ts";
import { importPeople } from "../support/imports.ts";
import { openOutboxWorker } from "../support/outbox-worker.ts";
import { statesOf } from "../support/outbox.ts";
import { describeWithPgBouncer, startPgBouncer } from "../support/pgbouncer.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { redisNote } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

type Settings = Parameters<typeof startPgBouncer>[1];

/** A world that reaches its database through a PgBouncer with these settings. */
async function openPooled(settings: Settings, options: WorldOptions = {}): Promise<World> {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  const bouncer = await startPgBouncer(inject("postgresUrl"), settings);
  onTestFinished(bouncer.stop);
  return openWorld({ ...options, databaseUrl: bouncer.through(url) });
}

const LISTS = ["campaigns", "applications", "applicants", "managers", "entities", "units"] as const;
const TABLES: readonly (readonly [ResourceName, string])[] = [
  ["campaigns", "campaign"],
  ["applications", "application"],
  ["applicants", "applicant"],
  ["managers", "manager"],
  ["entities", "entity"],
  ["units", "unit"],
];
const ALL_THE_TIME = "*/2 * * * * *";
const ENV = {
  CAMPAIGNS_CRON: ALL_THE_TIME,
  APPLICATIONS_CRON: ALL_THE_TIME,
  APPLICANTS_CRON: ALL_THE_TIME,
  ORGANISATION_CRON: ALL_THE_TIME,
  INCREMENTAL_CRON: ALL_THE_TIME,
};
/** Each is the write of a page. */
const LEAST_PAGES = 300;

/** Another version of every row, and one more of some. */
function change({ data }: Sandbox, round: number): void {
  for (const id of data.campaigns.ids()) data.campaigns.edit(id, { name: `campaign ${id} of round ${round}` });
  for (const id of data.applications.ids()) data.applications.edit(id, { source: `round ${round}` });
  for (const id of data.applicants.ids()) data.applicants.edit(id, { first_name: `Léa ${round}` });
  for (const id of data.managers.ids()) data.managers.edit(id, { first_name: `Noé ${round}` });
  for (const id of data.entities.ids()) data.entities.edit(id, { name: `entity ${id} of round ${round}` });
  for (const id of data.units.ids()) data.units.edit(id, { name: `unit ${id} of round ${round}` });
  data.campaigns.insert();
  data.applications.insert({ campaign_id: data.campaigns.ids()[0] ?? 0 });
}

/** Waits until each list has been read in full by a run that began after this. */
async function readAll({ database, account }: World): Promise<void> {
  const since = new Date();
  for (const resource of LISTS) {
    const where = { account, resource, kind: "full", state: "proven", startedAt: { gt: since } };
    await waitFor(`a run of ${resource}`, async () => (await database.syncRun.count({ where })) > 0, 110_000);
  }
}

/** Rows of a table that were never in its list, by what they are. */
async function rowsOfNoList({ database, account, sandbox }: World): Promise<readonly string[]> {
  const found = await Promise.all(
    TABLES.map(async ([list, table]) => {
      const ids = new Set<number>(sandbox.data[list].ids());
      const rows = await database.$queryRawUnsafe<{ id: bigint }[]>(
        `select id from public.${table} where account = $1`,
        account,
      );
      return rows.filter(({ id }) => !ids.has(Number(id))).map(({ id }) => `${table} ${id}`);
    }),
  );
  return found.flat();
}

describeWithPgBouncer("behind PgBouncer in transaction mode", () => {
  it.skipIf(!redisInstalled())(
    `a pool of one connection is enough: no transaction waits for a second one${redisNote()}`,
    async () => {
      const world = await openPooled(
        { pool_mode: "transaction", default_pool_size: 1 },
        { redisUrl: inject("redisUrl") },
      );
      expect((await world.sync(LISTS)).map(({ state }) => state)).toEqual(LISTS.map(() => "proven"));
      await importPeople(world, [{ email: "lea@example.org" }]);
      const worker = await openOutboxWorker(world);
      onTestFinished(worker.stop);
      await worker.settle();
      expect(await statesOf(world)).toEqual(["done"]);
    },
  );

  it.skipIf(!redisInstalled())(
    `two workers, one that is restarted and a command beside them mirror each list into its table while all change${redisNote()}`,
    async () => {
      const world = await openPooled(
        { pool_mode: "transaction" },
        { redisUrl: inject("redisUrl"), sandbox: { campaigns: 60 }, env: ENV },
      );
      const { sandbox } = world;
      const codes: (number | null)[] = [];
      const lost = await world.worker();
      const workers = [await world.workerHere()];
      const pages = () => sandbox.requests.filter(({ method, status }) => method === "GET" && status === 200).length;
      for (let round = 0; round < 4 || pages() < LEAST_PAGES; round += 1) {
        change(sandbox, round);
        if (round === 2) {
          lost.kill("SIGKILL");
          const [command, another] = await Promise.all([world.run(["sync"]), world.workerHere()]);
          codes.push(command.code);
          workers.push(another);
        }
        await readAll(world);
        expect(await rowsOfNoList(world)).toEqual([]);
      }
      await Promise.all(workers.map((worker) => worker.stop()));
      codes.push((await world.run(["sync"])).code);
      expect(codes).toEqual([0, 0]);
      expect(await world.mirror()).toEqual(world.source(LISTS));
      const bad = (await world.runs()).filter(({ state }) => !["proven", "done", "running"].includes(state));
      expect(bad).toEqual([]);
    },
    240_000,
  );

  const REMEDY = /pooler in transaction mode, and the queue in Postgres needs sessions: set REDIS_URL/;
  it.each([
    ["as Debian has it", {}],
    ["that ignores the startup parameter options", { ignore_startup_parameters: "options,extra_float_digits" }],
  ])("with the queue in Postgres each command says what it needs (%s)", async (_, more) => {
    const world = await openPooled({ pool_mode: "transaction", ...more }, { redisUrl: null });
    for (const command of ["start", "sync"]) {
      const { code, stderr } = await world.run([command]);
      expect({ command, code }).toEqual({ command, code: 2 });
      expect(stderr).toMatch(REMEDY);
      expect(stderr).not.toMatch(/unexpected error|\n\s+at |startup parameter/);
    }
    const { code, stdout, stderr } = await world.run(["doctor"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(REMEDY);
    expect(stdout + stderr).not.toMatch(/unexpected error|\n\s+at |startup parameter|queue +ok|well/);
  });
});

describeWithPgBouncer("behind PgBouncer in session mode", () => {
  it("the queue in Postgres works, and doctor finds all well", async () => {
    const world = await openPooled({ pool_mode: "session" }, { redisUrl: null });
    await world.workerHere();
    expect(await world.run(["doctor"], { NOTIFY_URL: "https://hooks.example.org/applicant-sync" })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("All is well."),
    });
    expect(await world.run(["sync", "campaigns"])).toMatchObject({ code: 0 });
    expect((await world.mirror()).campaigns).toEqual(world.source().campaigns);
  });
});
