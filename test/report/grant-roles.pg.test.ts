import { Client, escapeIdentifier } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { createDatabase } from "../../src/database/client.ts";
import { createReader, grantReports } from "../../src/report/grant.ts";
import { useDatabase } from "../support/database.ts";
import { asSuperuser, createTestDatabase, onServer } from "../support/postgres.ts";

const database = useDatabase();

async function urlOfDatabase(): Promise<string> {
  const [row] = await database().$queryRaw<[{ name: string }]>`select current_database() as name`;
  return asSuperuser(`postgresql://localhost/${row.name}`);
}

/** A role that may log in with the password `few`. Dropped when the test ends. */
async function addRole(name: string, ...statements: readonly string[]): Promise<string> {
  const url = await urlOfDatabase();
  const role = escapeIdentifier(name);
  await onServer(
    url,
    `create role ${role} login password 'few'`,
    ...statements.map((one) => one.replaceAll("ROLE", role)),
  );
  onTestFinished(() => onServer(url, `drop owned by ${role}`, `drop role ${role}`));
  return name;
}

const unique = () => crypto.randomUUID().slice(0, 8);

/** What every role may do where nobody took it away. */
const BY_DEFAULT = [/^it can create large objects/, /^it can create temporary tables/, /^it can take advisory locks/];

it("a role with an odd name logs in, reads reports with limits of time, and goes away with what it was granted", async () => {
  const url = await urlOfDatabase();
  const name = await addRole(`Zoé "x"; drop-- '${unique()}`);
  const { beyond } = await grantReports(database(), name);
  expect(beyond.filter((one) => !BY_DEFAULT.some((known) => known.test(one)))).toEqual([]);
  const client = new Client({
    connectionString: Object.assign(new URL(url), { username: encodeURIComponent(name), password: "few" }).href,
  });
  await client.connect();
  const { rows } = await client.query(
    "select current_setting('statement_timeout') as most, current_setting('transaction_read_only') as reads, count(*)::int as n from application",
  );
  await expect(client.query("create table t (a int)")).rejects.toThrow("read-only");
  // It may change its own settings, but for this one.
  await expect(client.query("set temp_file_limit = -1")).rejects.toMatchObject({ code: "42501" });
  await client.query("set default_transaction_read_only = off");
  await client.query(`alter role current_user in database "${new URL(url).pathname.slice(1)}" reset all`);
  const kept = await database().$queryRaw<{ setconfig: string[] }[]>`
    select setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname = ${name}`;
  expect(kept).toEqual([{ setconfig: ["temp_file_limit=2GB"] }]);
  await client.query("set statement_timeout = 50");
  await expect(client.query("select pg_sleep(5)")).rejects.toThrow("statement timeout");
  await client.end();
  expect(rows).toEqual([{ most: "1min", reads: "on", n: 0 }]);
  // Granted once more, it has no more than before.
  expect((await grantReports(database(), name)).beyond).toEqual(beyond);
});

it("the reader of a Postgres that is ours alone has nothing beyond reports: no locks, messages, large objects or tables of its own", async () => {
  const created = await createTestDatabase();
  onTestFinished(created.drop);
  const url = asSuperuser(created.url);
  const owner = createDatabase(url);
  onTestFinished(() => owner.$disconnect());
  const name = `reader_${unique()}`;
  await createReader(owner, name, "few");
  onTestFinished(() => onServer(url, `drop owned by ${name}`, `drop role ${name}`));
  expect((await grantReports(owner, name)).beyond).toEqual([]);
  expect(await owner.$queryRaw`select rolconnlimit as most from pg_roles where rolname = ${name}`).toEqual([
    { most: 40 },
  ]);
  const client = new Client({
    connectionString: Object.assign(new URL(url), { username: name, password: "few" }).href,
  });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("set default_transaction_read_only = off");
  for (const statement of [
    "select pg_advisory_lock(1)",
    "select pg_try_advisory_xact_lock_shared(1, 2)",
    "select pg_logical_emit_message(false, 'a', 'b')",
    "select lo_create(0)",
    "create temporary table t (a int)",
  ])
    await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
  await owner.$executeRaw`select pg_advisory_xact_lock(1)`;
});

it("what a role may do beyond reading reports is named", async () => {
  const owner = await addRole(`owner_${unique()}`);
  const name = await addRole(
    `more_${unique()}`,
    "alter role ROLE createdb createrole",
    "grant pg_read_all_settings to ROLE",
    `grant ${owner} to ROLE`,
    "grant delete on public.campaign to ROLE",
    "grant usage on schema public to ROLE",
    "grant usage on sequence public.change_id_seq to ROLE",
    "grant insert on report.label to ROLE",
  );
  const { beyond } = await grantReports(database(), name);
  const said = beyond.filter((one) => !BY_DEFAULT.some((known) => known.test(one)));
  expect(said).toEqual([
    "it can read or write public.campaign",
    "it can read or write public.change_id_seq",
    "it can read or write report.label",
    "it has the attribute createdb",
    "it has the attribute createrole",
    `it is a member of ${owner}`,
    "it is a member of pg_read_all_settings",
  ]);
  const people = await grantReports(database(), owner, { people: true });
  expect(people.beyond.filter((one) => one.includes("report_people"))).toEqual([]);
  expect((await grantReports(database(), owner)).beyond).toContain("it can read or write report_people.applicant");
});

it("a superuser, the owner of the tables through another role, everybody and nobody are refused", async () => {
  const [{ owner }] = await database().$queryRaw<[{ owner: string }]>`
    select pg_get_userbyid(relowner) as owner from pg_class where oid = 'public.application'::regclass`;
  const strong = await addRole(`super_${unique()}`, "alter role ROLE superuser");
  const member = await addRole(`member_${unique()}`, `grant ${escapeIdentifier(owner)} to ROLE`);
  for (const name of [strong, member, "public", "PUBLIC"]) {
    await expect(grantReports(database(), name)).rejects.toMatchObject({ code: "unfit_role" });
  }
  for (const name of ["", "x".repeat(70), 'no"body', "\u0001"]) {
    await expect(grantReports(database(), name)).rejects.toMatchObject({ code: "unknown_role" });
  }
});
