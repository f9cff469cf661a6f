import { rm } from "node:fs/promises";
import { escapeIdentifier, escapeLiteral } from "pg";
import type { TestProject } from "vitest/node";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import { migrateQueueSchema } from "../../src/queue/schema.ts";
import { redisInstalled } from "./installed.ts";
import type { TestPgBouncer } from "./pgbouncer.ts";
import { startPostgres15 } from "./postgres-15.ts";
import { makeDataDir, onServer, TEMPLATE, urlOf } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { silent } from "./silent.ts";
import { loginTo } from "./variant-login.ts";
import { prepareVariant, variantOf } from "./variants.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The server of the whole test run; `test/support/postgres.ts` makes databases in it. */
    postgresUrl: string;
    /** Null where no redis-server is installed. */
    redisUrl: string | null;
    /** `host:port` of the pooler through which `createTestDatabase` leads; null: straight to the server. */
    pooler: string | null;
    /** The Redis that holds the queue where a test asks for neither backend; null: Postgres. */
    queueUrl: string | null;
  }
}

/**
 * One Postgres (TEST_DATABASE_URL, one of the variant that the project stands for, or an embedded one) and one Redis
 * for the whole run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const variant = variantOf(project.name);
  const postgres = await (variant?.postgres === "15" ? openPostgres15() : openPostgres());
  let pooler: TestPgBouncer | null = null;
  try {
    pooler = variant === null ? null : await prepareVariant(postgres.url, variant);
    await prepareTemplate(postgres.url, pooler !== null);
    project.provide("pooler", pooler === null ? null : new URL(pooler.through(postgres.url)).host);
    const redis = redisInstalled() ? await startRedis() : null;
    project.provide("postgresUrl", postgres.url);
    project.provide("redisUrl", redis?.url ?? null);
    project.provide("queueUrl", variant?.pool === "transaction" ? (redis?.url ?? null) : null);
    return async () => {
      await redis?.stop();
      await pooler?.stop();
      await postgres.close();
    };
  } catch (error) {
    // Vitest calls no teardown after a set-up that failed.
    await pooler?.stop();
    await postgres.close();
    throw error;
  }
}

async function prepareTemplate(server: string, ofVariant: boolean): Promise<void> {
  const login = ofVariant ? loginTo(server) : server;
  const owner = escapeIdentifier(new URL(login).username);
  await onServer(
    server,
    `drop database if exists ${TEMPLATE} with (force)`,
    `create database ${TEMPLATE} owner ${owner}`,
  );
  const template = urlOf(login, TEMPLATE);
  await applyMigrations({ url: template });
  await migrateQueueSchema(template);
}

async function openPostgres15() {
  const { url, remove } = await startPostgres15({});
  return { url, close: remove };
}

async function openPostgres(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const url = process.env["TEST_DATABASE_URL"];
  if (url !== undefined && url !== "") return { url, close: async () => {} };
  const dataDir = await makeDataDir();
  const server = await startEmbeddedPostgres({ dataDir, logger: silent });
  const { username, password } = new URL(server.url);
  await onServer(
    server.url,
    // The data is thrown away at the end: nothing is lost by not waiting for the disk.
    "alter system set fsync = off",
    "alter system set full_page_writes = off",
    "select pg_reload_conf()",
    // Tests connect thousands of times, and the proof of the password costs the client 4,096 hashes by default.
    "set scram_iterations = 1",
    `alter role ${escapeIdentifier(username)} password ${escapeLiteral(password)}`,
  );
  return {
    url: server.url,
    async close() {
      await server.release();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
