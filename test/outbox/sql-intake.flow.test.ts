import { expect, it } from "vitest";
import { connect } from "../support/inbox.ts";
import { statesOf } from "../support/outbox.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

describeOnBackends("two workers", ({ redisUrl }) => {
  it("create each person once whom another application inserts by SQL", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    await Promise.all([world.workerHere(), world.workerHere()]);
    const client = await connect(world);
    await client.query("begin");
    await client.query(
      `insert into import_inbox (account, email, key, resume)
        select $1, 'p' || n || '@example.org', 'k' || n, case n when 1 then $2::bytea end from generate_series(1, 20) n`,
      [world.account, Buffer.from("%PDF-1.7\n%%EOF")],
    );
    expect(world.sandbox.effects).toEqual([]);
    await client.query("commit");
    await waitFor(
      "all are done",
      async () => (await statesOf(world)).filter((state) => state === "done").length === 20,
    );
    expect(world.sandbox.effects.map(({ email }) => email).toSorted()).toEqual(
      Array.from({ length: 20 }, (_, n) => `p${n + 1}@example.org`).toSorted(),
    );
    expect(world.sandbox.mails).toHaveLength(20);
    expect(world.sandbox.effects.find(({ email }) => email === "p1@example.org")?.resume).toEqual({
      bytes: 14,
      mime_type: "pdf",
    });
  });
});
