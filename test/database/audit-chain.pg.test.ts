import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { verifyAudit } from "../../src/database/audit-chain.ts";
import { WORKER, writeAudit } from "../../src/database/audit.ts";
import { createDatabase, inTransaction, type Database } from "../../src/database/client.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { useDatabase } from "../support/database.ts";
import { databaseBefore } from "../support/older-database.ts";
import { createTestDatabase } from "../support/postgres.ts";

const database = useDatabase();
let accounts = 0;

function decide(account: string, into: Pick<Database, "$executeRawUnsafe"> = database()) {
  const why = 'a "quoted" why\n🙂 \\ é';
  const facts = { moved: 2, share: 0.1, nested: { a: [1, null, "x"] } };
  const by = { ...WORKER, name: "amélie", why };
  return writeAudit(into, { account, by, what: "import_held", subjects: [17n, 'a "b"'], facts });
}

/** A new account with so many decisions. Returns its name and the ids of their rows. */
async function decided(count: number) {
  const account = `account-${++accounts}`;
  for (let n = 0; n < count; n++) await decide(account);
  const rows = await database().audit.findMany({ where: { account }, orderBy: { id: "asc" }, select: { id: true } });
  return { account, ids: rows.map(({ id }) => id) };
}

/** What only the owner of the database can do, and not by an ordinary statement. */
function past(...statements: readonly string[]) {
  return inTransaction(database(), async (tx) => {
    await tx.$executeRawUnsafe("set local session_replication_role = replica");
    for (const statement of statements) await tx.$executeRawUnsafe(statement);
  });
}

const verify = (account: string, expected: string | null = null) => verifyAudit(database(), account, expected);

test("decisions are linked in the order of their commits, for each account by itself", async () => {
  const { account, ids } = await decided(3);
  const other = await decided(1);
  const { head, ...rest } = await verify(account);
  expect(rest).toEqual({ decisions: 3, last: String(ids[2]), fault: null, since: null });
  expect(head).toMatch(/^[0-9a-f]{64}$/);
  expect(await verify(other.account)).toMatchObject({ decisions: 1, fault: null });
  expect(await verify("nobody")).toEqual({ decisions: 0, head: null, last: null, fault: null, since: null });
});

test("links are neither changed nor deleted, and no decision is backdated", async () => {
  const { account } = await decided(2);
  const statements = [
    "update public.audit_chain set position = position + 10",
    "delete from public.audit_chain",
    "truncate public.audit_chain",
    "truncate public.audit, public.audit_chain",
    `insert into public.audit_chain select account, position, audit_id, hash from public.audit_chain where account = '${account}'
     on conflict (audit_id) do update set hash = excluded.hash`,
  ];
  for (const statement of statements) {
    await expect(database().$executeRawUnsafe(statement)).rejects.toThrow(/append-only/);
  }
  await database().$executeRaw`
    insert into public.audit (account, at, source, role, what) values (${account}, '2001-01-01', 'command', 'operator', 'import_held')`;
  const rows = await database().audit.findMany({ where: { account, at: { lt: new Date(Date.now() - 3_600_000) } } });
  expect(rows).toEqual([]);
  expect(await verify(account)).toMatchObject({ decisions: 3, fault: null });
});

const COLUMNS: readonly (readonly [string, string])[] = [
  ["account", "account || 'x'"],
  ["at", "at - interval '1 millisecond'"],
  ["source", "'page'"],
  ["role", "'operator'"],
  ["name", "null"],
  ["what", "'import_released'"],
  ["subjects", "array['17 a', 'b']"],
  ["why", "why || ' '"],
  ["facts", "facts || '{\"moved\": 3}'"],
];

test("a change of any column of a decision, or of its link, is found, and which decision it was", async () => {
  for (const [column, value] of COLUMNS) {
    const { account, ids } = await decided(3);
    await past(`update public.audit set ${column} = ${value} where id = ${ids[1]}`);
    expect({ column, ...(await verify(account)) }).toMatchObject({
      column,
      fault: { is: "changed", decision: String(ids[1]) },
    });
  }
  const columns = await database().$queryRaw<{ name: string }[]>`
    select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'audit'`;
  expect(columns.map(({ name }) => name).filter((name) => name !== "id")).toEqual(COLUMNS.map(([name]) => name));
  const { account, ids } = await decided(3);
  await past(`update public.audit_chain set hash = sha256('x') where audit_id = ${ids[1]}`);
  expect(await verify(account)).toMatchObject({ fault: { is: "changed", decision: String(ids[1]) } });
});

