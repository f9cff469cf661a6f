import { rm, stat, writeFile } from "node:fs/promises";
import type { Logger } from "pino";
import { databaseUrl, ensureDatabase } from "./bootstrap.ts";
import { preparePlace, unusable, type Place } from "./place.ts";
import { findPostmaster } from "./postmaster.ts";
import { enter, leave, present, withLock } from "./presence.ts";
import { ensureServer, stopServer } from "./server.ts";

export interface EmbeddedOptions {
  /** Directory of the embedded database; created if missing. */
  readonly dataDir: string;
  readonly logger: Pick<Logger, "info" | "warn" | "debug">;
  /** Aborted, the making of a new database ends and leaves nothing behind; the start rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** Connection URL of the database, password included: never log it. */
  readonly url: string;
  /** Where the data really lies: not in `dataDir` where root's stand-in may not enter that. */
  readonly directory: string;
  /**
   * Leaves: stops the server unless another applicant-sync process still uses it or it was asked to stay. Close all
   * connections before. Never rejects: a server that does not stop is logged, and adopted by the next start.
   */
  release(): Promise<void>;
}

/** What `stopEmbeddedPostgres` found and did; `in_use`: it will stop when the last process that uses it leaves. */
export type StopOutcome = "stopped" | "in_use" | "not_running";

/**
 * Starts the embedded Postgres of a data directory, or joins the one that runs there: several processes may hold it at
 * once, the last to release it stops it. A killed process leaves nothing behind that hinders the next.
 * Throws `UsageError` where the machine or the directory cannot hold it, each saying what to do: `data_dir_unusable`,
 * `data_dir_version`, `embedded_postgres_missing`, `embedded_postgres_unusable`; and `AppError` `database_start_failed`.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return inPlace(options, (place) => join(place, options));
}

/** Like `startEmbeddedPostgres`, but the server goes on running after the last release, until `stopEmbeddedPostgres`. */
export async function keepEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return inPlace(options, async (place) => {
    const held = await join(place, options);
    await writeFile(place.keep, "", { mode: 0o600 });
    return held;
  });
}

/** Undoes `keepEmbeddedPostgres` and stops the server unless a process of ours uses it at this moment. */
export async function stopEmbeddedPostgres(options: EmbeddedOptions): Promise<StopOutcome> {
  return inPlace(options, async (place) => {
    await rm(place.keep, { force: true });
    if ((await findPostmaster(place)) === null) return "not_running";
    if ((await present(place.users)).length > 0) return "in_use";
    await stopServer(place, options.logger);
    return "stopped";
  });
}

async function inPlace<T>(options: EmbeddedOptions, work: (place: Place) => Promise<T>): Promise<T> {
  const place = await preparePlace(options.dataDir, options.logger);
  try {
    return await locked(place, options, () => work(place));
  } catch (error) {
    throw unusable(options.dataDir, error);
  }
}

function locked<T>(place: Place, { logger }: EmbeddedOptions, work: () => Promise<T>): Promise<T> {
  return withLock(place.lock, work, () =>
    logger.info({ directory: place.home }, "waiting for another process that starts or stops the database"),
  );
}

async function join(place: Place, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const entry = await enter(place.users);
  try {
    const access = await ensureServer(place, options.logger, options.signal);
    await ensureDatabase(access);
    let leaving: Promise<void> | undefined;
    const release = () => (leaving ??= depart(place, entry, options));
    return { url: databaseUrl(access), directory: place.cluster, release };
  } catch (error) {
    await leave(entry);
    throw error;
  }
}

async function depart(place: Place, entry: string, options: EmbeddedOptions): Promise<void> {
  try {
    await locked(place, options, async () => {
      await leave(entry);
      const kept = await stat(place.keep).catch(() => null);
      if (kept || (await present(place.users)).length > 0) return;
      await stopServer(place, options.logger);
    });
  } catch (err) {
    options.logger.warn({ err, directory: place.cluster }, "the embedded database was left running");
  }
}
