import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, escapeIdentifier } from "pg";
import { inject } from "vitest";
import { preparePlace } from "../../src/embedded/place.ts";
import { startEmbeddedPostgres } from "../../src/embedded/postgres.ts";
import { ensureServer, stopServer } from "../../src/embedded/server.ts";
import { allowEntry, silentLogger } from "./silence.ts";

export interface TestDatabase {
  readonly url: string;
  /** Cuts whatever is still connected. */
  drop(): Promise<void>;
}

/** A database of the test's own with the product's tables, cloned from the run's template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  const template = escapeIdentifier(inject("postgresTemplate"));
  await runSql(server, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runSql(server, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`) };
}

export interface TestPostgres {
  /** Without the product's tables. */
  readonly url: string;
  /** Cuts all connections; `start` brings it back with its data, on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Stops it for good and removes its data. */
  remove(): Promise<void>;
}

/** A private embedded server, for tests that stop it in the middle. */
export async function startPostgres(): Promise<TestPostgres> {
  const dataDir = await makeDataDir();
  const held = await startEmbeddedPostgres({ dataDir, logger: silentLogger });
  const place = await preparePlace(dataDir, silentLogger);
  const stop = (): Promise<void> => stopServer(place, silentLogger);
  const start = async (): Promise<void> => {
    const { port } = await ensureServer(place, silentLogger);
    if (String(port) !== new URL(held.url).port) throw new Error(`port ${new URL(held.url).port} was taken meanwhile`);
  };
  return {
    url: held.url,
    stop,
    start,
    async restart() {
      await stop();
      await start();
    },
    async remove() {
      await held.release();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** An empty directory that the server's account can enter when the tests run as root. */
export async function makeDataDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-postgres-"));
  await allowEntry(directory);
  return directory;
}

/** Runs statements on a connection of their own; returns the rows of the last one. */
export async function runSql(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
