import { escapeIdentifier, escapeLiteral } from "pg";
import { startPgBouncer, type TestPgBouncer } from "./pgbouncer.ts";
import { onServer } from "./postgres.ts";
import { LOGIN, loginTo } from "./variant-login.ts";

/** A database as somebody may have it: the same tests pass there. Pairs of traits rather than every combination. */
interface Variant {
  /** The server: the embedded one, or Debian's. */
  readonly postgres: "embedded" | "15";
  readonly pool: "transaction" | "session";
  /** The limit of the role, which is no superuser. */
  readonly connections: number;
  /** What ALTER ROLE sets for the role. */
  readonly settings: Readonly<Record<string, string>>;
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  transaction: {
    postgres: "embedded",
    pool: "transaction",
    connections: 27,
    settings: {
      TimeZone: "Europe/Paris",
      DateStyle: "German, DMY",
      search_path: "elsewhere, public",
      statement_timeout: "20s",
    },
  },
  session: {
    postgres: "15",
    pool: "session",
    connections: 80,
    settings: {
      TimeZone: "America/New_York",
      DateStyle: "SQL, DMY",
      IntervalStyle: "sql_standard",
      bytea_output: "escape",
      extra_float_digits: "-3",
      default_transaction_isolation: "serializable",
      synchronous_commit: "off",
      transform_null_equals: "on",
      search_path: "elsewhere, public",
    },
  },
};

/** The variant of a project of vitest.config.ts; null for the one that has none. */
export function variantOf(project: string): Variant | null {
  return VARIANTS[project] ?? null;
}

/** Makes the variant's role on the server, and the pooler in front of it. */
export async function prepareVariant(server: string, variant: Variant): Promise<TestPgBouncer> {
  const role = escapeIdentifier(LOGIN.user);
  await onServer(
    server,
    `create role ${role} login createdb createrole password ${escapeLiteral(LOGIN.password)} connection limit ${variant.connections}`,
    ...Object.entries(variant.settings).map(([name, value]) =>
      name === "search_path"
        ? `alter role ${role} set ${name} to ${value}`
        : `alter role ${role} set ${name} to ${escapeLiteral(value)}`,
    ),
  );
  return startPgBouncer(loginTo(server), {
    pool_mode: variant.pool,
    default_pool_size: variant.connections,
    // One below the limit: the template is made beside the pooler.
    max_user_connections: variant.connections - 1,
    server_idle_timeout: 5,
  });
}
