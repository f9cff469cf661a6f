import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../support/database.ts";
import { ACCOUNTS, DAY_OF_NOON, GONE, insertAccounts, insertRow, KEPT, NOON, rowsOf, type Row } from "./rows.ts";

const database = useDatabase();
beforeAll(() => insertAccounts(database()));

it("report.calendar has every day until the end of the next year, with its months, weeks and years", async () => {
  const names = (language: string) => new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" });
  const [english, french] = [names("en"), names("fr")];
  const iso = (at: number) => new Date(at).toISOString().slice(0, 10);
  const DAY = 86_400_000;
  const expected: Row[] = [];
  for (let at = Date.UTC(2000, 0, 1); at < Date.UTC(new Date().getUTCFullYear() + 2, 0, 1); at += DAY) {
    const date = new Date(at);
    const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
    // A week belongs to the year of its Thursday.
    const thursday = at + (4 - weekday) * DAY;
    const isoYear = new Date(thursday).getUTCFullYear();
    const month = iso(at).slice(0, 7);
    expected.push({
      day: iso(at),
      year: date.getUTCFullYear(),
      quarter: `${date.getUTCFullYear()}-${["01", "04", "07", "10"][Math.floor(date.getUTCMonth() / 3)]}-01`,
      month: `${month}-01`,
      week: iso(at - (weekday - 1) * DAY),
      iso_year: isoYear,
      iso_week: 1 + Math.floor((thursday - Date.UTC(isoYear, 0, 1)) / DAY / 7),
      weekday,
      is_weekend: weekday > 5,
      month_en: english.format(at),
      month_fr: french.format(at),
    });
  }
  const found = await rowsOf(database(), "report.calendar", "day");
  expect(found.length).toBe(expected.length);
  expect(
    found.filter((row, i) => JSON.stringify(sorted(row)) !== JSON.stringify(sorted(expected[i] ?? {}))).slice(0, 3),
  ).toEqual([]);
});

const sorted = (row: Row) => Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1));

describe("with the same ids in two accounts, and with rows that are gone", () => {
  it("entities, units and campaigns are those of their account, by its days", async () => {
    for (const account of ACCOUNTS) {
      const one = { account, created_at: NOON, ...KEPT };
      await insertRow(database(), "entity", { ...one, id: 1, name: `Entity of ${account}`, reference: "E1" });
      await insertRow(database(), "entity", { ...one, id: 2, name: "Gone", ...GONE });
      await insertRow(database(), "unit", { ...one, id: 3, entity_id: 2, name: `Unit of ${account}`, reference: "U1" });
      await insertRow(database(), "unit", { ...one, id: 2, entity_id: 1, name: "Gone", ...GONE });
      const campaign = {
        ...one,
        is_online: false,
        is_draft: true,
        status: "standby",
        last_activation_at: "2026-03-05T12:00:00Z",
        job_type: "cdi",
        job_field: "field",
        working_time: "full",
        remote_level: "some",
        education_level: "bac",
        experience_level: "3",
        salary_min: 1,
        salary_max: 2,
        salary_currency: "4",
        company_id: 5,
        entity_id: 1,
        entity_name: "former name",
        unit_id: 3,
        unit_name: "former name",
        zipcode: "44000",
        city: "Nantes",
        administrative_area_level_1: "Pays de la Loire",
        administrative_area_level_2: "Loire-Atlantique",
        country: "France",
        iso_country: "FR",
        tags: ["a", "b"],
        channels: ["c", "d"],
      };
      await insertRow(database(), "campaign", { ...campaign, id: 1, name: `Campaign of ${account}` });
      await insertRow(database(), "campaign", { ...campaign, id: 2, name: "Unknown entity", entity_id: 7, unit_id: 7 });
      await insertRow(database(), "campaign", { ...campaign, id: 3, name: "Gone", ...GONE });
    }
    const perAccount = (row: (account: (typeof ACCOUNTS)[number]) => readonly Row[]) =>
      ACCOUNTS.flatMap((account) => row(account).map((one) => ({ account, created_on: DAY_OF_NOON[account], ...one })));
    expect(await rowsOf(database(), "report.entity", "account, entity_id")).toEqual(
      perAccount((account) => [{ entity_id: 1, name: `Entity of ${account}`, reference: "E1" }]),
    );
    expect(await rowsOf(database(), "report.unit", "account, unit_id")).toEqual(
      perAccount((account) => [{ unit_id: 3, entity_id: 2, name: `Unit of ${account}`, reference: "U1" }]),
    );
    const rest = {
      created_at: NOON,
      status: "standby",
      status_en: "Standby",
      status_fr: "En pause",
      is_online: false,
      is_draft: true,
      job_type: "cdi",
      job_field: "field",
      working_time: "full",
      remote_level: "some",
      education_level: "bac",
      experience_level: "3",
      salary_min: 1,
      salary_max: 2,
      salary_currency: "4",
      company_id: 5,
      zipcode: "44000",
      city: "Nantes",
      department: "Loire-Atlantique",
      region: "Pays de la Loire",
      country: "France",
      iso_country: "FR",
      tags: "a, b",
      channels: "c, d",
    };
    expect(await rowsOf(database(), "report.campaign", "account, campaign_id")).toEqual(
      perAccount((account) => {
        const online = { ...rest, online_since: account === "east" ? "2026-03-06" : "2026-03-05" };
        const names = { entity_name: `Entity of ${account}`, unit_name: `Unit of ${account}` };
        const former = { entity_name: "former name", unit_name: "former name" };
        return [
          { ...online, campaign_id: 1, name: `Campaign of ${account}`, entity_id: 1, unit_id: 3, ...names },
          { ...online, campaign_id: 2, name: "Unknown entity", entity_id: 7, unit_id: 7, ...former },
        ];
      }),
    );
  });

  it("campaigns that are gone have their titles in what was, and salaries that no tool reads are not known", async () => {
    const salaries = {
      11: "NaN",
      12: "Infinity",
      13: "1e40",
      14: "-1",
      15: "1.00000000000000000000000000001",
      16: "33333.3333",
      17: null,
    };
    for (const [id, salary] of Object.entries(salaries)) {
      const campaign = { account: "east", id, name: `Campaign ${id}`, salary_min: salary, salary_max: salary };
      await insertRow(database(), "campaign", { ...campaign, ...KEPT });
      const seen = { created_at: NOON, first_seen_at: NOON };
      await insertRow(database(), "application", { account: "east", id, campaign_id: id, ...seen, ...KEPT });
    }
    const reported = await database().$queryRaw`
      select campaign_id::int as id, salary_min::text as low, salary_max::text as high from report.campaign
      where account = 'east' and campaign_id > 10 order by 1`;
    const known: Readonly<Record<string, string>> = { 15: "1", 16: "33333.3333" };
    const shown = Object.keys(salaries).map((id) => ({
      id: Number(id),
      low: known[id] ?? null,
      high: known[id] ?? null,
    }));
    expect(reported).toEqual(shown);
    await database().$executeRaw`update public.campaign set deleted_at = now() where account = 'east' and id > 10`;
    const titles = Object.keys(salaries).map((id) => ({ id: Number(id), name: `Campaign ${id}` }));
    expect(
      await database().$queryRaw`
      select campaign_id::int as id, campaign_name as name from report.funnel_as_of(now())
      where account = 'east' and campaign_id > 10 order by 1`,
    ).toEqual(titles);
    expect(
      await database().$queryRaw`
      select campaign_id::int as id, name from report.campaign_name where account = 'east' and campaign_id > 10 order by 1`,
    ).toEqual(titles);
  });
});
