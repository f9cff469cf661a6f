import { describe, inject, onTestFinished } from "vitest";
import { hang } from "./inbox.ts";
import { noteOn, pgBouncerInstalled } from "./installed.ts";
import { startPgBouncer } from "./pgbouncer.ts";
import { asSuperuser, createTestDatabase } from "./postgres.ts";
import { describeOnBackends, redisNote, type BackendUnderTest } from "./redis.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** The backend and database on which a test of the outbox runs. */
export interface Setup {
  readonly name: "postgres" | "redis" | "pooled";
  readonly open: (options: WorldOptions) => Promise<World>;
  /** Where clients of the SQL intake hang, one that has inserted this person; elsewhere nobody. */
  readonly hang: (world: World, email: string, onEnd?: WorldOptions["onEnd"]) => Promise<void>;
}

/**
 * Declares the same tests for both queue backends, and for a database behind PgBouncer in transaction mode, with the queue
 * on Redis, while clients of the SQL intake hang: skipped, by name, where a program is missing.
 */
export function describeOnSetups(name: string, declare: (setup: Setup) => void): void {
  describeOnBackends(name, (under) => {
    declare(onBackend(under));
  });
  const note = noteOn("pgbouncer", pgBouncerInstalled()) + redisNote();
  describe.skipIf(note !== "")(`${name} (behind PgBouncer, while clients of the SQL intake hang)${note}`, () => {
    declare({ name: "pooled", open: openPooled, hang: hangBeside });
  });
}

/** A database that is reached directly, where nobody hangs. */
function onBackend({ backend, redisUrl }: BackendUnderTest): Setup {
  return { name: backend, open: (options) => openWorld({ redisUrl: redisUrl(), ...options }), hang: async () => {} };
}

async function openPooled(options: WorldOptions): Promise<World> {
  const { onEnd = onTestFinished } = options;
  const { url, drop } = await createTestDatabase();
  onEnd(drop);
  const bouncer = await startPgBouncer(inject("postgresUrl"), { pool_mode: "transaction" });
  onEnd(bouncer.stop);
  const world = await openWorld({ ...options, redisUrl: inject("redisUrl"), databaseUrl: bouncer.through(url) });
  await hangBeside(world, "other@example.org", onEnd);
  return world;
}

async function hangBeside({ env, account }: World, email: string, onEnd: WorldOptions["onEnd"] = onTestFinished) {
  const client = await hang(asSuperuser(env["DATABASE_URL"] ?? ""), account, email);
  onEnd(() => client.end());
}
