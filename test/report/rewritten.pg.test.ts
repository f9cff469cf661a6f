import { describe, expect, it } from "vitest";
import { inTransaction, raw } from "../../src/database/client.ts";
import { makeFacts } from "../../src/report/facts.ts";
import { setCategories } from "../../src/report/statuses.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { insertLives, randomLives } from "./histories.ts";
import { differing, insertRow, KEPT, type Row } from "./rows.ts";

const database = useDatabase();

const FIRST: Row = {
  status: "Nouveau",
  status_changed_at: "2026-03-02T10:00:00Z",
  status_history: null,
  created_at: "2026-03-01T10:00:00Z",
  deleted_at: null,
  campaign_id: 1,
  applicant_id: 2,
  entity_id: 3,
  source: "indeed",
  is_complete: false,
  current_stage: "survey",
  first_seen_at: "2026-03-03T10:00:00Z",
  changed_at: "2026-03-03T10:00:00Z",
};
const LATER: Row = {
  status: "Embauché",
  status_changed_at: "2026-03-04T23:30:00Z",
  status_history: [{ value: "Entretien", date: "2026-02-28T12:00:00Z" }],
  created_at: "2026-02-01T23:30:00Z",
  deleted_at: "2026-04-01T00:00:00Z",
  campaign_id: 11,
  applicant_id: 12,
  entity_id: 13,
  source: "linkedin",
  is_complete: true,
  current_stage: "pitch",
  first_seen_at: "2026-02-27T10:00:00Z",
};

async function count(table: string, account: string): Promise<number> {
  const [row] = await database().$queryRaw<[{ n: number }]>`
    select count(*)::int as n from public.${raw(table)} where account = ${account}`;
  return row.n;
}

it("an application whose values change, one or all of them, has the facts of one that always had them", async () => {
  const changes = [...Object.keys(LATER).map((name) => [name]), Object.keys(LATER)];
  for (const [id, names] of changes.entries()) {
    const values = Object.fromEntries(names.map((name) => [name, LATER[name]]));
    await insertRow(database(), "application", { account: "fresh", id, ...FIRST, ...values, ...KEPT });
    await insertRow(database(), "application", { account: "changed", id, ...FIRST, ...KEPT });
    const columns = raw(names.join(", "));
    await database().$executeRaw`
      update public.application set (${columns}) = (
        select ${columns} from jsonb_populate_record(null::public.application, ${JSON.stringify(values)}::jsonb))
      where account = 'changed' and id = ${id}`;
    expect({ names, differing: await differing(database(), "changed", "fresh") }).toEqual({ names, differing: [] });
  }
  expect(await count("application_fact", "changed")).toBe(changes.length);
});

it("an account that moves to another time zone has the days of one that was always there", async () => {
  const account = { kind: "sandbox", environment: "test", api_host: "127.0.0.1" };
  await insertRow(database(), "account", { ...account, account: "moved", timezone: "Europe/Paris" });
  await insertRow(database(), "account", { ...account, account: "there", timezone: "America/St_Johns" });
  const lives = randomLives(20_261_127, 300);
  for (const name of ["moved", "there"]) {
    await insertLives(database(), name, lives);
    // More than one batch.
    await database().$executeRaw`
      insert into public.application (account, id, status, created_at, first_seen_at, raw, hash)
      select ${name}, 10000 + n, 'Nouveau', '2026-03-01T23:30:00Z', '2026-03-02', '{}', '' from generate_series(1, 2500) n`;
  }
  expect(await differing(database(), "moved", "there")).toEqual([
    "application_fact",
    "application_step",
    "application_state",
  ]);
  await database().$executeRaw`update public.account set timezone = 'America/St_Johns' where account = 'moved'`;
  expect(await differing(database(), "moved", "there")).toEqual([]);
});

describe("random histories", () => {
  it("have the same facts, steps and states whether they are made at once or later", async () => {
    const lives = randomLives(20_261_129, 1_500);
    await insertLives(database(), "once", lives);
    await inTransaction(database(), async (tx) => {
      await tx.$executeRaw`select set_config('applicant_sync.facts', 'later', true)`;
      await insertLives(tx, "noted", lives);
    });
    await makeFacts(database(), "noted");
    expect(await differing(database(), "noted", "once")).toEqual([]);
    expect(await count("application_fact", "noted")).toBe(lives.length);
  });

  it("have the same facts whether the categories of their statuses are known before or set later, at once or in the background", async () => {
    const lives = randomLives(20_261_130, 700);
    const categories = new Map([
      ["Vivier", "refused"],
      ["Offre", "hired"],
      ["Entretien final", null],
      ["Refus : poste pourvu", null],
      ["Embauché", null],
      ["Refusé", "new"],
    ]);
    const rows = JSON.stringify([...categories].map(([status, category]) => ({ status, category })));
    const known = raw(`jsonb_to_recordset('${rows}'::jsonb) as k (status text, category text)`);
    await database().$executeRaw`
      insert into public.status_category (account, status, category, is_guessed)
      select 'known', status, category, false from ${known}`;
    for (const account of ["known", "set", "sql", "other"]) {
      await insertLives(database(), account, lives);
      // What is set changes since when it is closed, and nothing else.
      const closed = ["Refus définitif", "Refus : poste pourvu", "Refus définitif"];
      const status_history = closed.map((value, day) => ({ value, date: `2026-03-0${day + 1}` }));
      const row = {
        status: "Refus définitif",
        status_history,
        created_at: "2026-03-01",
        first_seen_at: "2026-03-06",
        ...KEPT,
      };
      await insertRow(database(), "application", { account, id: 90_000, ...row });
    }
    await setCategories(database(), "set", categories, PERSON);
    await database().$executeRaw`
      update public.status_category c set category = k.category from ${known} where c.account = 'sql' and c.status = k.status`;
    expect(await differing(database(), "known", "set")).toEqual([]);
    expect(await differing(database(), "known", "sql")).toEqual([]);
    // Nothing was set there.
    await insertLives(database(), "guessed", lives);
    await database().$executeRaw`delete from public.application where account = 'other' and id = 90000`;
    expect(await differing(database(), "other", "guessed")).toEqual([]);
  });
});

it("nothing is left of rows that are removed, and nothing of others goes with them", async () => {
  const tables = ["application_fact", "application_step", "application_state", "pending_fact"];
  for (const account of ["removed", "kept"])
    for (const id of [1, 2]) await insertRow(database(), "application", { account, id, ...FIRST, ...KEPT });
  const counts = async (account: string) => Promise.all(tables.map((table) => count(table, account)));
  const [facts, steps, states] = await counts("kept");
  await database().$executeRaw`delete from public.application where account = 'removed'`;
  expect(await counts("removed")).toEqual([0, 0, 0, 0]);
  expect(await counts("kept")).toEqual([facts, steps, states, 0]);
  expect([facts, steps]).toEqual([2, 2]);
  await database().$executeRaw`insert into public.pending_fact (account, application_ids) values ('kept', '{1}')`;
  await database().$executeRaw`truncate public.application`;
  expect(await counts("kept")).toEqual([0, 0, 0, 0]);
});
