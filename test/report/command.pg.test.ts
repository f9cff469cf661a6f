import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client, types } from "pg";
import { expect, it } from "vitest";
import { QUESTIONS, type Question } from "../../src/report/questions.ts";
import { openWorld, type World } from "../support/world.ts";
import { cellsOf } from "./workbook.ts";

const KINDS: Readonly<Record<number, string>> = {
  [types.builtins.DATE]: "day",
  [types.builtins.TIMESTAMPTZ]: "moment",
};

async function synced(): Promise<World> {
  const world = await openWorld({ sandbox: { applications: 120 } });
  await world.sync();
  return world;
}

it("lists twelve questions, and answers one from what was synced, as a table and as JSON", async () => {
  const world = await synced();
  const list = await world.run(["report"]);
  const names = list.stdout
    .split("\n")
    .slice(1)
    .flatMap((line) => /^\w+/.exec(line)?.[0] ?? []);
  expect(names).toHaveLength(12);
  // All of them are asked by the role of grant.pg.test.ts.
  for (const name of names.slice(0, 2)) {
    const { code, stdout } = await world.run(["report", name, "--json"]);
    expect({ name, code, answer: JSON.parse(stdout) }).toMatchObject({ name, code: 0, answer: { name } });
  }
  const funnel = await world.run(["report", "funnel"], { LANGUAGE: "fr" });
  expect(funnel.stdout).toMatch(/^Combien de candidatures atteignent chaque étape \?\nétape .*\nNouvelle/);
  expect(funnel.stdout).toMatch(/^Embauche /m);
});

it("answers as of a day, and says of what it cannot", async () => {
  const world = await synced();
  const before = await world.run(["report", "funnel", "--as-of", "2001-01-31", "--json"]);
  expect(JSON.parse(before.stdout)).toMatchObject({ rows: [] });
  const now = await world.run(["report", "sources", "--as-of", "2099-12-31", "--json"]);
  const { rows }: { rows: [string, number][] } = JSON.parse(now.stdout);
  expect(rows.reduce((sum, [, applications]) => sum + applications, 0)).toBe(120);
  expect(await world.run(["report", "hires", "--as-of", "2026-01-31"])).toMatchObject({ code: 2 });
  expect(await world.run(["report", "funnel", "--as-of", "31 février"])).toMatchObject({ code: 2 });
  expect(await world.run(["report", "funel"])).toMatchObject({ code: 2 });
});

it("writes files that a French spreadsheet opens, without a formula, and overwrites none", async () => {
  const world = await synced();
  const { account, database, env } = world;
  await database.application.updateMany({ where: { account }, data: { source: '=HYPERLINK("https://example.org")' } });
  const file = (name: string) => join(env["DATA_DIR"] ?? "", name);
  expect(await world.run(["report", "sources", "--csv", file("s.csv")], { LANGUAGE: "fr" })).toMatchObject({ code: 0 });
  const text = await readFile(file("s.csv"), "utf8");
  expect(text).toMatch(/^\uFEFFprovenance;candidatures;/);
  expect(text).toContain("'=HYPERLINK");
  expect(text).toMatch(/;"\d+,\d";/);
  expect(await world.run(["report", "sources", "--csv", file("s.csv")])).toMatchObject({ code: 2 });
  expect(await world.run(["report", "hires", "--xlsx", file("h.xlsx")])).toMatchObject({ code: 0 });
  expect(await cellsOf(file("h.xlsx"))).toContain("average days to hire");
});

