/** The rights of roles that read reports. */
import { inTransaction, raw, type Database, type Executor } from "../database/client.ts";
import { UsageError } from "../platform/errors.ts";

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * A report that takes longer than this is cut off; its transactions do not hold back the clean-up of the tables. It takes one core at
 * most, for the sake of a sync, and more memory than the default, so that a million rows are grouped without files.
 */
const LIMITS = [
  ["statement_timeout", "60s"],
  ["idle_in_transaction_session_timeout", "60s"],
  ["lock_timeout", "5s"],
  ["default_transaction_read_only", "on"],
  ["search_path", "report"],
  ["max_parallel_workers_per_gather", "0"],
  ["work_mem", "32MB"],
  ["jit", "off"],
] as const;

/** A sort without end would fill the disk. Only a superuser can set it, so that the role cannot lift it. */
const DISK = ["temp_file_limit", "2GB"] as const;
/** Of the 200 of the embedded Postgres; Metabase opens 15. */
const CONNECTIONS = 40;

interface Granted {
  /** What the role can do beyond it, which others gave it; for people. */
  readonly beyond: readonly string[];
}

/**
 * Lets an existing role read the schema `report`, and with `people` the names in `report_people`, with limits of time. Our functions can
 * no longer be called by every role, but only by those that may write our tables. Views of later versions are readable, too.
 * Throws `unknown_role` and `unfit_role`.
 */
export async function grantReports(
  database: Database,
  role: string,
  { people = false }: { readonly people?: boolean } = {},
): Promise<Granted> {
  return inTransaction(database, async (tx) => {
    await refuseUnfit(tx, role);
    for (const schema of people ? ["report", "report_people"] : ["report"]) {
      await run(tx, `grant usage on schema ${schema} to ${quoted(role)}`);
      await run(tx, `grant select on all tables in schema ${schema} to ${quoted(role)}`);
      await run(tx, `alter default privileges in schema ${schema} grant select on tables to ${quoted(role)}`);
      // Where an administrator has taken the default right to call functions from everybody.
      await run(tx, `grant execute on all functions in schema ${schema} to ${quoted(role)}`);
      await run(tx, `alter default privileges in schema ${schema} grant execute on functions to ${quoted(role)}`);
    }
    const [current] = await tx.$queryRaw<{ name: string; isSuper: boolean }[]>`
      select current_database() as name, rolsuper as "isSuper" from pg_catalog.pg_roles where rolname = current_user`;
    for (const [setting, value] of current?.isSuper === true ? [...LIMITS, DISK] : LIMITS) {
      await run(
        tx,
        `alter role ${quoted(role)} in database ${quoted(current?.name ?? "")} set ${setting} = '${value}'`,
      );
    }
    await closeFunctions(tx);
    return { beyond: await rightsBeyond(tx, role, people) };
  });
}

/** Creates the role if it is not there, with this password, which it sets in any case. */
export async function createReader(database: Database, role: string, password: string): Promise<void> {
  const known = await database.$queryRaw<object[]>`select from pg_catalog.pg_roles where rolname = ${role}`;
  const verb = known.length === 0 ? "create" : "alter";
  await run(
    database,
    `${verb} role ${quoted(role)} login connection limit ${CONNECTIONS} password '${password.replaceAll("'", "''")}'`,
  );
  // The database is ours alone: nobody else needs temporary tables, large objects, or locks and messages of its own in it.
  const [current] = await database.$queryRaw<{ name: string }[]>`select current_database() as name`;
  await run(database, `revoke temporary on database ${quoted(current?.name ?? "")} from public`);
  const open = await database.$queryRaw<{ name: string }[]>`
    select oid::regprocedure::text as name from pg_catalog.pg_proc
    where pronamespace = 'pg_catalog'::regnamespace and has_function_privilege('public', oid, 'execute')
      and proname ~ '^(lo_creat|lo_create|lo_from_bytea|pg_(try_)?advisory_.*|pg_logical_emit_message)$' order by 1`;
  for (const { name } of open) await run(database, `revoke execute on function ${name} from public`);
}

async function run(tx: Pick<Executor, "$executeRaw">, statement: string): Promise<void> {
  await tx.$executeRaw`${raw(statement)}`;
}

