import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { noteOn, pgBouncerInstalled, postgres15Installed, redisInstalled } from "./test/support/installed.ts";
import { LongestFirst } from "./test/support/longest-first.ts";

const tests = {
  alias: {
    "@prisma/client/runtime/query_compiler_small_bg.postgresql.mjs": fileURLToPath(
      new URL("test/support/shared-compiler.ts", import.meta.url),
    ),
  },
  globalSetup: ["test/support/services.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Loading what a file imports costs a second of CPU, paid once by each worker: nothing here keeps state in a module.
  isolate: false,
};

/**
 * What runs once more where the database is as somebody may have it (test/support/variants.ts): `vitest run --mode variants`.
 * Traits are paired rather than multiplied: every fault at every step meets the first database under one set of answers of
 * the API, and the second variant has the parts that read and write values.
 */
const VARIANTS = [
  {
    name: "transaction",
    note: noteOn("pgbouncer", pgBouncerInstalled()) || noteOn("redis-server", redisInstalled()),
    include: [
      "test/{mirror,sync}/**/*.pg.test.ts",
      "test/outbox/{add,chaos,drafts,faults-pooled,hold,policies,sql-intake}.pg.test.ts",
    ],
    // No plan is kept there.
    exclude: ["test/sync/kept-plan.pg.test.ts"],
  },
  {
    name: "session",
    note: noteOn("pgbouncer", pgBouncerInstalled()) || noteOn("Postgres 15", postgres15Installed()),
    include: [
      "test/mirror/**/*.pg.test.ts",
      "test/sync/{details,nested,truth}.pg.test.ts",
      "test/outbox/{add,hold,policies,sql-intake}.pg.test.ts",
    ],
    exclude: [],
  },
];

/** A project whose programs are not all here is one test that is skipped by name. */
function projectOf({ name, note, include, exclude }: (typeof VARIANTS)[number]) {
  if (note === "") return { ...tests, name, include, exclude };
  return { name: `${name}${note}`, include: ["test/support/not-installed.ts"] };
}

export default defineConfig(({ mode }) => ({
  test: {
    // Most of the time of a test is spent waiting: for processes, for servers, for the quota.
    maxWorkers: 3 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...tests, name: "default", include: ["test/**/*.test.ts"] } },
      ...(mode === "variants" ? VARIANTS.map((variant) => ({ test: projectOf(variant) })) : []),
    ],
  },
}));