it("takes no text for a day or a moment, whatever it looks like, and no day for a text", async () => {
  const world = await synced();
  const { account, database, env } = world;
  const names = ["2026-02-30", "9999-99-99T10:00:00", "2026-02-03T10:00:00Z", "x".repeat(40_000)];
  const ids = (await database.application.findMany({ where: { account }, orderBy: { id: "asc" } })).map(({ id }) => id);
  for (const [i, source] of names.entries())
    await database.application.updateMany({ where: { account, id: { equals: ids[i] ?? 0n } }, data: { source } });
  const shown = await world.run(["report", "sources", "--json"]);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    rows: expect.arrayContaining(names.map((name) => expect.arrayContaining([name]))),
  });
  const file = (name: string) => join(env["DATA_DIR"] ?? "", name);
  await world.run(["report", "sources", "--xlsx", file("s.xlsx")]);
  // A workbook with a longer text is broken to Excel.
  expect(await cellsOf(file("s.xlsx"))).toEqual(expect.arrayContaining([...names.slice(0, 3), "x".repeat(32_767)]));
  await world.run(["report", "applications", "--xlsx", file("a.xlsx")]);
  const [{ month }] = await database.$queryRaw<[{ month: Date }]>`
    select month from report.applications_by_month where account = ${account} order by month desc limit 1`;
  const cells = await cellsOf(file("a.xlsx"));
  expect(cells[6]).toBe(Date.parse(month.toISOString()) / 86_400_000 + 25_569);
});

it("knows of every column of an answer whether it is a day or a moment", async () => {
  const world = await openWorld();
  const client = new Client({ connectionString: world.env["DATABASE_URL"] });
  await client.connect();
  try {
    for (const { sql, columns, asOf } of Object.values<Question>(QUESTIONS))
      for (const [asked, values] of [
        [{ sql, columns }, [""]],
        [asOf, ["", new Date()]],
      ] as const) {
        if (asked === undefined) continue;
        const { fields } = await client.query(asked.sql, [...values]);
        const found = fields.map(({ name, dataTypeID }) => [name, KINDS[dataTypeID]]);
        expect(found).toEqual(Object.entries(asked.columns).map(([name, { is }]) => [name, is]));
      }
  } finally {
    await client.end();
  }
});

it("shows the statuses with their categories, and counts by what a person corrects", async () => {
  const world = await synced();
  const { account, database } = world;
  await database.application.updateMany({ where: { account, status: "offer" }, data: { status: "Vivier" } });
  const shown = await world.run(["report", "statuses"]);
  expect(shown.stdout).toMatch(/Vivier +not mapped +no word of it is known/);
  expect(shown.stdout).toMatch(/Map it with: applicant-sync report statuses --set "Vivier=refused"$/m);
  expect(shown.stdout).toMatch(/rejected +refused +guessed/);
  const french = await world.run(["report", "statuses"], { LANGUAGE: "fr" });
  expect(french.stdout).toMatch(/^statut +catégorie[^]*Vivier +non classé/);
  const set = await world.run(["report", "statuses", "--set", "Vivier=Refused", "--why", "a pool for later"]);
  expect(set.stdout).toMatch(/Vivier +refused +set/);
  const open = await database.$queryRaw`select from report.application where status = 'Vivier' and is_open`;
  expect(open).toEqual([]);
  const none = await world.run(["report", "statuses", "--set", "Vivier=none"]);
  expect(none.stdout).toMatch(/Vivier +not mapped +set/);
  expect(none.stdout).not.toContain("Map it with");
  expect(await world.run(["report", "statuses", "--set", "Nope=hired"])).toMatchObject({ code: 2 });
  expect(await world.run(["report", "statuses", "--set", "Vivier=gone"])).toMatchObject({ code: 2 });
  const decisions = await database.audit.findMany({
    where: { account, what: "statuses_mapped" },
    orderBy: { id: "asc" },
  });
  expect(decisions).toMatchObject([
    { why: "a pool for later", facts: { Vivier: "refused" } },
    { facts: { Vivier: null } },
  ]);
});

it("shows how far the reports are recomputed, where that takes its time", async () => {
  const world = await openWorld();
  await world.database.$executeRaw`
    insert into public.application (account, id, status, raw, hash)
    select ${world.account}, id, 'Vivier', '{}', '' from generate_series(1, 10000) as id`;
  const set = world.cli(["report", "statuses", "--set", "Vivier=refused"]);
  expect(await set.ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Vivier +refused +set +10,?000/),
    stderr: expect.stringMatching(/ 100 % \| 10,000 of 10,000 applications recomputed for reports/),
  });
});
