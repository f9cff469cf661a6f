import { describe, expect, it } from "vitest";
import { checkImport, type InputRules } from "../../src/outbox/import/check.ts";

const jobboard: InputRules = {
  accountKind: "jobboard",
  environment: "sandbox",
  scopes: ["applicants_write", "applications_write"],
};
const customer: InputRules = { accountKind: "customer", environment: "sandbox", scopes: ["applicants_write"] };
const NOW = new Date("2026-11-24T12:00:00Z");

const check = (submitted: unknown, rules = jobboard) => checkImport(submitted, rules, () => NOW);
const accepted = (submitted: object) => {
  const checked = check({ email: "lea@example.org", ...submitted });
  return checked.ok ? checked.input : checked.faults;
};
const faultsOf = (submitted: unknown, rules = jobboard) => {
  const checked = check(submitted, rules);
  return checked.ok ? [] : checked.faults.map(({ field, reason }) => `${field} ${reason.en}`);
};

describe("an import is accepted", () => {
  it("with nothing but an e-mail address, in lower case and with its domain in ASCII", () => {
    expect(accepted({ email: " Lea.Martin@Bücher.EXAMPLE " })).toMatchObject({
      email: "lea.martin@xn--bcher-kva.example",
      first_name: null,
      is_legals_accepted_by_manager: null,
    });
  });

  it.each([
    [{ phone: "+33 (0)6 42 42 42 42" }, { phone_code: "33", phone_number: "642424242" }],
    [
      { phone: "06 42 42 42 42", iso_country: "fr" },
      { phone_code: "33", phone_number: "642424242", iso_country: "FR" },
    ],
    [{ phone: "0033642424242" }, { phone_code: "33", phone_number: "642424242" }],
    [
      { phone_code: "+33", phone_number: "06.42.42.42.42" },
      { phone_code: "33", phone_number: "642424242" },
    ],
    [
      { phone_code: 32, phone_number: 470123456 },
      { phone_code: "32", phone_number: "470123456" },
    ],
  ])("with a phone as people write it: %o", (submitted, expected) => {
    expect(accepted(submitted)).toMatchObject(expected);
  });

  it.each([
    ["oui", true],
    ["0", false],
    [1, true],
    ["FAUX", false],
    [false, false],
    ["", null],
  ])("with %o for a flag", (word, expected) => {
    expect(accepted({ is_campaign_alert_active: word })).toMatchObject({ is_campaign_alert_active: expected });
  });

  it("with ids as numbers or texts, and names trimmed and in one Unicode form", () => {
    expect(accepted({ company_id: 42, campaign_id: " 127 ", first_name: " Le\u0301a " })).toMatchObject({
      company_id: "42",
      campaign_id: "127",
      first_name: "Léa",
    });
  });

  it("with a date, or a date and time, for the agreement", () => {
    expect(accepted({ consent_at: "2026-11-01" })).toMatchObject({ consent_at: new Date("2026-11-01T00:00:00Z") });
    expect(accepted({ consent_at: "2026-11-01T10:00:00+01:00" })).toMatchObject({
      consent_at: new Date("2026-11-01T09:00:00Z"),
    });
  });
});

