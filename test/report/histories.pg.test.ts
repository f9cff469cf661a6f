import { beforeAll, describe, expect, it } from "vitest";
import { inTransaction, raw } from "../../src/database/client.ts";
import { QUESTIONS, type Question } from "../../src/report/questions.ts";
import { useDatabase } from "../support/database.ts";
import { CATEGORIES, insertCampaigns, insertLives, nightAt, randomLives, type Life } from "./histories.ts";
import { figuresOf, isOnline } from "./reference-figures.ts";
import { dayIn, factsOf, stepsOf } from "./reference.ts";

const SEED = 20_261_126;
const NIGHTS = [0, 1, 30, 89, 90, 119, 120, 150, 199, 200, 201, 250, 279, 280, 300, 365].map(nightAt);
const database = useDatabase();

/** The rows of a query as JSON in a session of another time zone, with moments as JavaScript writes them. */
async function rowsOf(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const [found] = await inTransaction(database(), async (tx) => {
    await tx.$executeRaw`set local timezone to 'Pacific/Auckland'`;
    return tx.$queryRaw<[{ rows: string | null }]>`select json_agg(r)::text as rows from (${raw(statement)}) r`;
  });
  const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:/;
  const revive = (_: string, value: unknown): unknown =>
    typeof value === "string" && moment.test(value) ? new Date(value).toISOString() : value;
  const rows: unknown = JSON.parse(found.rows ?? "[]", revive);
  return Array.isArray(rows) ? rows : [];
}

/** What differs, the first few of it, so that a failure can be read. */
function differences(expected: ReadonlyMap<unknown, object>, found: ReadonlyMap<unknown, object>) {
  const keys = [...new Set([...expected.keys(), ...found.keys()])];
  const differing = keys.filter((key) => textOf(expected.get(key)) !== textOf(found.get(key)));
  return differing.slice(0, 3).map((key) => ({ key, expected: expected.get(key), found: found.get(key) }));
}

