import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createTestDatabase } from "../support/postgres.ts";
import { describeOnBackends } from "../support/redis.ts";
import { openWorld } from "../support/world.ts";

describeOnBackends("applicant-sync database copy-to", ({ redisUrl }) => {
  it("refuses while a worker runs, copies once it has stopped, and then neither database sends", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), sandbox: { applications: 60 } });
    const target = await createTestDatabase();
    onTestFinished(target.drop);
    const worker = await world.workerHere();
    const refused = await world.run(["database", "copy-to", target.url]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Stop it, then copy. Nothing was copied."),
    });
    await worker.stop();
    expect(await world.database.importControl.findMany()).toMatchObject([{ held: false }]);
    const file = join(await mkdtemp(join(tmpdir(), "applicant-sync-copy-")), "url");
    onTestFinished(() => rm(dirname(file), { recursive: true }));
    await writeFile(file, `${target.url}\n`);
    const copied = await world.run(["database", "copy-to"], { COPY_TO_URL_FILE: file });
    expect(copied).toMatchObject({ code: 0, stdout: expect.stringMatching(/\baccount +1\n[^]*imports release --all/) });
    const again = await world.run(["database", "--copy-to", target.url]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("holds rows already, in account") });
    const released = await world.run(["imports", "release", "--all"]);
    expect(released).toMatchObject({ code: 2, stderr: expect.stringContaining("copied to another Postgres") });
    const there = await world.run(["imports", "list"], { DATABASE_URL: target.url });
    expect(there.stdout).toContain("the database was copied, restored or moved");
    for (const { stdout, stderr } of [refused, copied, again]) {
      expect(stdout + stderr).not.toContain(new URL(target.url).password);
    }
  });

  it("says what is wrong with its URL, and shows none of it", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    const missing = await world.run(["database", "copy-to"]);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("COPY_TO_URL") });
    const wrong = await world.run(["database", "--copy-to", "postgresql://app:12#secret@db.example.org/x"]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("# as %23") });
    expect(wrong.stderr).not.toMatch(/secret|12/);
  });
});
