import { describe, expect, it } from "vitest";
import { inTransaction, raw } from "../../src/database/client.ts";
import { ask } from "../../src/report/ask.ts";
import { QUESTIONS, type Question } from "../../src/report/questions.ts";
import { readStatuses, setCategories } from "../../src/report/statuses.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";

const database = useDatabase();
const MOMENTS = ["infinity", "-infinity", "294276-12-31", "4713-01-01 BC", "9999-12-31 23:59:59+00", "0001-01-01"];

/** A text that does not compress: no index holds 10 kB of it. */
const LONG = `(select string_agg(md5(n::text || 'long'), '') from generate_series(1, 320) n)`;

/** Inserts an application as SQL of others does; each value is SQL. */
const insert = (account: string, id: number, values: Readonly<Record<string, string>> = {}) => {
  const row = {
    account: `'${account}'`,
    id: String(id),
    raw: "'{}'",
    hash: "''",
    created_at: "'2026-03-01T10:00:00Z'",
  };
  const all: Readonly<Record<string, string>> = { ...row, ...values };
  return database().$executeRaw`
    insert into public.application (${raw(Object.keys(all).join(", "))}) values (${raw(Object.values(all).join(", "))})`;
};

const history = (...entries: readonly unknown[]) => `'${JSON.stringify(entries)}'`;

/** Everything that the schema report shows, and every answer, of now and of a moment: none may fail. Returns the steps. */
async function readAll(account: string) {
  const views = await database().$queryRaw<{ name: string }[]>`
    select format('%I.%I', schemaname, viewname) as name from pg_views where schemaname in ('report', 'report_people')`;
  for (const { name } of views)
    JSON.parse(
      (await database().$queryRaw<[{ r: string }]>`select json_agg(to_json(v))::text as r from ${raw(name)} v`)[0].r,
    );
  const asked = { account, timezone: "Europe/Paris", language: "en" } as const;
  for (const question of Object.values<Question>(QUESTIONS)) {
    await ask(database(), question, { ...asked, at: null });
    if (question.asOf !== undefined)
      await ask(database(), question, { ...asked, at: new Date("2026-03-15T00:00:00Z") });
  }
  await readStatuses(database(), account);
  return database().$queryRaw<{ id: number; status: string; on: string }[]>`
    select application_id::int as id, status, entered_on::text as on from report.status_step where account = ${account}
    order by application_id, step`;
}

