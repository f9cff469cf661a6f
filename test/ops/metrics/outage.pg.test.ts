import { expect, onTestFinished, test } from "vitest";
import { applyMigrations } from "../../../src/database/migrations/migrations.ts";
import { startPostgres } from "../../support/postgres.ts";
import { describeWithRedis, startRedis } from "../../support/redis.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openWorld } from "../../support/world.ts";
import { scrape, serveMetrics, valuesOf } from "./support.ts";

describeWithRedis("a scrape of a worker", () => {
  test("says that the database is gone or the queue hangs, with what is still known, and that they are back", async () => {
    const postgres = await startPostgres();
    onTestFinished(postgres.remove);
    await applyMigrations({ url: postgres.url });
    const redis = await startRedis();
    onTestFinished(redis.stop);
    const world = await openWorld({ databaseUrl: postgres.url, redisUrl: redis.url });
    const url = await serveMetrics(world);
    const up = async () => {
      const text = await scrape(url);
      return [valuesOf(text, "database_up")[""], valuesOf(text, "queue_up")[""]];
    };
    expect(await up()).toEqual([1, 1]);

    process.kill(redis.pid, "SIGSTOP");
    const hanging = await scrape(url);
    process.kill(redis.pid, "SIGCONT");
    expect(valuesOf(hanging, "queue_up")).toEqual({ "": 0 });
    expect(valuesOf(hanging, "queue_jobs")).toEqual({});
    expect(valuesOf(hanging, "imports")).toMatchObject({ 'state="ready"': 0 });

    await postgres.stop();
    const gone = await scrape(url);
    expect(valuesOf(gone, "database_up")).toEqual({ "": 0 });
    expect(valuesOf(gone, "imports")).toEqual({});
    expect(Object.keys(valuesOf(gone, "process_resident_memory_bytes"))).toEqual([""]);

    await postgres.start();
    await waitFor("both are back", async () => (await up()).join() === "1,1");
  });
});
