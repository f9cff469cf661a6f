import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { applyMigrations } from "../../../src/database/migrations/migrations.ts";
import { freePort } from "../../../src/database/embedded/port.ts";
import { startEmbeddedPostgres } from "../../../src/database/embedded/postgres.ts";
import { UsageError } from "../../../src/platform/errors.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { migrateQueueSchema } from "../../../src/queue/schema.ts";
import { silent } from "../../support/silent.ts";

/** npm runs a script where package.json is; the compiled bench lies elsewhere and would look for it in vain. */
const MIGRATIONS = resolve("prisma/migrations");

/** An embedded Postgres with the product's tables, in a directory that is removed at the end or, named, stays. Returns its URL. */
export async function openPostgres(parts: Lifecycle, kept?: string): Promise<string> {
  const dataDir = kept ?? (await openDirectory(parts));
  const server = await startEmbeddedPostgres({ dataDir, logger: silent });
  parts.add("postgres", () => server.release());
  await applyMigrations({ url: server.url, directory: MIGRATIONS });
  await migrateQueueSchema(server.url);
  return server.url;
}

/** A connection of the bench's own. */
export async function openClient(parts: Lifecycle, url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  parts.add("connection", () => client.end());
  return client;
}

/** A Redis that keeps nothing on disk, on a free port. Throws `redis_missing` without `redis-server`. */
export async function openRedis(parts: Lifecycle): Promise<{ readonly url: string; readonly pid: number }> {
  const port = await freePort();
  const directory = await openDirectory(parts);
  const options = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    directory,
  ];
  const server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(server, "exit");
  const ready = new Promise<void>((done) => {
    server.stdout.setEncoding("utf8").on("data", (text: string) => void (text.includes("Ready to accept") && done()));
  });
  const failed = Promise.race([ended, once(server, "error")]).then(() => {
    throw new UsageError("redis_missing", "redis-server cannot be started here: install it, or leave its cells out.");
  });
  await Promise.race([ready, failed]);
  failed.catch(() => {});
  parts.add("redis", async () => {
    server.kill("SIGTERM");
    await ended;
  });
  return { url: `redis://127.0.0.1:${port}`, pid: server.pid ?? 0 };
}

/** An empty directory, removed at the end, that the account of the server may enter when we are root. */
export async function openDirectory(parts: Lifecycle): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-bench-"));
  parts.add("directory", () => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  return directory;
}
