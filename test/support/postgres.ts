import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, escapeIdentifier } from "pg";
import { inject } from "vitest";
import { prepareDataDirectory } from "../../src/database/embedded/directory.ts";
import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import { findPostmaster } from "../../src/database/embedded/postmaster.ts";
import { ensureServer, stopServer } from "../../src/database/embedded/server.ts";
import { silent } from "./silent.ts";
import { loginTo } from "./variant-login.ts";
import { waitFor } from "./wait-for.ts";

/** The database of the test server that holds the product's tables and no row; nobody connects to it during tests. */
export const TEMPLATE = "applicant_sync_template";

export interface TestDatabase {
  readonly url: string;
  /** Cuts whatever is still connected. */
  drop(): Promise<void>;
  /** Waits for the end of every connection first. */
  dropUnused(): Promise<void>;
}

/** A database of the test's own with the product's tables, cloned from the template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const [server, pooler] = [inject("postgresUrl"), inject("pooler")];
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  const owner = pooler === null ? "" : `owner ${escapeIdentifier(new URL(loginTo(server)).username)}`;
  // Its files are copied as files, in memory: by way of the log, each page of them is written twice, for twice the CPU.
  await onServer(server, `create database ${escapeIdentifier(name)} template ${TEMPLATE} strategy file_copy ${owner}`);
  const direct = urlOf(server, name);
  const dropNow = `drop database if exists ${escapeIdentifier(name)} with (force)`;
  return {
    url: pooler === null ? direct : loginTo(direct, pooler),
    drop: () => onServer(server, dropNow),
    dropUnused: () =>
      withServer(server, async (client) => {
        // A pooler keeps its connections to the server.
        if (pooler === null) await expectNoConnections(client, name);
        await client.query(dropNow);
      }),
  };
}

/** What was started must be gone by now; a connection that ends at this moment is waited for. */
async function expectNoConnections(server: Client, database: string): Promise<void> {
  let left: readonly unknown[] = [];
  await waitFor(
    "the end of every connection to the database: something that the test started still runs",
    async () => {
      const { rows } = await server.query(
        `select pid, state, wait_event, application_name, query from pg_stat_activity
         where datname = $1 and backend_type = 'client backend'`,
        [database],
      );
      left = rows;
      return rows.length === 0;
    },
    10_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${JSON.stringify(left, null, 2)}`, { cause: error });
  });
}

/** A database of the test's own without the product's tables, reached directly. */
export async function createEmptyDatabase(): Promise<Omit<TestDatabase, "dropUnused">> {
  const server = inject("postgresUrl");
  const name = `test_empty_${process.pid}_${randomBytes(6).toString("hex")}`;
  await onServer(server, `create database ${escapeIdentifier(name)} template template0`);
  return {
    url: urlOf(server, name),
    drop: () => onServer(server, `drop database if exists ${escapeIdentifier(name)} with (force)`),
  };
}

/** The database of `url` as the owner of the test server reaches it, past every pooler. */
export function asSuperuser(url: string): string {
  return urlOf(inject("postgresUrl"), new URL(url).pathname.slice(1));
}

/** The URL of another database on the same server. */
export function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs statements one after the other, each on its own: `create database` admits no transaction. */
export async function onServer(url: string, ...statements: readonly string[]): Promise<void> {
  await withServer(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

async function withServer(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

export interface TestPostgres {
  /** Without the product's tables. */
  readonly url: string;
  /** Cuts all connections; `start` brings it back with its data, on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it as a power cut would, and starts it again: it recovers from its log, and unlogged tables are empty. */
  crash(): Promise<void>;
  /** Stops it for good and removes its data. */
  remove(): Promise<void>;
}

/** A private embedded server, for tests that stop it in the middle. */
export async function startPostgres(): Promise<TestPostgres> {
  const dataDir = await makeDataDir();
  const held = await startEmbeddedPostgres({ dataDir, logger: silent });
  const directory = await prepareDataDirectory(dataDir, silent);
  const stop = (): Promise<void> => stopServer(directory, silent);
  const start = async (): Promise<void> => {
    const { port } = await ensureServer(directory, silent);
    if (String(port) !== new URL(held.url).port) throw new Error(`port ${new URL(held.url).port} is in use meanwhile`);
  };
  return {
    url: held.url,
    stop,
    start,
    async restart() {
      await stop();
      await start();
    },
    async crash() {
      const postmaster = await findPostmaster(directory);
      if (postmaster === null) throw new Error("no Postgres runs");
      process.kill(postmaster.pid, "SIGQUIT");
      await waitFor("the end of Postgres", async () => (await findPostmaster(directory)) === null);
      await start();
    },
    async remove() {
      await held.release();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Of the data of all servers of a run; two hundred megabytes were seen. */
const ROOM_BYTES = 2 * 1024 ** 3;

/**
 * An empty directory that the server's account may enter when the tests run as root; in memory if there is room. A database
 * is 840 files, and on ext4, which avoids what was deleted lately, making and dropping them costs half a second of CPU.
 */
export async function makeDataDir(): Promise<string> {
  const memory = await statfs("/dev/shm").catch(() => null);
  const isRoomy = memory !== null && memory.bavail * memory.bsize >= ROOM_BYTES;
  const directory = await mkdtemp(join(isRoomy ? "/dev/shm" : tmpdir(), "applicant-sync-test-"));
  await chmod(directory, 0o755);
  return directory;
}