test("a decision that was removed, with or without its link, and one that was inserted are found", async () => {
  const removed = await decided(3);
  await past(`delete from public.audit where id = ${removed.ids[1]}`);
  expect(await verify(removed.account)).toMatchObject({ fault: { is: "removed", decision: String(removed.ids[1]) } });

  const both = await decided(3);
  for (const table of ["audit where id", "audit_chain where audit_id"])
    await past(`delete from public.${table} = ${both.ids[1]}`);
  expect(await verify(both.account)).toMatchObject({ fault: { is: "gap", decision: String(both.ids[2]) } });

  const first = await decided(2);
  for (const table of ["audit where id", "audit_chain where audit_id"])
    await past(`delete from public.${table} = ${first.ids[0]}`);
  expect(await verify(first.account)).toMatchObject({ fault: { is: "gap", decision: String(first.ids[1]) } });

  const inserted = await decided(2);
  await past(
    `insert into public.audit (account, source, role, what) values ('${inserted.account}', 'command', 'operator', 'x')`,
  );
  expect(await verify(inserted.account)).toMatchObject({ decisions: 2, fault: { is: "unlinked" } });
});

test("a head that was kept elsewhere tells what the chain alone cannot: decisions removed from its end, and a chain written anew", async () => {
  const { account, ids } = await decided(2);
  const { head } = await verify(account);
  await decide(account);
  const later = await verify(account, head);
  expect(later).toMatchObject({ decisions: 3, fault: null, since: 1 });
  expect(await verify(account, later.head)).toMatchObject({ since: 0 });
  for (const table of ["audit where id >", "audit_chain where audit_id >"])
    await past(`delete from public.${table} ${ids[1]} and account = '${account}'`);
  expect(await verify(account, head)).toMatchObject({ fault: null, since: 0 });
  expect(await verify(account, later.head)).toMatchObject({ fault: null, since: null });
  await past(`delete from public.audit_chain where account = '${account}'`);
  expect(await verify(account)).toMatchObject({ decisions: 0, fault: { is: "unlinked", decision: String(ids[0]) } });
});

test("decisions that are committed at the same time make one chain without a branch, and none waits for an open transaction", async () => {
  const { account } = await decided(1);
  await inTransaction(database(), async (tx) => {
    await decide(account, tx);
    await Promise.all(Array.from({ length: 20 }, () => decide(account)));
    expect(await verify(account)).toMatchObject({ decisions: 21, fault: null });
  });
  expect(await verify(account)).toMatchObject({ decisions: 22, fault: null });
});

test("the hashes do not depend on the settings of a session or of the database", async () => {
  const created = await createTestDatabase();
  const client = new Client({ connectionString: created.url });
  const other = createDatabase(created.url);
  onTestFinished(async () => {
    await Promise.all([client.end(), other.$disconnect()]);
    await created.drop();
  });
  await client.connect();
  for (const set of [
    "timezone = 'Asia/Kolkata'",
    "datestyle = 'SQL, DMY'",
    "bytea_output = 'escape'",
    "extra_float_digits = -5",
    "search_path = 'nowhere'",
    "intervalstyle = 'sql_standard'",
  ])
    await client.query(`set ${set}`);
  await client.query(
    `insert into public.audit (account, source, role, what, facts) values ('a', 'command', 'operator', 'x', '{"f": 1.10, "e": "é"}')`,
  );
  expect(await verifyAudit(other, "a", null)).toMatchObject({ decisions: 1, fault: null });
});

test("an upgrade links the decisions that were made before it", async () => {
  const url = await databaseBefore("20261129112600_audit_chain");
  const upgraded = createDatabase(url);
  onTestFinished(() => upgraded.$disconnect());
  await upgraded.$executeRaw`
    insert into public.audit (account, at, source, role, what)
    select 'account-' || n % 2, '2026-01-01'::timestamptz + make_interval(days => n), 'command', 'operator', 'import_held'
    from generate_series(1, 5) n`;
  await applyMigrations({ url });
  await decide("account-1", upgraded);
  expect(await verifyAudit(upgraded, "account-0", null)).toMatchObject({ decisions: 2, fault: null });
  expect(await verifyAudit(upgraded, "account-1", null)).toMatchObject({ decisions: 4, fault: null });
});
