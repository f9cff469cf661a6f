import { describe, expect, it } from "vitest";
import { inTransaction, raw, type Executor } from "../../src/database/client.ts";
import { mapItems } from "../../src/mirror/items/item.ts";
import { writeItems } from "../../src/mirror/write-page.ts";
import { makeFacts } from "../../src/report/facts.ts";
import { setCategories } from "../../src/report/statuses.ts";
import { resources } from "../../src/sync/resources.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { openReader } from "../support/list-double.ts";
import { insertLives, randomLives } from "./histories.ts";

const database = useDatabase();

const applicationsOf = (status: string, ids: readonly number[]) =>
  ids.map((id) => ({
    id,
    status: { value: status, date: "2026-03-02T10:00:00Z" },
    created_at: "2026-03-01T10:00:00Z",
  }));

/** Writes a page as a run does; what the run does behind it is left to the test. */
function writePage(account: string, status: string, ids: readonly number[]) {
  const { items } = mapItems(applicationsOf(status, ids));
  return inTransaction(database(), (tx) => writeItems(tx, { account, run: 1 }, resources.applications.table, items));
}

async function reported(account: string, executor: Executor = database()): Promise<Readonly<Record<string, string>>> {
  const rows = await executor.$queryRaw<{ id: bigint; status: string }[]>`
    select application_id as id, status from report.application where account = ${account} order by 1`;
  return Object.fromEntries(rows.map(({ id, status }) => [String(id), status]));
}

async function waiting(account: string): Promise<readonly string[]> {
  const rows = await database().$queryRaw<{ id: string }[]>`
    select distinct unnest(application_ids)::text as id from public.pending_fact where account = ${account} order by 1`;
  return rows.map(({ id }) => id);
}

/** Does something in a transaction, which stays open until what it returns is called. */
async function holdOpen(work: (tx: Executor) => Promise<unknown>): Promise<() => Promise<void>> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  let done = Promise.resolve();
  await new Promise<void>((begun, failed) => {
    done = inTransaction(database(), async (tx) => {
      await work(tx);
      begun();
      await ended;
    });
    done.catch(failed);
  });
  return () => {
    end();
    return done;
  };
}

describe("the facts of a page", () => {
  it("are made before its run is seen to have ended", async () => {
    const reader = await openReader(database(), "whole");
    reader.source.items = applicationsOf("Entretien", [2, 1]).map((one) => JSON.stringify(one));
    expect((await reader.read("applications")).state).toBe("proven");
    expect(await reported("whole")).toEqual({ 1: "Entretien", 2: "Entretien" });
    reader.source.items = [];
    await reader.read("applications");
    expect(await reported("whole")).toEqual({});
    expect(await waiting("whole")).toEqual([]);
  });

  it("wait in the database for the maintenance, if the process of the run is lost", async () => {
    await writePage("lost", "Entretien", [1, 2]);
    expect(await reported("lost")).toEqual({});
    await makeFacts(database(), "lost");
    expect(await reported("lost")).toEqual({ 1: "Entretien", 2: "Entretien" });
    await writePage("lost", "Embauché", [2, 3]);
    await makeFacts(database(), "other");
    expect(await reported("lost")).toEqual({ 1: "Entretien", 2: "Entretien" });
    await makeFacts(database(), "lost");
    expect(await reported("lost")).toEqual({ 1: "Entretien", 2: "Embauché", 3: "Embauché" });
  });

  it("wait for the next batch, if the connection of this one is lost", async () => {
    await writePage("cut", "Entretien", [1]);
    const batch = inTransaction(database(), async (tx) => {
      await tx.$executeRaw`select public.make_pending_facts('cut', 1000)`;
      expect(await reported("cut", tx)).toEqual({ 1: "Entretien" });
      await tx.$executeRaw`select pg_terminate_backend(pg_backend_pid())`;
    });
    await expect(batch).rejects.toThrow(/executeRaw/);
    expect(await reported("cut")).toEqual({});
    await makeFacts(database(), "cut");
    expect(await reported("cut")).toEqual({ 1: "Entretien" });
  });

  it("are made once by processes that make them together", async () => {
    for (let id = 1; id <= 30; id += 1) await writePage("two", "Entretien", [id, id + 1, 100 - id]);
    await Promise.all([1, 2, 3].map(() => makeFacts(database(), "two")));
    expect(Object.keys(await reported("two"))).toHaveLength(61);
    expect(await waiting("two")).toEqual([]);
  });

  it("are those of all others, if those of one application cannot be made, and its own follow", async () => {
    await writePage("bad", "Entretien", [1, 2, 3]);
    await database().$executeRaw`
      alter table public.application_fact add constraint refused check (account <> 'bad' or application_id <> 2)`;
    await makeFacts(database(), "bad");
    expect(await reported("bad")).toEqual({ 1: "Entretien", 3: "Entretien" });
    expect(await waiting("bad")).toEqual(["2"]);
    await database().$executeRaw`alter table public.application_fact drop constraint refused`;
    await makeFacts(database(), "bad");
    expect(Object.keys(await reported("bad"))).toEqual(["1", "2", "3"]);
  });
});

