import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { newWalker } from "../../src/sync/reading/walker.ts";
import { startRun } from "../../src/sync/runs/runs.ts";
import { useDatabase } from "../support/database.ts";
import { importPeople } from "../support/imports.ts";
import { PRIVACY_KEY } from "../support/keyring.ts";
import { openReader } from "../support/list-double.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const TABLES = [
  "applicant",
  "application",
  "change",
  "quarantine",
  "applicant_import",
  "import_event",
  "import_resume",
  "suppression",
  "privacy_key",
  "erasure",
  "audit",
  "audit_chain",
];

/** Returns what puts these tables back in one transaction, as a restore under running connections does. */
async function backUp({ database }: World): Promise<() => Promise<void>> {
  await database.$executeRaw`create schema backup`;
  const tables = await database.$queryRaw<{ name: string; columns: string }[]>`
    select table_name as name, string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
    where table_schema = 'public' and table_name = any(${TABLES}) and is_generated = 'NEVER' group by 1`;
  for (const { name } of tables) {
    await database.$executeRawUnsafe(`create table backup.${name} as table public.${name}`);
  }
  return async () => {
    await database.$transaction([
      database.$executeRaw`set local session_replication_role = replica`,
      ...tables.flatMap(({ name, columns }) => [
        database.$executeRawUnsafe(`delete from public.${name}`),
        database.$executeRawUnsafe(
          `insert into public.${name} (${columns}) overriding system value select ${columns} from backup.${name}`,
        ),
      ]),
    ]);
  };
}

describe("a database that is restored under a running worker", () => {
  it("has the erasures since applied again before an import is sent, and no sync brings anybody back", async () => {
    const world = await openWorld({ sandbox: { applications: 60 }, env: { PRIVACY_KEY } });
    const { database, account, sandbox } = world;
    await world.sync(["applicants"]);
    const { id, email } = await database.applicant.findFirstOrThrow({ where: { email: { not: null } } });
    const [waiting] = await importPeople(world, [{ email: "waits.canary@example.org" }]);
    const restore = await backUp(world);
    expect(await world.run(["people", "erase", "--applicant", String(id), "--yes"])).toMatchObject({ code: 0 });
    expect(await world.run(["people", "erase", "--import", String(waiting?.id), "--yes"])).toMatchObject({ code: 0 });
    const erasures = await database.erasure.findMany({ select: { id: true } });
    await world.workerHere();

    await restore();
    expect(await database.applicant.count({ where: { id, email } })).toBe(1);
    await startRun(database, { account, resource: "applicants", kind: "full", trigger: "command" }, [newWalker(0, 1)]);
    await world.waitForRun();
    const row = await waitFor("the end of the import", () =>
      database.applicantImport.findFirst({ where: { state: "rejected" } }),
    );
    expect(row).toMatchObject({ email: null, reasonCode: "person_erased" });
    expect(sandbox.effects.filter(({ kind }) => kind === "applicant")).toEqual([]);
    expect(await database.applicant.findFirst({ where: { id } })).toMatchObject({ email: null, first_name: null });
    expect(await database.applicant.count({ where: { email: { not: null } } })).toBeGreaterThan(10);
    expect(await database.erasure.count({ where: { OR: erasures } })).toBe(erasures.length);
    expect(world.log.join("")).toContain("erasures since then were applied again");
  });
});

describe("a page or a row that is read", () => {
  const database = useDatabase();

  it("is written only to a database that knows the latest erasure", async () => {
    const account = "behind";
    const id = randomUUID();
    const reader = await openReader(database(), account, { latestErasure: async () => id });
    reader.source.items = [`{"id": 1, "email": "lea@example.org"}`];
    reader.source.show = () => reader.source.items[0] ?? 404;
    expect(await reader.read("applicants")).toMatchObject({ state: "failed", error: { code: "database_restored" } });
    expect(await database().applicant.count({ where: { account } })).toBe(0);
    await database().erasure.create({ data: { id, account, what: "erased", keyId: "k", emails: [], applicants: [] } });
    expect(await reader.read("applicants")).toMatchObject({ state: "proven", rows: 1 });
  });
});