const textOf = (row: object | undefined) =>
  JSON.stringify(Object.entries(row ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The rows of one and the rows of the other that have no equal. */
function unequal(expected: readonly object[], found: readonly object[]) {
  const [these, those] = [expected.map(textOf), found.map(textOf)];
  return {
    missing: these.filter((row) => !those.includes(row)).slice(0, 3),
    beyond: those.filter((row) => !these.includes(row)).slice(0, 3),
    rows: found.length,
  };
}

// The same ids in both accounts; one of them half an hour from the full hours.
describe.each([
  { account: "a", zone: "Europe/Paris", number: 7_500 },
  { account: "b", zone: "America/St_Johns", number: 2_500 },
])("$number random histories in $zone", ({ account, zone, number }) => {
  const lives = randomLives(SEED + number, number);
  const living = lives.filter(({ deleted }) => deleted === null);
  const day = dayIn(zone);
  let today: string;

  beforeAll(async () => {
    await database().$executeRaw`
      insert into public.account (account, kind, environment, api_host, timezone) values (${account}, 'sandbox', 'test', '127.0.0.1', ${zone})`;
    await insertCampaigns(database(), account, isOnline);
    await insertLives(database(), account, lives);
    const [row] = await database().$queryRaw<
      [{ today: string }]
    >`select today::text from public.report_day where account = ${account}`;
    today = row.today;
  }, 120_000);

  it("have the facts that their definitions give, by the calendar of the account in any session", async () => {
    const expected = new Map(living.map((life): [number, object] => [life.id, factsOf(life, day, today)]));
    const [one] = expected.values();
    const names = Object.keys(one ?? {}).join(", ");
    const rows = await rowsOf(`select application_id, ${names} from report.application where account = '${account}'`);
    const found = new Map(rows.map(({ application_id, ...facts }) => [application_id, facts]));
    expect(differences(expected, found)).toEqual([]);
  });

  it("have the steps that their definitions give", async () => {
    const key = (id: unknown, step: unknown) => `${String(id)} ${String(step)}`;
    const expected = new Map(
      living.flatMap((life) =>
        stepsOf(life, day, today).map((step): [string, object] => [key(life.id, step.step), step]),
      ),
    );
    const rows = await rowsOf(
      `select application_id, step, status, category, entered_at, entered_on, left_at, days, next_status, is_current
       from report.status_step where account = '${account}'`,
    );
    const found = new Map(rows.map(({ application_id, ...step }) => [key(application_id, step["step"]), step]));
    expect(differences(expected, found)).toEqual([]);
  });

  it("are as of each night what the mirror held after it, deleted rows and former names included", async () => {
    for (const at of NIGHTS) {
      const moment = new Date(at).toISOString();
      const held = lives.flatMap((life) => heldAt(life, at, day));
      const rows = await rowsOf(
        `select application_id, status, category, is_open, campaign_id, applicant_id, source, applied_on
         from report.application_as_of('${moment}') where account = '${account}'`,
      );
      const found = new Map(rows.map(({ application_id, ...one }) => [application_id, one]));
      expect(differences(new Map(held), found)).toEqual([]);
      const funnel = await rowsOf(
        `select campaign_id, campaign_name, category, applications from report.funnel_as_of('${moment}') where account = '${account}'`,
      );
      const counted = new Map<string, number>();
      for (const [, { campaign_id: campaign, category }] of held) {
        const name = JSON.stringify([campaign, `Campaign ${campaign}`, category]);
        counted.set(name, (counted.get(name) ?? 0) + 1);
      }
      const reported = funnel.map((row): [string, unknown] => [
        JSON.stringify([row["campaign_id"], row["campaign_name"], row["category"]]),
        row["applications"],
      ]);
      expect(new Map(reported)).toEqual(counted);
    }
  });

  it("are counted by every view and question as by hand", async () => {
    const figures = figuresOf(lives, zone, today);
    const questions = new Map(Object.entries<Question>(QUESTIONS));
    for (const [name, expected] of Object.entries(figures)) {
      const columns = Object.keys(expected[0] ?? {}).join(", ");
      const sql = questions.get(name.replace("question ", ""))?.sql.replaceAll("$1", `'${account}'`);
      const from = name.startsWith("question ") ? `(${sql}) q` : `report.${name} where account = '${account}'`;
      const found = await rowsOf(`select ${columns} from ${from}`);
      expect({ name, ...unequal(expected, found) }).toEqual({ name, missing: [], beyond: [], rows: expected.length });
    }
  });

  it("add up: steps to the process, the funnel to the applications, the months to the total", async () => {
    const of = `where account = '${account}'`;
    const sums = await rowsOf(`select
      (select count(*) from report.application a join (
          select application_id, sum(days) as days from report.status_step ${of} group by 1) s using (application_id)
        ${of} and a.days_before_first_step + s.days <> a.days_in_process) as unequal,
      (select count(*) from report.application_state s join report.application_state n using (account, application_id)
        ${of} and s.until_at = n.from_at and s.status is not distinct from n.status) as unended,
      (select sum(applications) from report.campaign_funnel ${of}) as funnel,
      (select count(*) from report.application ${of}) as applications,
      (select sum(applications) - sum(since_deleted) from report.applications_by_month ${of}) as months,
      (select sum(hires) - sum(since_deleted) from report.hires_by_month ${of}) as hires,
      (select count(hired_at) from report.application ${of}) as hired,
      (select sum(applications) from report.funnel_as_of(now()) ${of}) as funnel_now,
      (select sum(applications) from report.source_effectiveness ${of}) as sources,
      (select sum(applications) from report.status ${of}) as statuses,
      (select sum(applications) from report.ageing ${of}) as aged,
      (select count(*) from report.application ${of} and is_open and applied_on is not null) as open`);
    const total = living.length;
    const hired = living.filter((life) => factsOf(life, day, today).hired_at !== null).length;
    const open = living.filter((life) => life.applied !== null && factsOf(life, day, today).is_open).length;
    const same = {
      funnel: total,
      applications: total,
      months: total,
      funnel_now: total,
      sources: total,
      statuses: total,
    };
    expect(sums).toEqual([{ unequal: 0, unended: 0, ...same, hires: hired, hired, aged: open, open }]);
  });
});

function heldAt({ id, held, campaign, applicant, origin, applied }: Life, at: number, day: (at: number) => string) {
  const last = held.findLast((one) => one.at <= at);
  if (last === undefined || last.status === null) return [];
  const category = CATEGORIES[last.status] ?? null;
  const one = {
    status: last.status,
    category,
    is_open: category === null || !["hired", "refused", "withdrawn"].includes(category),
    campaign_id: campaign,
    applicant_id: applicant,
    source: origin,
    applied_on: applied === null ? null : day(applied),
  };
  return [[id, one] as const];
}
