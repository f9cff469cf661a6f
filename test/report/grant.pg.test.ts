import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { grantReports } from "../../src/report/grant.ts";
import { QUESTIONS } from "../../src/report/questions.ts";
import { useDatabase } from "../support/database.ts";
import { createRole } from "../support/role.ts";
import { asSuperuser } from "../support/postgres.ts";

const database = useDatabase();

/** A session of the role in the database of the tests. */
async function sessionOf(role: string): Promise<Client> {
  const [row] = await database().$queryRaw<[{ name: string }]>`select current_database() as name`;
  const client = new Client({ connectionString: asSuperuser(`postgresql://localhost/${row.name}`) });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`set session authorization ${role}`);
  return client;
}

async function urlOfDatabase(): Promise<string> {
  const [row] = await database().$queryRaw<[{ name: string }]>`select current_database() as name`;
  return `postgresql://localhost/${row.name}`;
}

/** The statements that a session may run, of those given. Each is undone. */
async function allowed(client: Client, statements: readonly string[]): Promise<readonly string[]> {
  const done: string[] = [];
  for (const statement of statements) {
    await client.query("begin read write");
    const outcome = await client.query(statement).then(
      () => statement,
      (error: unknown) =>
        error instanceof Error && "code" in error && ["42501", "55000"].includes(String(error.code))
          ? null
          : String(error),
    );
    if (outcome !== null) done.push(outcome);
    await client.query("rollback");
  }
  return done;
}

describe("a role that was granted reports", () => {
  it("asks every question, and reads every view of the schema report alone, where not everybody may call functions", async () => {
    const role = await createRole(await urlOfDatabase());
    await database().$executeRaw`revoke execute on all functions in schema report from public`;
    await database().$executeRaw`alter default privileges revoke execute on functions from public`;
    await grantReports(database(), role);
    await database().$executeRaw`create function report.later() returns integer language sql as 'select 1'`;
    const client = await sessionOf(role);
    for (const question of Object.values(QUESTIONS)) {
      await client.query(question.sql, ["default"]);
      if ("asOf" in question) await client.query(question.asOf.sql, ["default", new Date()]);
    }
    const { rows } = await client.query<{ name: string; report: boolean; table: boolean }>(`
      select format('%I.%I', n.nspname, c.relname) as name, n.nspname = 'report' as report, c.relkind = 'r' as table
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'v', 'm', 'p', 'S') and n.nspname !~ '^pg_|^information_schema$'`);
    const ours = rows.filter(({ report }) => report).map(({ name }) => `select from ${name}`);
    expect(await allowed(client, [...ours, "select report.later()"])).toEqual([...ours, "select report.later()"]);
    const others = rows.filter(({ report }) => !report);
    expect(others.length).toBeGreaterThan(30);
    const attempts = others.flatMap(({ name, table }) => [
      `select * from ${name}`,
      ...(table ? [`truncate ${name}`, `lock table ${name}`, `delete from ${name}`] : []),
    ]);
    expect(await allowed(client, attempts)).toEqual([]);
  });

  it("calls no function of ours and writes nothing", async () => {
    const role = await createRole(await urlOfDatabase());
    await grantReports(database(), role);
    const client = await sessionOf(role);
    const { rows } = await client.query<{ name: string }>(`
      select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname !~ '^pg_|^information_schema$|^report$' and has_function_privilege(p.oid, 'execute')
        and has_schema_privilege(n.oid, 'usage')`);
    expect(rows).toEqual([]);
    expect(
      await allowed(client, [
        "create table report.t (a int)",
        "create table public.t (a int)",
        "create schema s",
        "create or replace view report.label as select 1 as kind",
        "drop view report.application",
        "delete from report.application",
        "insert into report.label values ('a', 'b', 1, 'c', 'd')",
        "update report.status set category = 'new'",
        "comment on view report.status is 'mine'",
        "create function report.f() returns int language sql as 'select 1'",
        "alter role current_user superuser",
        "create role another",
        "update pg_catalog.pg_class set relname = relname",
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('.')",
        "select lo_import('/etc/passwd')",
        "copy (select 1) to program 'true'",
        "copy (select 1) to '/tmp/report.csv'",
        "copy report.status from '/etc/passwd'",
        "copy public.application to stdout",
        "do $$ begin perform 1 from public.application; end $$",
        "do $$ begin execute 'insert into public.change default values'; end $$",
        "select * from pg_catalog.pg_authid",
        "select * from pg_catalog.pg_user_mapping",
        "select stavalues1 from pg_catalog.pg_statistic",
        "delete from pg_catalog.pg_description",
        "create publication p for all tables",
        "create trigger t before insert on public.application for each row execute function suppress_redundant_updates_trigger()",
        "alter view report.application set schema public",
        "reindex table public.application",
        "lock table report.application in row share mode",
        "select from report.application for key share",
        "set session_replication_role = replica",
        "set log_statement = 'all'",
        "select pg_reload_conf()",
        "select pg_log_backend_memory_contexts(pg_backend_pid())",
        "select query_to_xml('select * from public.applicant', true, true, '')",
        "select * from ts_stat('select to_tsvector(first_name) from public.applicant')",
      ]),
    ).toEqual([]);
  });

  it("learns no value from the statistics of tables, and no statement from other sessions", async () => {
    const role = await createRole(await urlOfDatabase());
    await grantReports(database(), role);
    await database().$executeRaw`
      insert into public.applicant (account, id, first_name, raw, hash) select 'known', id, 'Ann', '{}', '' from generate_series(1, 50) id`;
    await database().$executeRaw`analyze public.applicant`;
    const client = await sessionOf(role);
    for (const secret of [
      "select from pg_stats where schemaname not in ('pg_catalog', 'information_schema')",
      "select from pg_stats_ext",
      "select from pg_stat_activity where pid <> pg_backend_pid() and query <> '<insufficient privilege>'",
    ])
      expect((await client.query(secret)).rowCount).toBe(0);
  });

  it("sees names only with the right to people", async () => {
    const role = await createRole(await urlOfDatabase());
    await grantReports(database(), role, { people: true });
    const client = await sessionOf(role);
    const names = ["select first_name from report_people.applicant", "select * from report_people.application"];
    expect(await allowed(client, names)).toEqual(names);
    const { rows } = await client.query<{ column: string }>(`
      select column_name as column from information_schema.columns
      where table_schema = 'report' and column_name ~ 'email|first_name|last_name|phone|address'`);
    expect(rows).toEqual([]);
  });

  it("has limits of time of its own, and cannot be the owner or nobody", async () => {
    const role = await createRole(await urlOfDatabase());
    await grantReports(database(), role);
    const settings = await database().$queryRaw<{ setconfig: string[] }[]>`
      select setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname = ${role}`;
    expect(settings[0]?.setconfig).toContain("statement_timeout=60s");
    await expect(grantReports(database(), "nobody at all")).rejects.toMatchObject({ code: "unknown_role" });
    const [owner] = await database().$queryRaw<[{ name: string }]>`
      select pg_get_userbyid(relowner) as name from pg_class where oid = 'public.application'::regclass`;
    await expect(grantReports(database(), owner.name)).rejects.toMatchObject({ code: "unfit_role" });
  });
});
