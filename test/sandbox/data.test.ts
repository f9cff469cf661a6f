import { describe, expect, test } from "vitest";

import { createData } from "../../src/sandbox/data/data.ts";
import { applicantOf, applicationsOf } from "../../src/sandbox/data/generate-applications.ts";

const SIZE = { seed: 7, campaigns: 20, applications: 503 };

describe("generated data", () => {
  test("the same seed gives the same rows, another seed gives others", () => {
    const rows = createData(SIZE, undefined).applications.all();
    expect(createData(SIZE, undefined).applications.all()).toEqual(rows);
    expect(createData({ ...SIZE, seed: 8 }, undefined).applications.all()).not.toEqual(rows);
  });

  test("rows are ordered by creation and end at the requested time", () => {
    const end = Date.UTC(2026, 5, 1);
    const { applications, applicants, campaigns } = createData(SIZE, () => end);
    for (const rows of [applications.all(), applicants.all(), campaigns.all()]) {
      const times = rows.map((row) => row.created_at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.at(-1)).toBeLessThanOrEqual(end);
    }
  });

  test("an application comes after its campaign and its applicant, and no campaign is a draft", () => {
    const { applications, applicants, campaigns } = createData(SIZE, undefined);
    for (const row of applications.all()) {
      const campaign = campaigns.get(row.campaign_id ?? 0);
      expect(campaign?.status).not.toBe("draft");
      expect(campaign?.created_at).toBeLessThan(row.created_at);
      expect(applicants.get(row.applicant_id ?? 0)?.created_at).toBeLessThan(row.created_at);
    }
  });

  test("no person applies twice to the same campaign", () => {
    const rows = createData(SIZE, undefined).applications.all();
    expect(new Set(rows.map((row) => `${row.applicant_id} ${row.campaign_id}`)).size).toBe(rows.length);
  });

  test("the applicant of an application and the applications of an applicant agree", () => {
    for (let index = 0; index < 2_000; index += 1) expect(applicationsOf(applicantOf(index), 2_000)).toContain(index);
  });

  test("every e-mail address is an example, and finds its applicant", () => {
    const data = createData(SIZE, undefined);
    for (const row of data.applicants.all()) {
      expect(row.email).toMatch(/^[a-z.]+\d+@example\.(com|org)$/);
      expect(data.applicantsByEmail(row.email.toUpperCase())).toEqual([row]);
    }
  });

  test("an account without campaigns or applications has empty lists", () => {
    const empty = createData({ seed: 1, campaigns: 0, applications: 0 }, undefined);
    expect([empty.campaigns.size, empty.applications.size, empty.applicants.size]).toEqual([0, 0, 0]);
    expect(empty.applications.insert().campaign_id).toBeNull();
  });

  test("a million applications need no table of rows", () => {
    const before = process.memoryUsage().heapUsed;
    const data = createData({ seed: 1, campaigns: 60, applications: 1_000_000 }, undefined);
    expect(data.applications.get(1_100_000)?.id).toBe(1_100_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
  });
});

describe("scripted change", () => {
  test("a new application is the newest and brings its applicant", () => {
    const data = createData(SIZE, undefined);
    const row = data.applications.insert();
    expect(data.applications.ids().at(-1)).toBe(row.id);
    expect(data.applicationsOf(row.applicant_id ?? 0)).toEqual([row]);
  });

  test("a row that is inserted with a time has the position of that time", () => {
    const { applications } = createData(SIZE, undefined);
    const [, , third] = applications.all();
    const row = applications.insert({ created_at: third?.created_at ?? 0 });
    expect(applications.ids().slice(2, 4)).toEqual([third?.id, row.id]);
  });

  test("rows deleted anywhere leave the others in order", () => {
    const { applications } = createData(SIZE, undefined);
    const ids = [...applications.ids()];
    for (const id of ids.filter((_, index) => index % 3 === 0)) expect(applications.remove(id)).toBe(true);
    expect(applications.ids()).toEqual(ids.filter((_, index) => index % 3 !== 0));
    expect(applications.remove(ids[0] ?? 0)).toBe(false);
    expect(applications.get(ids[0] ?? 0)).toBeUndefined();
  });

  test("a deleted id can come back", () => {
    const { applications } = createData(SIZE, undefined);
    const [first] = applications.all();
    applications.remove(first?.id ?? 0);
    applications.insert({ ...first });
    expect(applications.all()[0]).toEqual(first);
  });

  test("an edit changes the named fields, moves the row if its time changes, and keeps its id", () => {
    const data = createData(SIZE, undefined);
    const id = data.applicants.ids()[5] ?? 0;
    data.applicants.edit(id, { email: "someone.else@example.org", created_at: 1 });
    expect(data.applicants.ids()[0]).toBe(id);
    expect(data.applicantsByEmail("someone.else@example.org").map((row) => row.id)).toEqual([id]);
  });

  test("a filtered view follows every change", () => {
    const { applications } = createData(SIZE, undefined);
    const view = {
      key: "hired",
      keep: [(row: { status: { value: string } | null }) => row.status?.value === "hired"],
      compare: null,
    };
    const before = applications.select(view).length;
    const id = applications.select(view)[0] ?? 0;
    applications.edit(id, { status: { value: "rejected", date: 0 } });
    expect(applications.select(view)).toHaveLength(before - 1);
    expect(applications.select(view)).not.toContain(id);
  });

  test("an id that exists cannot be inserted, one that does not cannot be edited", () => {
    const { campaigns } = createData(SIZE, undefined);
    expect(() => campaigns.insert({ id: campaigns.ids()[0] ?? 0 })).toThrow(/exists already/);
    expect(() => campaigns.edit(1, { name: "x" })).toThrow(/does not exist/);
  });
});
