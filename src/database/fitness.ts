import { AppError, UsageError } from "../platform/errors.ts";
import type { PostgresClient } from "./postgres-client.ts";

/** The oldest major version of Postgres that we work with. */
const OLDEST = 15;

interface ServerRow {
  readonly version: number;
  readonly encoding: string;
  readonly standby: boolean;
  readonly replica: boolean;
  readonly mayCreate: boolean;
  readonly ours: boolean;
  /** The schemas of reports are there and filled, or may be. */
  readonly mayReport: boolean;
  readonly role: string;
  readonly database: string;
}

/**
 * Throws if our tables cannot be created, or cannot hold the data of the API: `database_version` and `database_encoding`, as
 * UsageErrors, and what its administrator may change: `database_read_only`, `database_triggers`, `database_rights`.
 */
export async function refuseServer(client: PostgresClient): Promise<void> {
  const { rows } = await client.query<ServerRow>(
    `select current_setting('server_version_num')::int as version, getdatabaseencoding() as encoding, pg_is_in_recovery() as standby,
       current_setting('session_replication_role') <> 'origin' as replica,
       coalesce(has_schema_privilege(to_regnamespace('public'), 'create'), false) as "mayCreate",
       exists (select from pg_tables where schemaname = 'public' and tablename = '_prisma_migrations') as ours,
       (select bool_and(case when found is null then has_database_privilege(current_database(), 'create')
           else has_schema_privilege(found, 'create') or exists (select from pg_class where relnamespace = found) end)
         from unnest(array['report', 'report_people']) name, to_regnamespace(name) found) as "mayReport",
       quote_ident(current_user) as role, quote_ident(current_database()) as database`,
  );
  if (rows[0] !== undefined) refuseFacts(rows[0]);
}

/** The same by what a server reports. */
export function refuseFacts(server: ServerRow): void {
  const { version, encoding, standby, replica, mayCreate, mayReport, ours, role, database } = server;
  if (version < OLDEST * 10_000) {
    throw new UsageError(
      "database_version",
      `The Postgres in DATABASE_URL is version ${Math.floor(version / 10_000)}: ${OLDEST} or newer is needed. Upgrade it, or name another one`,
    );
  }
  if (encoding !== "UTF8") {
    throw new UsageError(
      "database_encoding",
      `Database ${database} is in ${encoding}, which cannot hold every name: create one in UTF-8 (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0) and set DATABASE_URL to it`,
    );
  }
  if (standby) {
    throw refusal(
      "database_read_only",
      `The Postgres in DATABASE_URL is a standby, which accepts no writes: set DATABASE_URL to the primary server`,
    );
  }
  if (replica) {
    throw refusal(
      "database_triggers",
      `Triggers are off for role ${role} in database ${database} (session_replication_role): reset it, imports by SQL depend on them`,
    );
  }
  if (!mayCreate && !ours) {
    throw refusal(
      "database_rights",
      `Role ${role} may not create tables in schema public of database ${database}: let the owner of the database run GRANT CREATE ON SCHEMA public TO ${role}, or make the role the owner`,
    );
  }
  if (!mayReport) {
    throw refusal(
      "database_rights",
      `Role ${role} may not create the schemas report and report_people in database ${database}, or tables in them: let the owner of the database run GRANT CREATE ON DATABASE ${database} TO ${role}, or CREATE SCHEMA report AUTHORIZATION ${role}; CREATE SCHEMA report_people AUTHORIZATION ${role}`,
    );
  }
}

/** What the administrator of the database may change. */
function refusal(code: string, message: string): AppError {
  return new AppError(code, message, { disposition: "fail" });
}
