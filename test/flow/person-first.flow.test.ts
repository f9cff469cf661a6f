import { expect, it } from "vitest";
import { importPeople } from "../support/imports.ts";
import { people } from "../support/outbox.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const BATCH = 60;

describeOnBackends("a sync that a person waits for", ({ redisUrl }) => {
  it("reads, confirms and ends before the imports of a large batch, which go on after it", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    const creations = () =>
      world.sandbox.requests.filter(({ method, path }) => method === "POST" && path === "/applicants");
    await world.sync("applications");
    const gone = world.sandbox.data.applications.ids().slice(0, 4);
    for (const id of gone) world.sandbox.data.applications.remove(id);
    await importPeople(world, people(BATCH), true);
    const slowly = { KELIO_REQUESTS_PER_MINUTE: "300" };
    await world.worker(slowly);
    await waitFor("some are sent", () => creations().length > 0);
    const before = creations().length;
    const { code, stdout } = await world.run(["sync", "applications"], slowly);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/proven/) });
    // One request that was in flight or next when each of its requests was enqueued.
    expect(creations().length - before).toBeLessThan(BATCH / 2);
    expect(await world.database.application.count({ where: { deleted_at: { not: null } } })).toBe(gone.length);
    await waitFor("all are sent", () => creations().length === BATCH);
  }, 150_000);
});
