import { databaseErrorOf } from "./errors.ts";
import { EXTRA_CA, tlsFault } from "../platform/certificates.ts";
import { postgresUrlFault } from "../platform/connection-url.ts";
import { AppError, UsageError, codeOf } from "../platform/errors.ts";
import { PostgresClient } from "./postgres-client.ts";
import { tlsParameterFault } from "./tls-parameters.ts";

const SQLSTATE = /^[0-9A-Z]{5}$/;
const LOGIN_REFUSED = /^(28P01|28000)$/;
const NO_SUCH_DATABASE = "3D000";

/**
 * Runs `work` on a connection of its own to the Postgres at `url`, and closes it. Throws `database_unreachable`,
 * `database_login`, `database_tls`, `database_missing`, `database_silent` or `database_url_invalid`, each naming host and port, the
 * `setting` that gave the URL, and never the password. Only the last is a UsageError: what a server answers may be another
 * thing in a minute.
 */
export async function withClient<T>(
  url: string,
  work: (client: PostgresClient) => Promise<T>,
  setting = "DATABASE_URL",
): Promise<T> {
  const client = createClient(url, setting);
  try {
    await client.connect();
  } catch (error) {
    throw describe(error, client, url, setting);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function createClient(url: string, setting: string): PostgresClient {
  const fault = postgresUrlFault(url);
  if (fault !== null) throw new UsageError("database_url_invalid", `${setting} must be ${fault}`);
  const ofTls = tlsParameterFault(url);
  if (ofTls !== null) throw new UsageError("database_url_invalid", `${setting} has ${ofTls}`);
  try {
    return new PostgresClient({ connectionString: url });
  } catch {
    // No cause: that of a URL that cannot be read holds the URL, password included.
    throw new UsageError(
      "database_url_invalid",
      `${setting} is not a Postgres URL: it should read postgresql://user:password@host:5432/database`,
    );
  }
}

function describe(error: unknown, client: PostgresClient, url: string, setting: string): AppError {
  const where = `${client.host}:${client.port}`;
  const code = codeOf(error) ?? "";
  const said = error instanceof Error ? error.message : "";
  const refused = (name: string, message: string) =>
    new AppError(name, `Postgres at ${where} ${message}`, { cause: error, disposition: "fail" });
  const notAdmitted = `does not admit user ${client.user} from this machine to database ${client.database}: let its administrator add a line to pg_hba.conf`;
  if (/pg_hba\.conf.*(no encryption|SSL off)/i.test(said)) {
    // Postgres says the same whether it has a line for TLS alone, or none.
    return refused("database_tls", `either demands TLS: ${tlsOn(url, setting)}, or ${notAdmitted}`);
  }
  const tls = tlsAdvice(error, url, setting);
  if (tls !== null) return refused("database_tls", tls);
  if (/pg_hba\.conf/.test(said)) return refused("database_login", `${notAdmitted}, or correct ${setting}`);
  if (client.user === undefined && LOGIN_REFUSED.test(code))
    return refused(
      "database_login",
      `asks who we are: write a user into ${setting}, as in postgresql://user:password@host`,
    );
  if (LOGIN_REFUSED.test(code)) {
    return refused(
      "database_login",
      `refuses the login of user ${client.user}: check user and password in ${setting}; special characters are percent-encoded`,
    );
  }
  if (/unsupported startup parameter/.test(said)) {
    return new UsageError(
      "database_pooler",
      `The pooler at ${where} does not accept a parameter that ${setting} or PGOPTIONS asks for (${said}): remove it`,
      { cause: error },
    );
  }
  // A full disk, no memory, no connection left.
  const named = databaseErrorOf(error);
  if (named !== null && (code.startsWith("53") || named.code === "database_disk_full")) return named;
  // Known once the login was accepted.
  const isLoggedIn = client.processID !== null;
  if (/query_wait_timeout/.test(said) || (isLoggedIn && named?.code === "database_connection")) {
    return refused(
      "database_silent",
      `accepts the login of user ${client.user}, but does not answer its first statement. If a pooler such as PgBouncer stands there, open transactions hold every connection of its pool: end them, raise default_pool_size, or name in ${setting} a role that nothing else uses, for which PgBouncer keeps a pool of its own`,
    );
  }
  if (named?.code === "database_cancelled") {
    return refused(
      named.code,
      `cancels even the first statement of user ${client.user}, before we can set its limit: raise statement_timeout of the role, the database or the server to a second`,
    );
  }
  if (code === NO_SUCH_DATABASE) {
    return refused("database_missing", `has no database ${client.database}: create it, or correct ${setting}`);
  }
  return unreachable(where, error, setting);
}

function unreachable(where: string, error: unknown, setting: string): AppError {
  const code = codeOf(error) ?? "";
  const said = SQLSTATE.test(code) && error instanceof Error ? error.message : code || "no answer";
  return new AppError(
    "database_unreachable",
    {
      en: `Cannot reach Postgres at ${where} (${said}): check that it runs and that ${setting} names it`,
      fr: `Postgres est injoignable à l'adresse ${where} (${said}) : vérifiez qu'il est démarré et que le réglage ${setting} le désigne`,
    },
    { cause: error },
  );
}

/** What is wrong with the encryption of a connection, and what to do; null: nothing. */
function tlsAdvice(error: unknown, url: string, setting: string): string | null {
  const said = error instanceof Error ? error.message : "";
  if (/SSL (connection is )?required|connection is insecure/i.test(said)) return `demands TLS: ${tlsOn(url, setting)}`;
  if (/does not support SSL/i.test(said))
    return `speaks no TLS: remove sslmode from ${setting}, or turn it on at the server`;
  if (/client certificate/i.test(said)) return `demands a certificate of ours: add sslcert and sslkey to ${setting}`;
  const code = codeOf(error) ?? "";
  if (code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH")
    return `is not reached: sslkey in ${setting} does not belong to sslcert`;
  if (/alert.(unknown.ca|bad.certificate|(unsupported.)?certificate)/i.test(said)) {
    return `refuses our certificate (${code}): name one that its authority has issued with sslcert and sslkey in ${setting}`;
  }
  return tlsFault(error, `sslrootcert in ${setting}, or with ${EXTRA_CA} in the environment`);
}

/** How to write that a connection is encrypted. */
function tlsOn(url: string, setting: string): string {
  const { search, searchParams } = new URL(url);
  const mode = searchParams.get("sslmode");
  if (mode !== null) return `write sslmode=verify-full in ${setting}, in place of sslmode=${mode}`;
  return `add ${search === "" ? "?" : "&"}sslmode=verify-full to ${setting}`;
}