describe("an import is refused, with the field and the reason and never the value", () => {
  it.each<readonly [string, unknown]>([
    ["import must be an object", "lea@example.org"],
    ["import must be an object", null],
    ["email is needed", {}],
    ["email must be an e-mail address", { email: "lea" }],
    ["email must be an e-mail address", { email: "lea@@example.org" }],
    ["email must be an e-mail address", { email: "lea martin@example.org" }],
    ["email must be an e-mail address", { email: "" }],
    ["email must have plain letters before the @: the API is not known to accept others", { email: "léa@example.org" }],
    ["email must have at most 254 characters", { email: `${"l".repeat(250)}@example.org` }],
    ["frist_name is not a field of an import", { email: "lea@example.org", frist_name: "Léa" }],
    [
      "first_name looks like a formula of a spreadsheet, not like a name",
      { email: "lea@example.org", first_name: "=cmd|x" },
    ],
    ["last_name must not hold control characters", { email: "lea@example.org", last_name: "Mar\u0000tin" }],
    ["company_id must be a whole number above 0", { email: "lea@example.org", company_id: "forty" }],
    ["company_id must be a whole number above 0", { email: "lea@example.org", company_id: 0 }],
    ["campaign_id must be a whole number above 0", { email: "lea@example.org", campaign_id: 1.5 }],
    ["campaign_id must be a whole number above 0", { email: "lea@example.org", campaign_id: 2 ** 53 }],
    ["campaign_id must be a whole number above 0", { email: "lea@example.org", campaign_id: -(2 ** 53) }],
    ["campaign_id must be a whole number above 0", { email: "lea@example.org", campaign_id: "1234567890123456789" }],
    ["campaign_id must be a whole number above 0", { email: "lea@example.org", campaign_id: {} }],
    ["campaign_id must be a whole number above 0", { email: "lea@example.org", campaign_id: true }],
    ["is_campaign_alert_active must be true or false", { email: "lea@example.org", is_campaign_alert_active: "maybe" }],
    [
      "phone must be a phone number that exists, such as +33 6 42 42 42 42",
      { email: "lea@example.org", phone: "call me" },
    ],
    [
      "phone needs its country: write +33…, or give phone_code or iso_country",
      { email: "lea@example.org", phone: "0642424242" },
    ],
    [
      "phone cannot stand beside phone_code and phone_number",
      { email: "lea@example.org", phone: "+33642424242", phone_code: "33" },
    ],
    [
      "phone_code must be a country's code such as 33 or France (+33)",
      { email: "lea@example.org", phone_code: "Lyon", phone_number: "642424242" },
    ],
    ["bio_url must be a http(s) URL", { email: "lea@example.org", bio_url: "javascript:alert(1)" }],
    [
      "consent_at must be a date and time such as 2026-11-24T10:00:00Z",
      { email: "lea@example.org", consent_at: "2026-02-31" },
    ],
    ["consent_at lies in the future", { email: "lea@example.org", consent_at: "2027-01-01" }],
    ["consent_at lies before the year 2000", { email: "lea@example.org", consent_at: "0001-01-01" }],
  ])("%s", (expected, submitted) => {
    expect(faultsOf(submitted)).toEqual([expected]);
  });

  it("with every fault at once", () => {
    expect(faultsOf({ email: "lea", is_campaign_alert_active: "de", company_id: "x" })).toHaveLength(3);
  });

  it("if the kind of account or the scopes of the key do not allow it", () => {
    expect(faultsOf({ email: "lea@example.org", company_id: 42, campaign_id: 7 }, customer)).toEqual([
      "company_id is for jobboard accounts: a customer's key is for its own company",
      "campaign_id is for jobboard accounts: the API offers a customer no creation of applications",
    ]);
    expect(faultsOf({ email: "lea@example.org" }, { ...customer, scopes: [] })).toHaveLength(1);
    const withoutApplications = { ...jobboard, scopes: ["applicants_write"] };
    expect(faultsOf({ email: "lea@example.org", campaign_id: 7 }, withoutApplications)).toHaveLength(1);
  });

  it("if the address cannot be a person's, only in production", () => {
    const production = { ...jobboard, environment: "production" } as const;
    const nobodys = [
      "example.org",
      "mail.example.com",
      "shop.test",
      "x.invalid",
      "test.com",
      "exemple.fr",
      "yopmail.fr",
    ];
    for (const domain of nobodys) {
      expect(faultsOf({ email: `lea@${domain}` }, production)).toEqual([
        "email is of a domain for examples, tests or throw-away addresses",
      ]);
      expect(faultsOf({ email: `lea@${domain}` })).toEqual([]);
    }
    expect(faultsOf({ email: "lea@email.com" }, production)).toEqual([]);
  });
});
