import { keepEmbeddedPostgres, stopEmbeddedPostgres, type StopOutcome } from "../database/embedded/postgres.ts";
import type { Context } from "../wiring.ts";

const STOP_SENTENCES: Readonly<Record<StopOutcome, string>> = {
  stopped: "Stopped the embedded Postgres.",
  in_use: "The embedded Postgres is in use; it stops when the last process that uses it ends.",
  not_running: "The embedded Postgres is not running.",
};

/** The connection URL. The embedded server is started if need be and goes on running until `stopDatabase`. */
export async function databaseUrl({ config, logger }: Context): Promise<string> {
  if (config.database.url !== null) return config.database.url;
  const held = await keepEmbeddedPostgres({ dataDir: config.database.dataDir, logger });
  await held.release();
  return held.url;
}

/** Stops the embedded server. Returns a sentence that says what was done. */
export async function stopDatabase({ config, logger }: Context): Promise<string> {
  if (config.database.url !== null) return "DATABASE_URL is set: that server is not ours to stop.";
  return STOP_SENTENCES[await stopEmbeddedPostgres({ dataDir: config.database.dataDir, logger })];
}
