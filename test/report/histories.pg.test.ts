import { beforeAll, describe, expect, it } from "vitest";
import { inTransaction, raw } from "../../src/database/client.ts";
import { useDatabase } from "../support/database.ts";
import { insertLives, nightAt, randomLives, type Life } from "./histories.ts";
import { dayIn, factsOf, stepsOf } from "./reference.ts";

const ZONE = "Europe/Paris";
const SEED = 20_261_126;
const lives = randomLives(SEED, 10_000);
const day = dayIn(ZONE);
const database = useDatabase();
let today: string;

beforeAll(async () => {
  await insertLives(database(), "a", lives);
  const [row] = await database().$queryRaw<
    [{ today: string }]
  >`select today::text from public.report_day where account = 'a'`;
  today = row.today;
}, 120_000);

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

const living = lives.filter(({ deleted }) => deleted === null);

/** What differs, the first few of it, so that a failure can be read. */
function differences(expected: ReadonlyMap<unknown, object>, found: ReadonlyMap<unknown, object>) {
  const keys = [...new Set([...expected.keys(), ...found.keys()])];
  const differing = keys.filter(
    (key) => JSON.stringify(sorted(expected.get(key))) !== JSON.stringify(sorted(found.get(key))),
  );
  return differing.slice(0, 3).map((key) => ({ key, expected: expected.get(key), found: found.get(key) }));
}

const sorted = (row: object | undefined) => Object.entries(row ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

describe("10,000 random histories", () => {
  it("have the facts that their definitions give, by the calendar of the account in any session", async () => {
    const expected = new Map(living.map((life): [number, object] => [life.id, factsOf(life, day, today)]));
    const [one] = expected.values();
    const names = Object.keys(one ?? {}).join(", ");
    const rows = await rowsOf(`select application_id, ${names} from report.application`);
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
      "select application_id, step, status, category, entered_at, entered_on, left_at, days, next_status, is_current from report.status_step",
    );
    const found = new Map(rows.map(({ application_id, ...step }) => [key(application_id, step["step"]), step]));
    expect(differences(expected, found)).toEqual([]);
  });

  it("are as of each night what the mirror held after it, deleted rows and former names included", async () => {
    const nights = [0, 1, 30, 89, 90, 150, 199, 200, 201, 250, 300, 365].map(nightAt);
    for (const at of nights) {
      const held = lives.flatMap((life) => heldAt(life, at));
      const rows = await rowsOf(
        `select application_id, status from report.application_as_of('${new Date(at).toISOString()}')`,
      );
      const found = new Map(rows.map(({ application_id, status }) => [application_id, { status }]));
      expect(differences(new Map(held), found)).toEqual([]);
    }
  });

  it("add up: steps to the process, the funnel to the applications, the months to the total", async () => {
    const sums = await rowsOf(`select
      (select count(*) from report.application a join (
          select application_id, sum(days) as days from report.status_step group by 1) s using (application_id)
        where a.days_before_first_step + s.days <> a.days_in_process) as unequal,
      (select sum(applications) from report.campaign_funnel) as funnel,
      (select count(*) from report.application) as applications,
      (select sum(applications) - sum(since_deleted) from report.applications_by_month) as months,
      (select sum(hires) - sum(since_deleted) from report.hires_by_month) as hires,
      (select count(hired_at) from report.application) as hired,
      (select sum(applications) from report.funnel_as_of(now())) as funnel_now,
      (select sum(applications) from report.source_effectiveness) as sources,
      (select sum(applications) from report.status) as statuses,
      (select sum(applications) from report.ageing) as aged,
      (select count(*) from report.application where is_open and applied_on is not null) as open`);
    const total = living.length;
    const hired = living.filter((life) => factsOf(life, day, today).hired_at !== null).length;
    const open = living.filter((life) => life.applied !== null && factsOf(life, day, today).is_open).length;
    expect(sums).toEqual([
      {
        unequal: 0,
        funnel: total,
        applications: total,
        months: total,
        hires: hired,
        hired,
        funnel_now: total,
        sources: total,
        statuses: total,
        aged: open,
        open,
      },
    ]);
  });
});

function heldAt({ id, held }: Life, at: number): readonly [number, object][] {
  const last = held.findLast((one) => one.at <= at);
  return last === undefined || last.status === null ? [] : [[id, { status: last.status }]];
}
