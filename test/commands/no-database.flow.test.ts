import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { withClient } from "../../src/database/connect.ts";
import { createEmptyDatabase } from "../support/postgres.ts";
import { openWorld, type World } from "../support/world.ts";

/** Commands that work on what is there. */
const ACTING = ["status", "imports retry 1", "imports hold --all", "database copy-to postgresql://app@127.0.0.1:9/ats"];
const ALL = [
  ...ACTING,
  "review",
  "imports list",
  "imports show 1",
  "imports drop 1",
  "imports dismiss 1",
  "imports resolve 1 --absent",
  "imports hold 1",
  "imports release --source website",
  "imports release --all",
];

const ENV = { KELIO_SCOPES: "campaigns_read", AUTO_MIGRATE: "off" };

async function expectRefused(world: World, commands: readonly string[], message: string): Promise<void> {
  const ended = await Promise.all(
    commands.map(async (command) => ({ command, ...(await world.run(command.split(" "))) })),
  );
  const refused = { code: 1, stdout: "", stderr: expect.stringContaining(message) };
  expect(ended).toMatchObject(commands.map((command) => ({ command, ...refused })));
}

describe("where there is no database yet, a command", () => {
  it("says where it looked and creates nothing, or looks into an empty database that it removes", async () => {
    const world = await openWorld({ env: { ...ENV, DATABASE_URL: "" } });
    await expectRefused(world, ALL, "There is no database yet in ");
    const [plan, doctor] = await Promise.all([
      world.run(["plan"]),
      world.run(["doctor"], { CAMPAIGNS_CRON: "0 2 * * *" }),
    ]);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining("database: none yet in ") });
    expect(doctor).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/none yet in [^]*scope campaigns_read +ok/),
    });
    expect(await readdir(world.env["DATA_DIR"] ?? "").catch(() => [])).toEqual([]);
  });

  it("creates no table in a configured Postgres either", async () => {
    const empty = await createEmptyDatabase();
    onTestFinished(empty.drop);
    const world = await openWorld({ env: { ...ENV, DATABASE_URL: empty.url } });
    const { host, pathname } = new URL(empty.url);
    await expectRefused(world, ACTING, `${host}${pathname} has no tables of applicant-sync yet`);
    const file = join(world.env["DATA_DIR"] ?? "", "people.csv");
    await writeFile(file, "email,first_name,last_name\nada@example.org,Ada,Example\n");
    const [plan, doctor, dryRun] = await Promise.all([
      world.run(["plan"]),
      world.run(["doctor"], { CAMPAIGNS_CRON: "0 2 * * *" }),
      world.run(["import", file, "--dry-run", "--json", "--source", "website"]),
    ]);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining("database: no tables yet in ") });
    expect(doctor.stdout).toMatch(/no tables yet in [^]*scope campaigns_read +ok/);
    expect(JSON.parse(dryRun.stdout)).toMatchObject({ file, imported: null });
    const tables = await withClient(empty.url, (client) =>
      client.query("select from pg_tables where schemaname = 'public'"),
    );
    expect(tables.rowCount).toBe(0);
  });

  it("copies nothing from a database that never held anything, and leaves the target empty", async () => {
    const [source, target] = [await createEmptyDatabase(), await createEmptyDatabase()];
    onTestFinished(source.drop);
    onTestFinished(target.drop);
    const world = await openWorld({ env: { DATABASE_URL: source.url } });
    await world.run(["migrate"]);
    const { code, stderr } = await world.run(["database", "copy-to", target.url]);
    const { host, pathname } = new URL(source.url);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`The database to copy from (${host}${pathname}) holds nothing yet`),
    });
    const tables = await withClient(target.url, (client) =>
      client.query("select from pg_tables where schemaname = 'public'"),
    );
    expect(tables.rowCount).toBe(0);
  });
});
