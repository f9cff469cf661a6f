import { defineConfig } from "vitest/config";

const tests = {
  globalSetup: ["test/support/services.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/**
 * What runs once more where the database is as somebody may have it (test/support/variants.ts): `vitest run --mode variants`.
 * Traits are paired rather than multiplied, and the second variant has the parts that read and write values.
 */
const VARIANTS = [
  {
    name: "transaction",
    include: [
      "test/{mirror,sync}/**/*.pg.test.ts",
      "test/outbox/{add,drafts,faults,hold,policies,sql-intake}.pg.test.ts",
    ],
  },
  {
    name: "session",
    include: [
      "test/mirror/**/*.pg.test.ts",
      "test/sync/{details,nested,truth}.pg.test.ts",
      "test/outbox/{add,hold,policies,sql-intake}.pg.test.ts",
    ],
  },
];

export default defineConfig(({ mode }) => ({
  test: {
    projects: [
      { test: { ...tests, name: "default", include: ["test/**/*.test.ts"] } },
      ...(mode === "variants" ? VARIANTS.map((variant) => ({ test: { ...tests, ...variant } })) : []),
    ],
  },
}));
