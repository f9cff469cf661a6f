import { describe, expect, it } from "vitest";
import { claimFreshMirror } from "../support/fresh-mirror.ts";
import { importPeople } from "../support/imports.ts";
import { people, statesOf } from "../support/outbox.ts";
import { startSlowTcp, startSlowTls } from "../support/slow-server.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

describe("a creation whose connection is slow", () => {
  it.each([
    ["a TLS handshake", startSlowTls],
    ["a SYN without an answer", startSlowTcp],
  ])(
    "is not sent once imports are held meanwhile, and once they are released it is sent once (%s)",
    async (_, start) => {
      const world = await openWorld();
      const slow = await start(world.sandbox.url);
      await claimFreshMirror(world.database, world.account);
      await importPeople(world, people(1), true);
      const worker = await world.worker({ ...slow.env, KELIO_API_URL: slow.url });
      await waitFor("an import that is claimed", async () => (await statesOf(world))[0] === "sending");
      expect(await world.run(["imports", "hold", "--all"])).toMatchObject({ code: 0, stderr: "" });
      slow.answer();
      await waitFor("an import that is held", async () => (await statesOf(world))[0] === "held (kill_switch)");
      expect(world.sandbox.requests).toEqual([]);
      expect(await world.database.apiRequest.count({ where: { method: "POST" } })).toBe(0);
      expect(await world.run(["imports", "release", "--all"])).toMatchObject({ code: 0 });
      await waitFor("an import that is done", async () => (await statesOf(world))[0] === "done");
      expect(world.sandbox.effects).toHaveLength(1);
      worker.kill("SIGTERM");
      expect(await worker.ended).toMatchObject({ code: 0 });
    },
  );
});
