import { describe, expect, it } from "vitest";
import { raw } from "../../src/database/client.ts";
import { createSequence } from "../../src/sandbox/data/random.ts";
import { useDatabase } from "../support/database.ts";
import { insertRow, KEPT, type Row } from "./rows.ts";

const database = useDatabase();
let last = 0;

/** An application that was seen at once, with our own changes, each with the moment at which the mirror saw it. */
async function insert(row: Row, ...changes: readonly Row[]): Promise<number> {
  const id = (last += 1);
  const seen = { created_at: at("01"), first_seen_at: at("01"), changed_at: changes.at(-1)?.["at"] ?? at("01") };
  await insertRow(database(), "application", { account: "own", id, ...seen, ...row, ...KEPT });
  for (const one of changes)
    await insertRow(database(), "change", {
      account: "own",
      resource: "application",
      row_id: id,
      kind: "updated",
      ...one,
    });
  return id;
}

/** Ten o'clock of a day of March. */
const at = (day: string) => `2026-03-${day}T10:00:00+00:00`;
const entry = (value: string, date: string) => ({ value, date });
const moved = (day: string, from: string, to: string, more: Row = {}) => ({
  at: at(day),
  before: { status: from },
  after: { status: to, ...more },
});

async function stepsOf(id: number): Promise<readonly string[]> {
  const rows = await database().$queryRaw<{ step: string }[]>`
    select status || ' ' || to_char(entered_at at time zone 'UTC', 'DD HH24:MI') as step from report.status_step
    where account = 'own' and application_id = ${id} order by report.status_step.step`;
  return rows.map(({ step }) => step);
}

/** Null: there was none. */
async function statusAt(id: number, moment: string): Promise<string | null | undefined> {
  const rows = await database().$queryRaw<{ status: string | null }[]>`
    select status from report.application_as_of(${moment}::timestamptz) where account = 'own' and application_id = ${id}`;
  return rows.length === 0 ? undefined : rows[0]?.status;
}

describe("the steps of an application", () => {
  it("are those of the history of the API, completed before and after it by our own changes", async () => {
    const after = await insert(
      { status: "Refusé", status_history: [entry("Nouveau", at("01"))] },
      moved("05", "Nouveau", "Entretien"),
      moved("07", "Entretien", "Refusé"),
    );
    expect(await stepsOf(after)).toEqual(["Nouveau 01 10:00", "Entretien 05 10:00", "Refusé 07 10:00"]);
    const before = await insert(
      { status: "Offre", status_history: [entry("Offre", at("10"))] },
      moved("05", "Nouveau", "Entretien"),
    );
    expect(await stepsOf(before)).toEqual(["Nouveau 01 10:00", "Entretien 05 10:00", "Offre 10 10:00"]);
  });

  it("never go back in time, and are of the moments that the API writes without a time zone, in UTC", async () => {
    const back = await insert(
      { status: "Refusé", status_changed_at: at("03") },
      moved("06", "Nouveau", "Entretien", { status_changed_at: at("05") }),
      moved("08", "Entretien", "Refusé", { status_changed_at: at("03") }),
    );
    expect((await stepsOf(back)).slice(1)).toEqual(["Entretien 05 10:00", "Refusé 05 10:00"]);
    const plain = [
      "2026-03-02 10:00:00",
      "2026-03-03T10:00:00.5+02:00",
      "2026-02-30T10:00:00Z",
      "9999-12-31T10:00:00Z",
    ];
    const names = ["Nouveau", "Entretien", "Offre", "Embauché"];
    const read = await insert({
      status: "Entretien",
      status_history: names.map((name, i) => entry(name, plain[i] ?? "")),
    });
    expect(await stepsOf(read)).toEqual(["Nouveau 02 10:00", "Entretien 03 08:00"]);
  });

  it("keep the category of a former name, which a question about a past moment uses", async () => {
    const id = await insert(
      { status: "Entretien", status_changed_at: "2026-03-01T09:00:00Z" },
      moved("05", "Entretien d'avant", "Entretien"),
    );
    expect(await stepsOf(id)).toEqual(["Entretien 01 09:00"]);
    expect(await statusAt(id, at("04"))).toBe("Entretien d'avant");
    const known = await database().$queryRaw`
      select category from report.status where account = 'own' and status = 'Entretien d''avant'`;
    expect(known).toEqual([{ category: "interview" }]);
  });

  it("are one where a status was given another name, unless the API tells days alone", async () => {
    const noon = "2026-03-02T12:00:00Z";
    const midnight = "2026-03-02T00:00:00Z";
    const seen = (since: string, moment: string) =>
      insert({ status: "Entretien", status_changed_at: since }, { ...moved("02", "Nouveau", "Entretien"), at: moment });
    expect(await stepsOf(await seen(noon, "2026-03-03T02:00:00Z"))).toEqual(["Entretien 02 12:00"]);
    expect(await stepsOf(await seen(midnight, "2026-03-03T12:00:00Z"))).toEqual([
      "Nouveau 02 00:00",
      "Entretien 03 12:00",
    ]);
    expect(await stepsOf(await seen(midnight, "2026-03-04T00:00:00Z"))).toEqual(["Entretien 02 00:00"]);
  });
});