describe("reports of what SQL of others has written", () => {
  it("show a status that no index holds by its beginning and its hash, and map it", async () => {
    const changes = `jsonb_build_object('status', ${LONG})`;
    await insert("long", 1, { status: LONG });
    await insert("long", 2, {
      status: "'Refusé'",
      status_history: `jsonb_build_array(jsonb_build_object('value', ${LONG}, 'date', '2026-03-02T10:00:00Z'))`,
    });
    await database().$executeRaw`
      insert into public.change (account, resource, row_id, at, kind, before, after)
      values ('long', 'application', 2, '2026-03-04', 'updated', ${raw(changes)}, '{"status":"Refusé"}')`;
    await database().$executeRaw`update public.application set source = status where account = 'long'`;
    const steps = await readAll("long");
    const [long] = await readStatuses(database(), "long");
    expect(steps.map(({ id, status }) => [id, status])).toEqual([
      [1, long?.status],
      [2, long?.status],
      [2, "Refusé"],
    ]);
    expect(long?.status).toMatch(/^[0-9a-f]{200}… [0-9a-f]{32}$/);
    await setCategories(database(), "long", new Map([[long?.status ?? "", "hired"]]), PERSON);
    const found = await database().$queryRaw`
      select application_id::int as id, category from report.application where account = 'long' order by 1`;
    expect(found).toEqual([
      { id: 1, category: "hired" },
      { id: 2, category: "refused" },
    ]);
  });

  it.each(MOMENTS)("take the moment %s for one that is not known, wherever it stands", async (moment) => {
    const account = `at ${moment}`;
    const at = `'${moment}'::timestamptz`;
    const times = ["status_changed_at", "created_at", "first_seen_at", "changed_at"];
    for (const [id, name] of times.entries()) await insert(account, id, { status: "'Embauché'", [name]: at });
    await insert(account, 8, {
      status: "'Embauché'",
      ...Object.fromEntries([...times, "deleted_at"].map((name) => [name, at])),
    });
    await insert(account, 9, {
      status: "'Embauché'",
      status_history: history({ value: "Nouveau", date: moment }, { value: "Embauché", date: "2026-03-05" }),
    });
    await database().$executeRaw`
      insert into public.change (account, resource, row_id, at, kind, before, after)
      select ${account}, 'application', id, ${raw(at)}, 'updated', '{"status":"Nouveau"}'::jsonb,
        jsonb_build_object('status', 'Embauché', 'status_changed_at', ${moment}::text) from generate_series(0, 9) id`;
    await database().$executeRaw`
      insert into public.campaign (account, id, status, is_online, created_at, last_activation_at, raw, hash)
      values (${account}, 1, ${raw(LONG)}, true, ${raw(at)}, ${raw(at)}, '{}', '')`;
    for (const table of ["entity", "unit"])
      await database().$executeRaw`
        insert into public.${raw(table)} (account, id, created_at, raw, hash) values (${account}, 1, ${raw(at)}, '{}', '')`;
    const run = database().$executeRaw`
      insert into public.sync_run (account, resource, kind, trigger, state, started_at, finished_at)
      values (${account}, 'applications', 'full', 'command', 'proven', ${raw(at)}, ${raw(at)})`;
    await expect(run).rejects.toThrow(/sync_run_moments/);
    await database().$executeRaw`
      insert into public.report_schedule values (${account}, 'applications', true, ${raw(at)}, ${raw(at)}, ${raw(at)})`;
    const submitted = database().$executeRaw`
      insert into public.applicant_import (account, key, source, intake, person, first_name, email, created_at, finished_at)
      values (${account}, 'k', 'form', 'file', sha256('k'), 'Ann', 'ann@example.org', ${raw(at)}, ${raw(at)})`;
    await expect(submitted).rejects.toThrow(/applicant_import_moments/);
    await database()
      .$executeRaw`update public.status_category set first_seen_at = ${raw(at)} where account = ${account}`;
    const steps = await readAll(account);
    expect(new Set(steps.map(({ id }) => id))).toEqual(new Set([0, 1, 2, 3, 9]));
    expect(steps.every(({ on }) => /^(?!0000)\d{4}-\d\d-\d\d$/.test(on))).toBe(true);
  });

  it("pass over entries of a history that are none, and put the others in order", async () => {
    const odd = [
      null,
      1,
      "text",
      [],
      {},
      { value: "Entretien" },
      { value: "Entretien", date: null },
      { value: null, date: "2026-03-02" },
      { value: "", date: "no date" },
      { date: "2026-02-30", value: "Entretien" },
    ];
    await insert("odd", 1, {
      status: "'Nouveau'",
      status_history: history(...odd, { value: "Nouveau", date: "2026-03-02T10:00:00Z" }),
    });
    for (const [id, json] of ["null", '"text"', "1", "{}", "[]", "[[]]"].entries())
      await insert("odd", 10 + id, { status: "'Nouveau'", status_history: `'${json}'` });
    await insert("odd", -5, { status: "null", applicant_id: "-7", campaign_id: "-9" });
    // Before the person applied, of one instant, in the future.
    await insert("odd", 2, {
      status: "'Offre'",
      status_history: history(
        { value: "Nouveau", date: "2020-01-01" },
        { value: "Entretien", date: "2026-03-02T10:00:00Z" },
        { value: "Offre", date: "2026-03-02T10:00:00Z" },
        { value: "Embauché", date: "2999-01-01" },
      ),
    });
    const steps = await readAll("odd");
    expect(steps.filter(({ id }) => id === 2).map(({ status, on }) => [status, on])).toEqual([
      ["Nouveau", "2020-01-01"],
      ["Entretien", "2026-03-02"],
      ["Offre", "2026-03-02"],
      ["Embauché", "2999-01-01"],
      ["Offre", "2999-01-01"],
    ]);
    expect(steps.filter(({ id }) => id !== 2).map(({ id, status }) => [id, status])).toEqual(
      [1, 10, 11, 12, 13, 14, 15].map((id) => [id, "Nouveau"]),
    );
  });

  it("say of a past moment since when it was so, and of the moment of a change what it brought", async () => {
    await insert("since", 1, {
      status: "'Refusé'",
      first_seen_at: "'2026-03-01T10:00:00Z'",
      status_history: history(
        { value: "Nouveau", date: "2026-03-01T10:00:00Z" },
        { value: "Entretien", date: "2026-03-05T10:00:00Z" },
        { value: "Refusé", date: "2026-03-09T10:00:00Z" },
      ),
    });
    const asOf = (moment: string) => database().$queryRaw<object[]>`
      select status, status_since::text as since from report.application_as_of(${moment}::timestamptz) where account = 'since'`;
    const interview = [{ status: "Entretien", since: "2026-03-05 10:00:00+00" }];
    expect(await asOf("2026-03-01T09:59:59.999Z")).toEqual([]);
    expect(await asOf("2026-03-05T10:00:00Z")).toEqual(interview);
    expect(await asOf("2026-03-09T09:59:59.999Z")).toEqual(interview);
    expect(await asOf("2026-03-09T10:00:00Z")).toMatchObject([{ status: "Refusé" }]);
  });

  it("keep statuses apart that differ by case, Unicode form or white space, and guess them alike", async () => {
    const names = ["Refusé", "refusé", "Refuse\u0301", " Refusé", "Refusé ", "Refusé\n", "\u00a0Refusé", ""];
    for (const [id, name] of names.entries()) await insert("alike", id, { status: `'${name}'` });
    await readAll("alike");
    const statuses = await readStatuses(database(), "alike");
    expect(new Map(statuses.map(({ status, category }) => [status, category]))).toEqual(
      new Map(names.map((name) => [name, name === "" ? null : "refused"])),
    );
  });

  it("never meet a time zone that Postgres does not know", async () => {
    await database().$executeRaw`
      insert into public.account (account, kind, environment, api_host) values ('zone', 'sandbox', 'test', '127.0.0.1')`;
    const set = inTransaction(
      database(),
      (tx) => tx.$executeRaw`update public.account set timezone = 'Mars/Olympus' where account = 'zone'`,
    );
    await expect(set).rejects.toThrow(/Mars\/Olympus/);
  });
});
