import { describe, expect, it } from "vitest";
import { claimAccount } from "../../src/mirror/account.ts";
import {
  applicantColumns,
  applicationColumns,
  campaignColumns,
  entityColumns,
  managerColumns,
  unitColumns,
} from "../../src/mirror/items/rows.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

const OURS = ["account", "id", "raw", "hash", "first_seen_at", "changed_at", "deleted_at"];
const tables = {
  campaign: campaignColumns,
  application: { ...applicationColumns, comments: "jsonb", status_history: "jsonb" },
  applicant: applicantColumns,
  manager: managerColumns,
  entity: entityColumns,
  unit: unitColumns,
};

async function columnsOf(table: string) {
  return database().$queryRaw<{ name: string; type: string; nullable: boolean }[]>`
    select attname as name, replace(format_type(atttypid, null), 'timestamp with time zone', 'timestamptz') as type,
      not attnotnull as nullable
    from pg_attribute where attrelid = ${`public.${table}`}::regclass and attnum > 0 and not attisdropped`;
}

describe.each(Object.entries(tables))("the table %s", (table, columns) => {
  it("has the columns that the mapping fills, of the same types, all of them nullable", async () => {
    const found = (await columnsOf(table)).filter(({ name }) => !OURS.includes(name));
    expect(Object.fromEntries(found.map(({ name, type }) => [name, type]))).toEqual(columns);
    expect(found.filter(({ nullable }) => !nullable)).toEqual([]);
  });

  it("is keyed by account and id, and refers to no other table", async () => {
    const constraints = await database().$queryRaw<{ type: string; definition: string }[]>`
      select contype::text as type, pg_get_constraintdef(oid) as definition from pg_constraint
      where conrelid = ${`public.${table}`}::regclass and contype in ('p', 'f')`;
    expect(constraints).toEqual([{ type: "p", definition: "PRIMARY KEY (account, id)" }]);
  });
});

describe("the Prisma schema", () => {
  it("reads every table that the migrations make", async () => {
    const reads = [
      database().campaign.findMany(),
      database().application.findMany(),
      database().applicant.findMany(),
      database().manager.findMany(),
      database().entity.findMany(),
      database().unit.findMany(),
      database().syncRun.findMany({ include: { walkers: true } }),
      database().syncPage.findMany(),
      database().quarantine.findMany(),
      database().apiRequest.findMany(),
      database().scheduleTick.findMany(),
      database().account.findMany(),
    ];
    expect(await Promise.all(reads)).toEqual(reads.map(() => []));
  });
});

describe("an account key", () => {
  const sandbox = { account: "a", kind: "customer", environment: "sandbox", apiHost: "sandbox.talentview.fr" };

  it("stands for the remote account it was first used for", async () => {
    await claimAccount(database(), sandbox);
    await expect(claimAccount(database(), sandbox)).resolves.toBeUndefined();
    const production = { ...sandbox, environment: "production", apiHost: "api.talentview.fr" };
    await expect(claimAccount(database(), production)).rejects.toMatchObject({ code: "account_mismatch" });
    await expect(claimAccount(database(), { ...production, account: "b" })).resolves.toBeUndefined();
  });
});
