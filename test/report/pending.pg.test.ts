import { describe, expect, it } from "vitest";
import { inTransaction, type Executor } from "../../src/database/client.ts";
import { mapItems } from "../../src/mirror/items/item.ts";
import { writeItems } from "../../src/mirror/write-page.ts";
import { makeFacts } from "../../src/report/facts.ts";
import { setCategories } from "../../src/report/statuses.ts";
import { resources } from "../../src/sync/resources.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { openReader } from "../support/list-double.ts";
import { waitFor } from "../support/wait-for.ts";

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

const categoriesOf = (account: string) => database().$queryRaw<object[]>`
  select application_id::int as id, category from report.application where account = ${account} order by 1`;

/** Begins something beside a transaction that is open, and returns once it waits for a lock, or has ended without one. */
async function beginBeside(work: PromiseLike<unknown>): Promise<{ readonly ended: Promise<void> }> {
  let hasEnded = false;
  const ended = Promise.resolve(work).then(() => void (hasEnded = true));
  await waitFor("a statement that waits", async () => {
    const waits = await database().$queryRaw<object[]>`
      select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`;
    return hasEnded || waits.length > 0;
  });
  return { ended };
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
    const update = await beginBeside(insert(database(), "later", 1, "Embauché"));
    await endBatch();
    await update.ended;
    expect(await reported("later")).toEqual({ 1: "Embauché" });
    await writePage("later", "Refusé", [1]);
    const endOther = await holdOpen((tx) => tx.$executeRaw`select public.make_pending_facts('later', 1000)`);
    const removal = await beginBeside(database().$executeRaw`delete from public.application where account = 'later'`);
    await endOther();
    await removal.ended;
    expect(await reported("later")).toEqual({});
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
    const set = await beginBeside(setCategories(database(), "map", new Map([["Vivier", "refused"]]), PERSON));
    await endBatch();
    await set.ended;
    expect(await categoriesOf("map")).toEqual([
      { id: 1, category: "refused" },
      { id: 2, category: "refused" },
    ]);
  });

  it("reaches an application whose new status waits as well, in batches that count those made for a category alone", async () => {
    const made = async (most: number) =>
      (await database().$queryRaw<[{ n: number }]>`select public.make_pending_facts('both', ${most}::int) as n`)[0].n;
    await writePage("both", "Vivier", [1, 2]);
    await makeFacts(database(), "both");
    await writePage("another", "Vivier", [1]);
    await writePage("both", "Embauché", [1]);
    const stopped = { signal: AbortSignal.abort() };
    await setCategories(database(), "both", new Map([["Vivier", "refused"]]), PERSON, stopped);
    await writePage("both", "Entretien", [3]);
    expect([await made(2), await made(1), await made(1)]).toEqual([2, 1, 0]);
    expect(await categoriesOf("both")).toEqual([
      { id: 1, category: "hired" },
      { id: 2, category: "refused" },
      { id: 3, category: "interview" },
    ]);
    await setCategories(database(), "both", new Map([["Vivier", "withdrawn"]]), PERSON, stopped);
    expect([await made(1), await made(1)]).toEqual([1, 0]);
  });
});
