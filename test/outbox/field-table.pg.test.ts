import { describe, expect, it } from "vitest";
import type { ApplicantBody } from "../../src/api/create.ts";
import { raw } from "../../src/database/client.ts";
import { FIELD_NAMES, FIELDS, STORED_FIELDS, type StoredField } from "../../src/outbox/import/fields.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

/** The columns of a table or view, and their types as the table of fields writes them. */
async function columnsOf(name: string): Promise<Readonly<Record<string, string>>> {
  const columns = await database().$queryRaw<{ name: string; type: string }[]>`
    select column_name as name, case data_type when 'timestamp with time zone' then 'timestamptz' else data_type end as type
    from information_schema.columns where table_schema = 'public' and table_name = ${name}`;
  return Object.fromEntries(columns.map((column) => [column.name, column.type]));
}

const stored = Object.fromEntries(STORED_FIELDS.map((field) => [field, FIELDS[field].column]));

describe("the table of fields", () => {
  it("has a column of its type for every field that is stored", async () => {
    expect(await columnsOf("applicant_import")).toMatchObject(stored);
  });

  it("has every column of the view of the SQL intake, beside its account, its resume and its id", async () => {
    const types = Object.fromEntries(FIELD_NAMES.map((field) => [field, FIELDS[field].column ?? "text"]));
    expect(await columnsOf("import_inbox")).toEqual({ ...types, account: "text", resume: "bytea", id: "bigint" });
  });

  it("has every field that the SQL intake keeps", async () => {
    const row: Readonly<Record<StoredField, unknown>> = {
      key: "k-1",
      source: "careers",
      company_id: "4",
      campaign_id: "127",
      email: "lea@example.org",
      first_name: "Léa",
      last_name: "Martin-Test",
      locale: "fr",
      phone_code: "33",
      phone_number: "642424242",
      iso_country: "FR",
      avatar_url: "https://example.org/lea.png",
      bio_url: "https://example.org/lea",
      is_partner_newsletter_active: true,
      is_campaign_alert_active: false,
      is_legals_accepted_by_manager: true,
      consent_at: "2026-01-01T00:00:00.000Z",
      consent_how: "a form",
      consent_wording: "I agree",
    };
    const columns = raw(STORED_FIELDS.join(", "));
    const types = raw(STORED_FIELDS.map((field) => `${field} ${FIELDS[field].column}`).join(", "));
    await database().$executeRaw`
      insert into public.import_inbox (${columns})
      select ${columns} from jsonb_to_recordset(${JSON.stringify([row])}::jsonb) as r (${types})`;
    const { companyId, campaignId, consent_at, ...kept } = await database().applicantImport.findFirstOrThrow();
    const read = { ...kept, company_id: String(companyId), campaign_id: String(campaignId) };
    expect({ ...read, consent_at: consent_at?.toISOString() }).toMatchObject(row);
  });

  it("has every field that the API receives about an applicant", () => {
    const body: Readonly<Record<Exclude<keyof ApplicantBody, "resume">, true>> = {
      email: true,
      first_name: true,
      last_name: true,
      locale: true,
      phone_code: true,
      phone_number: true,
      iso_country: true,
      avatar_url: true,
      bio_url: true,
      is_partner_newsletter_active: true,
      is_campaign_alert_active: true,
      is_legals_accepted_by_manager: true,
    };
    const sent = FIELD_NAMES.filter((field) => !["id", "never"].includes(FIELDS[field].sent));
    expect(sent).toEqual(Object.keys(body));
  });
});
