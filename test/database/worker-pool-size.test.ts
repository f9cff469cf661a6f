import { expect, it } from "vitest";
import { workerPoolSize, type PostgresFacts } from "../../src/database/facts.ts";

const facts = (limit: number, limitedBy: PostgresFacts["connections"]["limitedBy"]): PostgresFacts => ({
  reach: limitedBy === "pooler" ? "session pooler" : "direct",
  version: 180_000,
  role: "worker",
  overridden: [],
  connections: { free: limit, limit, limitedBy },
});

it.each([
  // Beside the pool: one for notices, one that a command finds, and three of the queue in Postgres.
  ["role", 7, 2, 5],
  ["role", 10, 5, 8],
  ["database", 12, 7, 10],
  ["server", 100, 10, 10],
  // It is less than a worker needs, which refuses to start.
  ["role", 3, 2, 2],
  // Only as many were tried as are needed.
  ["pooler", 7, 10, 10],
] as const)(
  "where the %s allows %d connections, the pool of a worker opens %d, with REDIS_URL %d",
  (limitedBy, limit, queued, redis) => {
    expect(workerPoolSize(facts(limit, limitedBy), true)).toBe(queued);
    expect(workerPoolSize(facts(limit, limitedBy), false)).toBe(redis);
  },
);