describe("the facts of a statement of others", () => {
  const insert = (tx: Executor, account: string, id: number, status: string) => tx.$executeRaw`
    insert into public.application (account, id, status, raw, hash) values (${account}, ${id}, ${status}, '{}', '')
    on conflict (account, id) do update set status = excluded.status`;

  it("are made at once, whatever waits, and a batch does not take them back", async () => {
    await writePage("own", "Entretien", [1, 2]);
    await insert(database(), "own", 1, "Embauché");
    await insert(database(), "own", 3, "Refusé");
    expect(await reported("own")).toEqual({ 1: "Embauché", 3: "Refusé" });
    await makeFacts(database(), "own");
    expect(await reported("own")).toEqual({ 1: "Embauché", 2: "Entretien", 3: "Refusé" });
    await database().$executeRaw`delete from public.application where account = 'own' and id < 3`;
    expect(await reported("own")).toEqual({ 3: "Refusé" });
  });

  it("outlive those of a batch that began before them", async () => {
    await writePage("later", "Entretien", [1]);
    const endBatch = await holdOpen((tx) => tx.$executeRaw`select public.make_pending_facts('later', 1000)`);
    const update = insert(database(), "later", 1, "Embauché");
    await endBatch();
    await update;
    expect(await reported("later")).toEqual({ 1: "Embauché" });
  });

  it("hold up a batch only until it gives up, and no page", async () => {
    await writePage("open", "Entretien", [1]);
    const endStatement = await holdOpen((tx) => insert(tx, "open", 2, "Embauché"));
    await writePage("open", "Entretien", [3]);
    expect(await database().$queryRaw`select public.make_pending_facts('open', 1000) as made`).toEqual([
      { made: null },
    ]);
    await endStatement();
    await makeFacts(database(), "open");
    expect(await reported("open")).toEqual({ 1: "Entretien", 2: "Embauché", 3: "Entretien" });
  });
});

describe("a category or time zone that is set", () => {
  it("reaches every application, those included whose facts are being made", async () => {
    await writePage("map", "Vivier", [1]);
    await makeFacts(database(), "map");
    await writePage("map", "Vivier", [2]);
    const endBatch = await holdOpen((tx) => tx.$executeRaw`select public.make_pending_facts('map', 1000)`);
    const set = setCategories(database(), "map", new Map([["Vivier", "refused"]]), PERSON);
    await endBatch();
    await set;
    const rows = await database().$queryRaw`
      select application_id::int as id, category from report.application where account = 'map' order by 1`;
    expect(rows).toEqual([
      { id: 1, category: "refused" },
      { id: 2, category: "refused" },
    ]);
  });
});

/** The tables of facts whose rows differ between two accounts. */
async function differing(one: string, other: string): Promise<readonly string[]> {
  const tables = ["application_fact", "application_step", "application_state"];
  const found = await Promise.all(
    tables.map(async (table) => {
      const rows = (account: string) =>
        raw(
          `select to_jsonb(t) - 'account' - 'last_change' as row from public.${table} t where account = '${account}'`,
        );
      const [counted] = await database().$queryRaw<[{ count: number; different: number }]>`
        select (select count(*)::int from (${rows(one)}) n) as count,
          (select count(*)::int from ((${rows(other)}) except all (${rows(one)})) d) as different`;
      return counted.different > 0 || counted.count <= 1_000;
    }),
  );
  return tables.filter((_, i) => found[i]);
}

describe("random histories", () => {
  it("have the same facts, steps and states whether they are made at once or later", async () => {
    const lives = randomLives(20_261_129, 1_500);
    await insertLives(database(), "once", lives);
    await inTransaction(database(), async (tx) => {
      await tx.$executeRaw`select set_config('applicant_sync.facts', 'later', true)`;
      await insertLives(tx, "noted", lives);
    });
    await makeFacts(database(), "noted");
    expect(await differing("noted", "once")).toEqual([]);
  });

  it("have the same facts whether the categories of their statuses are known before or set later, at once or in the background", async () => {
    const lives = randomLives(20_261_130, 1_500);
    const categories = new Map([
      ["Vivier", "refused"],
      ["Entretien", "hired"],
      ["Embauché", null],
      ["Refusé", "new"],
    ]);
    const rows = JSON.stringify([...categories].map(([status, category]) => ({ status, category })));
    const known = raw(`jsonb_to_recordset('${rows}'::jsonb) as k (status text, category text)`);
    await database().$executeRaw`
      insert into public.status_category (account, status, category, is_guessed)
      select 'known', status, category, false from ${known}`;
    for (const account of ["known", "set", "sql"]) await insertLives(database(), account, lives);
    await setCategories(database(), "set", categories, PERSON);
    await database().$executeRaw`
      update public.status_category c set category = k.category from ${known} where c.account = 'sql' and c.status = k.status`;
    expect(await differing("known", "set")).toEqual([]);
    expect(await differing("known", "sql")).toEqual([]);
  });
});
