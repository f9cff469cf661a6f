import { describe, expect, it } from "vitest";
import { importSubjects, plainSubjects } from "../support/fault-people.ts";
import { openWorld, type World } from "../support/world.ts";

interface Found {
  readonly database: string;
  readonly alerts: readonly { readonly code: string; readonly detail: string }[];
}

async function status(world: World, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await world.run(["status", "--json", ...words], env);
  const found: Found = stdout === "" ? { database: "", alerts: [] } : JSON.parse(stdout);
  return { code, stderr, database: found.database, codes: found.alerts.map((alert) => alert.code), found };
}

describe("status --max-age", () => {
  it("exits with 1 and a line for each thing that somebody must act on, and with 0 once nobody must", async () => {
    const env = { KELIO_SCOPES: "campaigns_read,applicants_write", CAMPAIGNS_CRON: "0 2 * * *" };
    const world = await openWorld({ env: { ...env, TIMEZONE: "Asia/Kolkata" } });
    await importSubjects(world, plainSubjects("customer", ["one@example.org"]));
    await world.run(["imports", "hold", "--all", "--reason", "wrong offers"]);
    const first = await status(world, ["--max-age", "26h"]);
    expect(first).toMatchObject({
      code: 1,
      codes: ["kill_switch", "imports_need_person", "never_synced", "no_worker"],
      database: expect.stringMatching(/^127\.0\.0\.1:\d+\/\w+$/),
    });
    expect((await status(world, [])).code).toBe(0);
    const wrong = await status(world, ["--max-age", "26"]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/90m, 26h or 2d/) });

    await world.run(["imports", "release", "--all"]);
    await world.sync("campaigns");
    await world.database.$executeRaw`update public.sync_run set started_at = started_at - interval '27 hours'`;
    const text = await world.run(["status", "--max-age", "26h"], env);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(
      /Somebody must act:\n {2}mirror: stale: campaigns 27 h old, more than 26 h\. .*\n {2}workers: none/,
    );
    // The last run and its row: in the time zone that is set.
    expect(text.stdout).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+05:30/);
    expect(text.stdout).not.toMatch(/\d\dT\d\d:\d\d:\d\d.*Z/);

    await world.workerHere(env);
    const running = await status(world, ["--max-age", "2d"], env);
    expect(running).toMatchObject({ code: 0, codes: [] });
  });
});