describe("a past moment", () => {
  const seen = { status: "Nouveau", first_seen_at: at("10"), changed_at: at("10") };

  it.each([
    [{}, undefined],
    [{ state: "unproven" }, "Nouveau"],
    [{ kind: "incremental" }, "Nouveau"],
    [{ resource: "campaigns" }, "Nouveau"],
    [{ account: "another" }, "Nouveau"],
    [{ started_at: at("01").replace("10:", "09:") }, "Nouveau"],
    [{ finished_at: at("11") }, "Nouveau"],
  ])("is without an application that a proven run did not see: %j", async (change, status) => {
    const run = { account: "own", resource: "applications", kind: "full", trigger: "command", state: "proven" };
    await database().$executeRaw`delete from public.sync_run`;
    await insertRow(database(), "sync_run", { ...run, started_at: at("03"), finished_at: at("04"), ...change });
    const id = await insert(seen);
    expect(await statusAt(id, at("05"))).toBe(status);
    expect(await statusAt(id, at("11"))).toBe("Nouveau");
    await database().$executeRaw`delete from public.sync_run`;
  });

  it("shows what rows say that SQL of others wrote without a change", async () => {
    const gone = await insert({ status: "Nouveau", deleted_at: at("08") });
    expect(await statusAt(gone, at("07"))).toBe("Nouveau");
    expect(await statusAt(gone, at("09"))).toBeUndefined();
    const written = await insert({ status: "Offre", changed_at: at("08") }, moved("05", "Nouveau", "Entretien"));
    expect(await statusAt(written, at("07"))).toBe("Entretien");
    expect(await statusAt(written, at("09"))).toBe("Offre");
    // Its history begins before it does.
    const early = await insert({ ...seen, status_history: [entry("Nouveau", "2026-02-01T10:00:00Z")] });
    expect(await statusAt(early, "2026-02-02T10:00:00Z")).toBeUndefined();
    expect(await statusAt(early, at("02"))).toBe("Nouveau");
    // The API dates its status after the mirror saw it.
    const future = await insert({ status: "Entretien", status_changed_at: at("20") });
    expect(await statusAt(future, at("02"))).toBe("Entretien");
    const sooner = await insert({ ...seen, created_at: null }, { at: at("03"), kind: "inserted" });
    expect(await statusAt(sooner, at("05"))).toBe("Nouveau");
  });

  it("agrees in the end with a row that SQL of others has deleted, restored, changed or inserted again", async () => {
    const life = (day: string, kind: string) => ({ at: at(day), kind });
    const days = ["04", "06", "08", "10"];
    const story = async (row: Row, ...changes: readonly Row[]) => {
      const id = await insert({ status: "Nouveau", ...row }, ...changes);
      return Promise.all(days.map((day) => statusAt(id, at(day))));
    };
    const [there, gone] = ["Nouveau", undefined];
    const back = [life("03", "deleted"), life("05", "restored")];
    expect(await story({ deleted_at: at("07") }, ...back)).toEqual([gone, there, gone, gone]);
    expect(await story({ changed_at: at("07") }, life("05", "deleted"))).toEqual([there, gone, there, there]);
    // The deletion, and the status of the change, have been taken back, and nothing says when.
    expect(await story({ changed_at: at("03") }, life("05", "deleted"))).toEqual([there, there, there, there]);
    const moves = [moved("05", "Nouveau", "Entretien"), moved("07", "Entretien", "Refusé")];
    expect(await story({ status: "Offre", changed_at: at("03") }, ...moves)).toEqual([
      "Nouveau",
      "Entretien",
      "Offre",
      "Offre",
    ]);
    // A row that was removed, and came again.
    const again = [life("01", "inserted"), life("05", "deleted"), life("07", "inserted")];
    expect(await story({}, ...again, life("09", "updated"))).toEqual([there, gone, there, there]);
    // The clock of the server was put back after the first of them.
    expect(await story({ deleted_at: at("03") }, life("05", "restored"), life("03", "deleted"))).toEqual([
      there,
      gone,
      gone,
      gone,
    ]);
  });

  it("agrees in the end with each of a thousand rows that have a status, whatever changes are recorded of them", async () => {
    const draw = createSequence(20_261_127, 14);
    const pick = <T>(...list: readonly T[]): T | undefined => list[Math.floor(draw() * list.length)];
    const status = () => pick("Nouveau", "Entretien", "Embauché", null) ?? null;
    const day = () => `2026-03-${String(1 + Math.floor(draw() * 28)).padStart(2, "0")}T10:00:00Z`;
    const maybe = <T>(value: () => T) => (draw() < 0.5 ? value() : null);
    const rows: Row[] = [];
    const changes: Row[] = [];
    for (let id = 1; id <= 1_000; id += 1) {
      const moments = { status_changed_at: maybe(day), created_at: maybe(day), deleted_at: maybe(day) };
      const status_history = maybe(() => [entry("Nouveau", day()), entry("Entretien", day())]);
      const row = {
        account: "any",
        id,
        status: status() ?? "Refusé",
        first_seen_at: day(),
        changed_at: day(),
        status_history,
      };
      rows.push({ ...row, ...moments, ...KEPT });
      const change = { account: "any", resource: "application", row_id: id };
      for (let left = Math.floor(draw() * 6); left > 0; left -= 1) {
        const kind = pick("inserted", "updated", "updated", "deleted", "restored");
        const [before, after] = [maybe(() => ({ status: status() })), maybe(() => ({ status: status() }))];
        changes.push({ ...change, kind, at: day(), before, after });
      }
    }
    for (const [table, all] of [
      ["application", rows],
      ["change", changes.map((one, i) => ({ ...one, id: 1_000_000 + i }))],
    ] as const)
      await database().$executeRaw`
        insert into public.${raw(table)} select * from jsonb_populate_recordset(null::public.${raw(table)}, ${JSON.stringify(all)}::jsonb)`;
    const differing = await database().$queryRaw`
      select * from (select application_id::int as id, status, category from report.application where account = 'any') now
      full join (select application_id::int as id, status, category from report.application_as_of('2027-01-01') where account = 'any') later
        using (id)
      where (now.status, now.category) is distinct from (later.status, later.category) or now is null or later is null limit 3`;
    expect(differing).toEqual([]);
  });
});
