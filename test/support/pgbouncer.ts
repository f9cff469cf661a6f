import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { createDatabase, type Database } from "../../src/database/client.ts";
import { freePort } from "../../src/database/embedded/port.ts";
import { unprivilegedAccount, weAreRoot } from "../../src/database/embedded/account.ts";
import { noteOn, PGBOUNCER, pgBouncerInstalled } from "./installed.ts";
import { asSuperuser, createTestDatabase, type TestDatabase } from "./postgres.ts";
import { waitFor } from "./wait-for.ts";

export interface TestPgBouncer {
  /** The URL through it of the database, user and password that `url` names on the server behind it. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** Declares tests that need a PgBouncer: skipped, by name, without one. */
export function describeWithPgBouncer(name: string, declare: () => void): void {
  describe.skipIf(!pgBouncerInstalled())(`${name}${noteOn("pgbouncer", pgBouncerInstalled())}`, declare);
}

/**
 * A PgBouncer in front of the server at `serverUrl`; all that is not named here is as Debian's package has it. It lets in the user of that
 * URL and those of `others`.
 */
export async function startPgBouncer(
  serverUrl: string,
  settings: { readonly pool_mode: "transaction" | "session" | "statement" } & Readonly<Record<string, string | number>>,
  others: readonly string[] = [],
): Promise<TestPgBouncer> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-pgbouncer-"));
  await chmod(directory, 0o755);
  const [port, server] = [await freePort(), new URL(serverUrl)];
  const file = join(directory, "pgbouncer.ini");
  const lines = Object.entries({
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    auth_type: "trust",
    auth_file: join(directory, "users.txt"),
    ...settings,
  }).map(([name, value]) => `${name} = ${value}`);
  await writeFile(
    file,
    `[databases]\n* = host=${server.hostname} port=${server.port}\n[pgbouncer]\n${lines.join("\n")}\n`,
  );
  const users = [serverUrl, ...others].map((url) => {
    const { username, password } = new URL(url);
    return `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`;
  });
  await writeFile(join(directory, "users.txt"), users.join(""));
  const account = weAreRoot() ? await unprivilegedAccount() : {};
  const child = spawn(PGBOUNCER, [file], { ...account, stdio: "ignore" });
  const through = (url: string): string => {
    const target = new URL(url);
    target.host = `127.0.0.1:${port}`;
    return target.href;
  };
  try {
    await waitFor("PgBouncer", () => answers(through(serverUrl), child));
  } catch (error) {
    await end(child);
    throw error;
  }
  return {
    through,
    async stop() {
      await end(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * As `useDatabase`, through a PgBouncer in transaction mode: in a variant of the database the one that is in front of it
 * already. `directUrl`: that of the same database without it.
 */
export function usePooledDatabase(): { readonly database: () => Database; readonly directUrl: () => string } {
  let created: TestDatabase;
  let bouncer: TestPgBouncer | undefined;
  let database: Database;
  beforeAll(async () => {
    created = await createTestDatabase();
    if (inject("pooler") === null) bouncer = await startPgBouncer(inject("postgresUrl"), { pool_mode: "transaction" });
    database = createDatabase(bouncer?.through(created.url) ?? created.url);
  });
  afterAll(async () => {
    await database.$disconnect();
    await bouncer?.stop();
    await created.drop();
  });
  return { database: () => database, directUrl: () => asSuperuser(created.url) };
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}`);
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
