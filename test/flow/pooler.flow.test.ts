import { expect, inject, it, onTestFinished } from "vitest";
import { startPgBouncer } from "../support/pgbouncer.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { describeWithRedis } from "../support/redis.ts";
import { openWorld } from "../support/world.ts";

describeWithRedis("two workers and a command behind PgBouncer in transaction mode", () => {
  it("mirror each list into its table, over a restart, with no row in the table of another", async () => {
    const { url, drop } = await createTestDatabase();
    const bouncer = await startPgBouncer(inject("postgresUrl"), { pool_mode: "transaction" });
    const world = await openWorld({ databaseUrl: bouncer.through(url), redisUrl: inject("redisUrl") });
    onTestFinished(async () => {
      await bouncer.stop();
      await drop();
    });
    const [first] = [await world.worker(), await world.worker()];
    await world.sync();
    expect(await world.mirror()).toEqual(world.source());
    first.kill("SIGKILL");
    await world.worker();
    await world.sync();
    expect(await world.mirror()).toEqual(world.source());
  });
});
