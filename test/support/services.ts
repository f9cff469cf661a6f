import { rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { applyMigrations } from "../../src/embedded/migrations.ts";
import { startEmbeddedPostgres } from "../../src/embedded/postgres.ts";
import { migrateQueueSchema } from "../../src/queue/schema.ts";
import { makeDataDir, onServer, TEMPLATE, urlOf } from "./postgres.ts";
import { redisInstalled, startRedis } from "./redis.ts";
import { silent } from "./silent.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The server of the whole test run; `test/support/postgres.ts` makes databases in it. */
    postgresUrl: string;
    /** Null where no redis-server is installed. */
    redisUrl: string | null;
  }
}

/** One Postgres (TEST_DATABASE_URL, or an embedded one of its own) and one Redis for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await openPostgres();
  try {
    await prepareTemplate(postgres.url);
    const redis = redisInstalled() ? await startRedis() : null;
    project.provide("postgresUrl", postgres.url);
    project.provide("redisUrl", redis?.url ?? null);
    return async () => {
      await redis?.stop();
      await postgres.close();
    };
  } catch (error) {
    // Vitest calls no teardown after a set-up that failed.
    await postgres.close();
    throw error;
  }
}

async function prepareTemplate(server: string): Promise<void> {
  await onServer(server, `drop database if exists ${TEMPLATE} with (force)`, `create database ${TEMPLATE}`);
  const template = urlOf(server, TEMPLATE);
  await applyMigrations({ url: template });
  await migrateQueueSchema(template);
}

async function openPostgres(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "") return { url: given, close: async () => {} };
  const dataDir = await makeDataDir();
  const server = await startEmbeddedPostgres({ dataDir, logger: silent });
  // The data is thrown away at the end: nothing is lost by not waiting for the disk.
  await onServer(server.url, "alter system set fsync = off", "select pg_reload_conf()");
  return {
    url: server.url,
    async close() {
      await server.release();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
