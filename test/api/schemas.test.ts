import { describe, expect, test } from "vitest";
import { AppError } from "../../src/platform/errors.ts";
import { parseApplicant, parseApplication, parseCampaign } from "../../src/api/schemas/hiring.ts";

describe("parseCampaign", () => {
  test("reads the fields that the reference names", () => {
    const campaign = parseCampaign({
      id: 196956,
      name: "Baker",
      status: "online",
      last_activation_at: "2026-09-08T14:18:19.744Z",
      remote_level: 1,
      salary_min: 32000.5,
      salary_currency: 1,
      is_online: "true",
      stages: ["abstract", "survey"],
      address: { name: "1 Example Street", zipcode: 75001, city: null, lon: "2.34", lat: 48.85 },
      entity: { id: 47, name: "Bakery", color: "#515A53" },
      unit: { id: "8", name: "North", reference: "N" },
      tags: [{ id: 1, name: "urgent" }, "night"],
      channels: [{ value: "career_fr" }],
    });
    expect(campaign).toMatchObject({
      id: "196956",
      name: "Baker",
      status: "online",
      last_activation_at: "2026-09-08T14:18:19.744Z",
      remote_level: "1",
      salary_min: "32000.5",
      salary_currency: "1",
      is_online: true,
      stages: ["abstract", "survey"],
      address: { name: "1 Example Street", zipcode: "75001", city: null, lon: 2.34, lat: 48.85 },
      entity_id: "47",
      entity: { name: "Bakery" },
      unit_id: "8",
      unit: { name: "North", reference: "N" },
      tags: ["urgent", "night"],
      channels: ["career_fr"],
    });
  });

  test("an id alone is a campaign, every other field null", () => {
    const { id, ...rest } = parseCampaign({ id: "c-1" });
    expect(id).toBe("c-1");
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  test("a strange value in any field but the id is null and rejects nothing", () => {
    const strange = [[], {}, Number.NaN, "", true, () => 0];
    for (const field of Object.keys(parseCampaign({ id: 1 })).filter((name) => name !== "id")) {
      for (const value of strange) expect(() => parseCampaign({ id: 1, [field]: value })).not.toThrow();
    }
    expect(
      parseCampaign({ id: 1, name: {}, created_at: "soon", salary_min: "much", stages: 3, address: [] }),
    ).toMatchObject({
      name: null,
      created_at: null,
      salary_min: null,
      stages: null,
      address: null,
    });
  });

  test("unknown fields stay", () => {
    expect(parseCampaign({ id: 1, brand_new: { a: 1 } })).toMatchObject({ brand_new: { a: 1 } });
  });

  test.each([
    ["company_id", { company_id: 42 }, { company_id: "42", company_slug: null }],
    ["company.id", { company: { id: 42 } }, { company_id: "42", company_slug: null }],
    ["company_slug", { company_slug: "bakery" }, { company_id: null, company_slug: "bakery" }],
    ["company.slug", { company: { slug: "bakery" } }, { company_id: null, company_slug: "bakery" }],
  ])("reads the company from %s", (_, fields, expected) => {
    expect(parseCampaign({ id: 1, ...fields })).toMatchObject(expected);
  });

  test.each([
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T10:20:30Z", "2026-03-01T10:20:30.000Z"],
    ["2026-03-01T10:20:30.123456Z", "2026-03-01T10:20:30.123Z"],
    ["2026-03-01T10:20:30+02:00", "2026-03-01T08:20:30.000Z"],
    ["2026-03-01 10:20:30 +0200", "2026-03-01T08:20:30.000Z"],
    ["2026-03-01 10:20:30 UTC", "2026-03-01T10:20:30.000Z"],
    ["2026-03-01T10:20:30", "2026-03-01T10:20:30.000Z"],
    ["2026-13-01", null],
  ])("reads the moment %s as %s", (written, read) => {
    expect(parseCampaign({ id: 1, created_at: written }).created_at).toBe(read);
  });
});

describe("parseApplication", () => {
  test.each([
    ["a text", { status: "interview", status_changed_at: "2026-01-02" }],
    ["an object with a date", { status: { value: "interview", date: "2026-01-02" } }],
    ["an object with changed_at", { status: { value: "interview", changed_at: "2026-01-02T00:00:00Z" } }],
    ["an object with updated_at", { status: { value: "interview", updated_at: "2026-01-02T00:00:00Z" } }],
  ])("reads a status that is %s", (_, fields) => {
    expect(parseApplication({ id: 1, ...fields })).toMatchObject({
      status: "interview",
      status_changed_at: "2026-01-02T00:00:00.000Z",
    });
  });

  test("reads the ids of campaign and applicant from their fields or from what is embedded", () => {
    const ids = { campaign_id: "7", applicant_id: "9" };
    expect(parseApplication({ id: 1, campaign_id: 7, applicant_id: 9 })).toMatchObject(ids);
    const embedded = { campaign: { id: 7, name: "Baker" }, applicant: { id: 9, email: "ann@example.com" } };
    expect(parseApplication({ id: 1, ...embedded })).toMatchObject({ ...ids, applicant: { email: "ann@example.com" } });
  });

  test.each([
    ["is complete when its stage is null", { current_stage: null }, true],
    ["is incomplete when it stands at a stage", { current_stage: "survey" }, false],
    ["says nothing when its stage is missing", {}, null],
    ["is what is_complete says first", { is_complete: false, current_stage: null }, false],
  ])("an application %s", (_, fields, expected) => {
    expect(parseApplication({ id: 1, ...fields }).is_complete).toBe(expected);
  });

  test("an embedded applicant without an id is null", () => {
    expect(parseApplication({ id: 1, applicant: { email: "ann@example.com" } }).applicant).toBeNull();
  });
});

test("an applicant keeps both subscription flags and the names of pools", () => {
  expect(
    parseApplicant({
      id: 9,
      is_campaign_alert_active: false,
      is_partner_newsletter_active: true,
      pools: [{ name: "bakers" }],
    }),
  ).toMatchObject({ is_campaign_alert_active: false, is_partner_newsletter_active: true, pools: ["bakers"] });
});

test.each([
  ["has no id", { email: "ann@example.com" }],
  ["has an empty id", { id: " ", email: "ann@example.com" }],
  ["is a text", "ann@example.com"],
])("an item that %s is refused without naming a value", (_, item) => {
  expect(() => parseApplicant(item)).toThrow(AppError);
  expect(() => parseApplicant(item)).not.toThrow(/example/);
});
