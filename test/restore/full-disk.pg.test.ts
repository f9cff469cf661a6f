import { describe, expect, it, onTestFinished } from "vitest";
import { smallDiskNote, startOnSmallDisk } from "../support/full-disk.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

describe.skipIf(smallDiskNote() !== "")(`a sync whose Postgres has a full disk${smallDiskNote()}`, () => {
  it("says so, goes on by itself when there is room, and is proven", async () => {
    const disk = await startOnSmallDisk();
    onTestFinished(disk.remove);
    const world = await openWorld({
      databaseUrl: disk.url,
      sandbox: { applications: 1_500, latency: { min: 50, max: 50 } },
    });
    const syncing = world.sync();
    await waitFor("a page that was read", async () => (await world.database.syncPage.count().catch(() => 0)) > 0);
    await disk.fill();
    await waitFor("a job that meets the full disk", () =>
      world.log.some((line) => line.includes("database_disk_full")),
    );
    await disk.free();
    expect(await syncing).toMatchObject([{ state: "proven" }, { state: "proven", rows: 1_500 }]);
    expect(await world.mirror()).toEqual(world.source());
  });

  it("ends with a sentence where there was no room from the beginning, and leaves nothing half-done", async () => {
    const disk = await startOnSmallDisk();
    onTestFinished(disk.remove);
    const world = await openWorld({ databaseUrl: disk.url, sandbox: { applications: 60 } });
    await disk.fill();
    const refused = await world.run(["sync"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/disk of Postgres is full/) });
    expect(refused.stderr).not.toMatch(/ at .*\.[jt]s:\d+/);
    await disk.free();
    expect(await world.sync()).toMatchObject([{ state: "proven" }, { state: "proven", rows: 60 }]);
  });
});
