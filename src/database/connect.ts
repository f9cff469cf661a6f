import { databaseErrorOf } from "./errors.ts";
import { EXTRA_CA, tlsFault } from "../platform/certificates.ts";
import { loginFault } from "../platform/connection-url.ts";
import { AppError, UsageError, codeOf } from "../platform/errors.ts";
import { PostgresClient } from "./postgres-client.ts";

const SQLSTATE = /^[0-9A-Z]{5}$/;
const LOGIN_REFUSED = /^(28P01|28000)$/;
const NO_SUCH_DATABASE = "3D000";

/**
 * Runs `work` on a connection of its own to the Postgres at `url`, and closes it. Throws `database_unreachable`,
 * `database_login`, `database_tls`, `database_missing` or `database_url_invalid`, each naming host and port, the
 * `setting` that gave the URL, and never the password.
 */
export async function withClient<T>(
  url: string,
  work: (client: PostgresClient) => Promise<T>,
  setting = "DATABASE_URL",
): Promise<T> {
  const client = createClient(url, setting);
  // A connection that breaks rejects the statement in flight; without a listener it would end the process as well.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw describe(error, client, setting);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function createClient(url: string, setting: string): PostgresClient {
  const fault = loginFault(url);
  if (fault !== null) throw new UsageError("database_url_invalid", `${setting} must be ${fault}`);
  try {
    return new PostgresClient({ connectionString: url });
  } catch (error) {
    const file = unreadableFile(url, error);
    if (file !== null) throw new UsageError("database_url_invalid", `${setting} names ${file}`);
    // No cause: that of a URL that cannot be read holds the URL, password included.
    throw new UsageError(
      "database_url_invalid",
      `${setting} is not a Postgres URL: it should read postgresql://user:password@host:5432/database`,
    );
  }
}

/** The `sslrootcert`, `sslcert` or `sslkey` that cannot be read, and what to do; null: it is about something else. */
function unreadableFile(url: string, error: unknown): string | null {
  if (!(error instanceof Error) || !("path" in error) || typeof error.path !== "string") return null;
  const { searchParams } = new URL(url);
  const parameter = ["sslrootcert", "sslcert", "sslkey"].find((name) => searchParams.get(name) === error.path);
  const advice =
    error.path === "system"
      ? "remove it: the authorities that Node knows are trusted by themselves"
      : "write the path of a file that this user may read";
  return `${parameter ?? "a file"}=${error.path}, which cannot be read (${codeOf(error) ?? error.message}): ${advice}`;
}

function describe(error: unknown, client: PostgresClient, setting: string): AppError {
  const where = `${client.host}:${client.port}`;
  const code = codeOf(error) ?? "";
  const tls = tlsAdvice(error, setting);
  if (tls !== null) return new UsageError("database_tls", `Postgres at ${where} ${tls}`, { cause: error });
  if (/pg_hba\.conf/.test(error instanceof Error ? error.message : "")) {
    return new UsageError(
      "database_login",
      `Postgres at ${where} does not admit user ${client.user} from this machine to database ${client.database}: let its administrator add a line to pg_hba.conf, or correct ${setting}`,
      { cause: error },
    );
  }
  if (LOGIN_REFUSED.test(code)) {
    return new UsageError(
      "database_login",
      `Postgres at ${where} refuses the login of user ${client.user}: check user and password in ${setting}; special characters are percent-encoded`,
      { cause: error },
    );
  }
  if (error instanceof Error && /unsupported startup parameter/.test(error.message)) {
    return new UsageError(
      "database_pooler",
      `The pooler at ${where} does not accept a parameter that ${setting} or PGOPTIONS asks for (${error.message}): remove it`,
      { cause: error },
    );
  }
  // A full disk, no memory, no connection left.
  const named = databaseErrorOf(error);
  if (named !== null && (code.startsWith("53") || named.code === "database_disk_full")) return named;
  if (code === NO_SUCH_DATABASE) {
    return new UsageError(
      "database_missing",
      `Postgres at ${where} has no database ${client.database}: create it, or correct ${setting}`,
      { cause: error },
    );
  }
  return unreachable(where, error, setting);
}

function unreachable(where: string, error: unknown, setting: string): AppError {
  const code = codeOf(error) ?? "";
  const said = SQLSTATE.test(code) && error instanceof Error ? error.message : code || "no answer";
  return new AppError(
    "database_unreachable",
    `Cannot reach Postgres at ${where} (${said}): check that it runs and that ${setting} names it`,
    { cause: error },
  );
}

/** What is wrong with the encryption of a connection, and what to do; null: nothing. */
function tlsAdvice(error: unknown, setting: string): string | null {
  const said = error instanceof Error ? error.message : "";
  if (/no encryption|SSL off/i.test(said)) return `demands TLS: add ?sslmode=verify-full to ${setting}`;
  if (/does not support SSL/i.test(said))
    return `speaks no TLS: remove sslmode from ${setting}, or turn it on at the server`;
  if (/client certificate/i.test(said)) return `demands a certificate of ours: add sslcert and sslkey to ${setting}`;
  return tlsFault(error, `sslrootcert in ${setting}, or with ${EXTRA_CA} in the environment`);
}
