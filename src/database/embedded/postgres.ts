import { rm, stat, writeFile } from "node:fs/promises";
import { escapeIdentifier } from "pg";
import type { Logger } from "pino";
import { AppError, hasCode } from "../../platform/errors.ts";
import { PostgresClient } from "../postgres-client.ts";
import { DATABASE, type ClusterAccess } from "./cluster.ts";
import { prepareDataDirectory, unusable, type DataDirectory } from "./directory.ts";
import { findPostmaster } from "./postmaster.ts";
import { enter, leave, present, withLock } from "./presence.ts";
import { ensureServer, stopServer } from "./server.ts";

const WRONG_PASSWORD = "28P01";

export interface EmbeddedOptions {
  /** Directory of the embedded database; created if missing. */
  readonly dataDir: string;
  readonly logger: Pick<Logger, "info" | "warn" | "debug">;
  /** If aborted, the creation of a new database ends and leaves nothing behind; the start rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Whether a server that this process has started cannot outlive it: `release` stops it then, whoever uses it. */
  readonly endsWithProcess?: boolean;
}

export interface EmbeddedPostgres {
  /** Connection URL of the database, password included: never log it. */
  readonly url: string;
  /** The actual data directory: not in `dataDir` if the server's account may not enter that. */
  readonly directory: string;
  /**
   * Stops the server, unless another applicant-sync process uses it or it is to stay (`keepEmbeddedPostgres`). Close all
   * connections before. Never rejects: a server that does not stop is logged, and used again by the next start.
   */
  release(): Promise<void>;
}

/** What `stopEmbeddedPostgres` found and did; `in_use`: it will stop when the last process that uses it leaves. */
export type StopOutcome = "stopped" | "in_use" | "not_running";

/**
 * Starts the embedded Postgres of a data directory, or uses the one that runs there. Several processes may use it at a time;
 * the last to release it stops it. A killed process leaves nothing behind that affects the next.
 * Throws a `UsageError` that says what to do if the machine or the directory cannot hold it: `data_dir_unusable`,
 * `data_dir_version`, `embedded_postgres_missing`, `embedded_postgres_unusable`; and `AppError` `database_start_failed`.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return inDirectory(options, (directory) => join(directory, options));
}

/** Like `startEmbeddedPostgres`, but the server keeps running after the last release, until `stopEmbeddedPostgres`. */
export async function keepEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return inDirectory(options, async (directory) => {
    const held = await join(directory, options);
    await writeFile(directory.keep, "", { mode: 0o600 });
    return held;
  });
}

/** Undoes `keepEmbeddedPostgres` and stops the server unless a process of ours uses it at this moment. */
export async function stopEmbeddedPostgres(options: EmbeddedOptions): Promise<StopOutcome> {
  return inDirectory(options, async (directory) => {
    await rm(directory.keep, { force: true });
    if ((await findPostmaster(directory)) === null) return "not_running";
    if ((await present(directory.users)).length > 0) return "in_use";
    await stopServer(directory, options.logger);
    return "stopped";
  });
}

async function inDirectory<T>(options: EmbeddedOptions, work: (directory: DataDirectory) => Promise<T>): Promise<T> {
  const directory = await prepareDataDirectory(options.dataDir, options.logger);
  try {
    return await locked(directory, options, () => work(directory));
  } catch (error) {
    throw unusable(options.dataDir, error);
  }
}

function locked<T>(directory: DataDirectory, { logger }: EmbeddedOptions, work: () => Promise<T>): Promise<T> {
  return withLock(directory.lock, work, () =>
    logger.info({ directory: directory.home }, "waiting for another process that starts or stops the database"),
  );
}

async function join(directory: DataDirectory, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const entry = await enter(directory.users);
  try {
    const isStarter = (await findPostmaster(directory)) === null;
    const access = await ensureServer(directory, options.logger, options.signal);
    await ensureDatabase(access);
    let releasing: Promise<void> | undefined;
    const staysAlive = !(isStarter && options.endsWithProcess === true);
    const release = () => (releasing ??= depart(directory, entry, staysAlive, options));
    return { url: embeddedUrl(access), directory: directory.cluster, release };
  } catch (error) {
    await leave(entry);
    throw error;
  }
}

async function depart(
  directory: DataDirectory,
  entry: string,
  staysAlive: boolean,
  options: EmbeddedOptions,
): Promise<void> {
  try {
    await locked(directory, options, async () => {
      await leave(entry);
      const kept = await stat(directory.keep).catch(() => null);
      if (staysAlive && (kept || (await present(directory.users)).length > 0)) return;
      await stopServer(directory, options.logger);
    });
  } catch (err) {
    options.logger.warn({ err, directory: directory.cluster }, "the embedded database was left running");
  }
}

/** The URL for any Postgres client. It names `sslmode`, because a `PGSSLMODE` of the user would apply otherwise. */
function embeddedUrl(access: ClusterAccess, database: string = DATABASE): string {
  return `postgresql://${DATABASE}:${access.password}@127.0.0.1:${access.port}/${database}?sslmode=disable`;
}

/** Creates our database in a server that does not have it yet. Call it under the lock of the data directory. */
async function ensureDatabase(access: ClusterAccess): Promise<void> {
  const client = new PostgresClient({ connectionString: embeddedUrl(access, "postgres") });
  try {
    await client.connect();
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(DATABASE)}`);
  } catch (error) {
    throw hasCode(error, WRONG_PASSWORD) ? passwordChanged(access, error) : error;
  } finally {
    await client.end();
  }
}

function passwordChanged({ port }: ClusterAccess, cause: unknown): AppError {
  return new AppError(
    "database_password",
    `The embedded Postgres on port ${port} refuses the password kept beside its data: was it changed by hand? Set it back, or set DATABASE_URL`,
    { cause, disposition: "fail" },
  );
}
