import { describe, expect, it } from "vitest";
import { mapApplicant } from "../../../src/mirror/items/applicant.ts";
import { mapApplication } from "../../../src/mirror/items/application.ts";
import { mapCampaign } from "../../../src/mirror/items/campaign.ts";
import { mapEntity, mapManager, mapUnit } from "../../../src/mirror/items/organisation.ts";
import {
  applicantColumns,
  applicationColumns,
  campaignColumns,
  entityColumns,
  managerColumns,
  unitColumns,
} from "../../../src/mirror/items/rows.ts";

const maps = [
  ["campaign", mapCampaign, campaignColumns],
  ["application", mapApplication, applicationColumns],
  ["applicant", mapApplicant, applicantColumns],
  ["manager", mapManager, managerColumns],
  ["entity", mapEntity, entityColumns],
  ["unit", mapUnit, unitColumns],
] as const;

describe.each(maps)("the row of a %s", (_, map, columns) => {
  it("has every column, all null where the answer says nothing but the id", () => {
    const row = map({ id: 1 });
    expect(Object.keys(row).toSorted()).toEqual(Object.keys(columns).toSorted());
    expect(Object.values(row).filter((value) => value !== null)).toEqual([]);
  });

  it("accepts any value of any type in any field without an error", () => {
    for (const value of [
      0,
      -1,
      1.5,
      "",
      "x",
      true,
      [],
      [1],
      ["a", null],
      {},
      { id: {} },
      { value: [] },
      "9".repeat(400),
    ]) {
      const item = Object.fromEntries(Object.keys(columns).map((name) => [name, value]));
      expect(() => map({ ...item, address: value, entity: value, unit: value, campaign: value, id: 1 })).not.toThrow();
    }
  });
});

describe("a campaign", () => {
  it("keeps the vendor's values as text, unknown ones too", () => {
    const row = mapCampaign({ id: 1, status: "frozen", remote_level: 1, education_level: 5, salary_currency: 1 });
    expect(row).toMatchObject({ status: "frozen", remote_level: "1", education_level: "5", salary_currency: "1" });
  });

  it("spreads its address, entity and unit over columns", () => {
    const row = mapCampaign({
      id: 1,
      address: { name: "Rue des Halles, Paris", city: "Paris", zipcode: "75001", lat: 48.86, lon: 2.35, street: null },
      entity: { id: 47, name: "Atelier", reference: "A1" },
      unit: { id: 3, name: "Nord" },
    });
    expect(row).toMatchObject({ address: "Rue des Halles, Paris", city: "Paris", latitude: 48.86, street: null });
    expect(row).toMatchObject({ entity_id: "47", entity_name: "Atelier", entity_reference: "A1", unit_name: "Nord" });
  });

  it("bears the company of a jobboard however the answer names it", () => {
    const named = [{ company_id: 4 }, { company: { id: "4" } }, { company: { id: 4, slug: "atelier" } }];
    expect(named.map((own) => mapCampaign({ id: 1, ...own }).company_id)).toEqual(["4", "4", "4"]);
  });
});

describe("an application", () => {
  it("is complete where its stage is null, incomplete where it has one, unknown where none is reported", () => {
    const answers = [{ current_stage: null }, { current_stage: "survey" }, {}];
    expect(answers.map((own) => mapApplication({ id: 1, ...own }).is_complete)).toEqual([true, false, null]);
  });

  it("reads its status as a word or as an object with its date", () => {
    expect(mapApplication({ id: 1, status: "interview" }).status).toBe("interview");
    expect(mapApplication({ id: 1, status: { value: "offer", date: "2026-01-31" } })).toMatchObject({
      status: "offer",
      status_changed_at: "2026-01-31T00:00:00.000Z",
    });
  });

  it("leaves out an id that is no whole number and a date that Postgres has not", () => {
    const row = mapApplication({ id: 1, campaign_id: "abc", applicant_id: "9".repeat(25), created_at: "0000-01-01" });
    expect(row).toMatchObject({ campaign_id: null, applicant_id: null, created_at: null });
  });
});

describe("the organisation", () => {
  it("is mapped field by field, its numbers as text", () => {
    expect(mapManager({ id: 1, email: "m@example.org", credentials: 4, locale: "fr", phone_code: 33 })).toMatchObject({
      email: "m@example.org",
      credentials: "4",
      locale: "fr",
      phone_code: "33",
    });
    expect(mapEntity({ id: 1, name: "Atelier", reference: 12, logo_url: "https://example.org/a.png" })).toMatchObject({
      name: "Atelier",
      reference: "12",
      logo_url: "https://example.org/a.png",
    });
  });

  it("has units that tell their entity, or leave it open", () => {
    const answers = [{ entity_id: 4 }, { entity: { id: "4" } }, { entity_id: "north" }, {}];
    expect(answers.map((own) => mapUnit({ id: 1, ...own }).entity_id)).toEqual(["4", "4", null, null]);
  });
});
