/**
 * The settings of a server, a database or a role that our results and waits depend on. Each connection overrides them:
 * once if the session is ours alone, in each transaction behind a pooler.
 */

/** How long a statement waits for a lock before it fails with SQLSTATE 55P03, in milliseconds. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * How long a transaction may wait for its process, in milliseconds. Without a limit, a frozen process (a suspended machine,
 * SIGSTOP) would hold its locks until it continues.
 */
const IDLE_IN_TRANSACTION_MS = 30_000;

/**
 * Settings of the startup packet, where they override the defaults of role and database. Every PgBouncer accepts these, and
 * no others, and applies them to each server connection. Prisma writes times without a zone and drops the zone that it
 * reads: a session that is not in UTC would read and write other times.
 */
export const STARTUP_SETTINGS = {
  TimeZone: "UTC",
  DateStyle: "ISO, MDY",
  standard_conforming_strings: "on",
} as const satisfies Readonly<Record<string, string>>;

const SETTINGS: Readonly<Record<string, string>> = {
  // Some poolers accept the startup packet and ignore it.
  ...STARTUP_SETTINGS,
  // How values are printed.
  intervalstyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  xmlbinary: "base64",
  lc_numeric: "C",
  lc_time: "C",
  quote_all_identifiers: "off",
  // How values and statements are read.
  array_nulls: "on",
  backslash_quote: "safe_encoding",
  transform_null_equals: "off",
  xmloption: "content",
  // What a statement does.
  default_transaction_isolation: "read committed",
  default_transaction_read_only: "off",
  default_transaction_deferrable: "off",
  row_security: "on",
  gin_fuzzy_search_limit: "0",
  restrict_nonsystem_relation_kind: "",
  "plpgsql.extra_errors": "none",
  "plpgsql.extra_warnings": "none",
  check_function_bodies: "on",
  default_tablespace: "",
  client_min_messages: "notice",
  // How long it may run. A long statement, such as the migration of a large table, has no limit.
  idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_MS),
  lock_timeout: String(LOCK_TIMEOUT_MS),
  statement_timeout: "0",
  transaction_timeout: "0",
  idle_session_timeout: "0",
};

/** A row of the result of `inspectSession`. */
export interface SessionSetting {
  readonly pid: number;
  readonly name: string;
  /** The value before we set it. */
  readonly was: string;
  readonly wanted: string;
}

/**
 * A statement that returns each of these settings that the server knows, with its present and its wanted value. It also
 * sets them for the session if that belongs to the process `pid`, which is not so behind a pooler.
 */
export function inspectSession(pid: number, searchPath: string): string {
  return `select pg_backend_pid() as pid, name, was, wanted,
      case when pg_backend_pid() = ${pid} then set_config(name, wanted, false) end
    from (select name, current_setting(name, true) as was,
            case when wanted is not null then wanted when current_setting(name) = 'off' then 'on' else current_setting(name) end as wanted
          from (values ${rowsOf(searchPath)}) as setting (name, wanted)) as setting
    where was is not null`;
}

/** A statement that begins a transaction with these settings, in one round trip. */
export function beginWith(settings: readonly Pick<SessionSetting, "name" | "wanted">[]): string {
  const local = settings.map(
    ({ name, wanted }) => `set local ${name} to ${name === "search_path" ? wanted : literal(wanted)}`,
  );
  return ["begin isolation level read committed read write", ...local].join("; ");
}

function rowsOf(searchPath: string): string {
  const settings = Object.entries({ ...SETTINGS, search_path: searchPath });
  const rows = settings.map(([name, value]) => `(${literal(name)}, ${literal(value)})`);
  // A commit that does not wait for the disk can be lost, and with it the record of a request. Stricter values are kept.
  return [...rows, "('synchronous_commit', null)"].join(", ");
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