async function refuseUnfit(tx: Executor, role: string): Promise<void> {
  if (role.toLowerCase() === "public") {
    throw new UsageError("unfit_role", {
      en: "PUBLIC is every role of the server. Name one role that is to read reports.",
      fr: "PUBLIC désigne tous les rôles du serveur. Indiquez un seul rôle qui doit lire les rapports.",
    });
  }
  const [found] = await tx.$queryRaw<{ fit: boolean }[]>`
    select not rolsuper and not pg_has_role(oid, (select relowner from pg_class where oid = 'public.application'::regclass), 'member') as fit
    from pg_catalog.pg_roles where rolname = ${role}`;
  if (found === undefined) {
    const how = `create role ${quoted(role)} login password '…'`;
    throw new UsageError("unknown_role", {
      en: `There is no role ${role} on this server. Create it first, as an administrator: ${how}`,
      fr: `Il n'y a pas de rôle ${role} sur ce serveur. Créez-le d'abord, en tant qu'administrateur : ${how}`,
    });
  }
  if (!found.fit) {
    throw new UsageError("unfit_role", {
      en: `The role ${role} owns the tables or is a superuser, so it can read and write everything. Use another one.`,
      fr: `Le rôle ${role} possède les tables ou est superutilisateur : il peut tout lire et tout écrire. Prenez-en un autre.`,
    });
  }
}

/** By default, every role may call every function. Those that write our tables keep that. */
async function closeFunctions(tx: Executor): Promise<void> {
  const ours = await tx.$queryRaw<{ name: string }[]>`
    select p.oid::regprocedure::text as name from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
      and p.proowner = (select relowner from pg_catalog.pg_class where oid = 'public.application'::regclass)
      and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
      and has_function_privilege('public', p.oid, 'execute')
    order by 1`;
  if (ours.length === 0) return;
  const writers = await tx.$queryRaw<{ name: string }[]>`
    select distinct grantee::text as name from information_schema.role_table_grants
    where table_schema = 'public' and table_name in ('sync_run', 'applicant_import') and privilege_type in ('INSERT', 'UPDATE')
      and grantee <> 'PUBLIC'`;
  const list = ours.map(({ name }) => (name.startsWith("public.") ? name : `public.${name}`)).join(", ");
  for (const { name } of writers) await run(tx, `grant execute on function ${list} to ${quoted(name)}`);
  await run(tx, `revoke execute on function ${list} from public`);
}

/** What `role` can do beyond reading reports, as sentences. Tables without the system's own. */
async function rightsBeyond(tx: Executor, role: string, people: boolean): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ what: string }[]>`
    select 'it can read or write ' || c.oid::regclass::text as what from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_t%' and has_schema_privilege(${role}::name, n.oid, 'usage')
      and case when c.relkind = 'S' then has_sequence_privilege(${role}::name, c.oid, 'usage, select, update')
        when c.relkind in ('r', 'v', 'm', 'p', 'f') then has_any_column_privilege(${role}::name, c.oid, 'insert, update')
          or has_table_privilege(${role}::name, c.oid, 'delete, truncate, references, trigger')
          or has_any_column_privilege(${role}::name, c.oid, 'select') and n.nspname <> 'report' and not (${people} and n.nspname = 'report_people')
        else false end
    union all
    select 'it can create in the schema ' || quote_ident(nspname) from pg_catalog.pg_namespace
    where nspname not like 'pg\_%' and has_schema_privilege(${role}::name, oid, 'create')
    union all
    select 'it can create schemas in the database' where has_database_privilege(${role}::name, current_database(), 'create')
    union all
    select 'it can create temporary tables (revoke temporary on database ' || quote_ident(current_database()) || ' from public)'
    where has_database_privilege(${role}::name, current_database(), 'temporary')
    union all
    select 'it can create large objects (revoke execute on function lo_create, lo_creat, lo_from_bytea from public)'
    where has_function_privilege(${role}::name, 'pg_catalog.lo_creat(integer)', 'execute')
    union all
    select 'it can take advisory locks, for which a sync waits, as every role of a server that others use'
    where has_function_privilege(${role}::name, 'pg_catalog.pg_advisory_lock(bigint)', 'execute')
    union all
    select 'it can fill the disk with temporary files (as a superuser: alter role ' || quote_ident(r.rolname) || ' set temp_file_limit = ''2GB'')'
    from pg_catalog.pg_roles r where r.rolname = ${role} and current_setting('temp_file_limit') = '-1' and not exists (
      select from pg_catalog.pg_db_role_setting s where s.setrole = r.oid and s.setconfig::text ~ 'temp_file_limit=[0-9]')
    union all
    select 'it is a member of ' || quote_ident(g.rolname) from pg_catalog.pg_roles r
    join pg_catalog.pg_roles g on g.oid <> r.oid and pg_has_role(r.oid, g.oid, 'member') where r.rolname = ${role}
    union all
    select 'it has the attribute ' || a.name from pg_catalog.pg_roles r
    cross join lateral (values ('createdb', r.rolcreatedb), ('createrole', r.rolcreaterole), ('replication', r.rolreplication),
      ('bypassrls', r.rolbypassrls)) as a (name, has) where r.rolname = ${role} and a.has
    order by 1`;
  return rows.map(({ what }) => what);
}
