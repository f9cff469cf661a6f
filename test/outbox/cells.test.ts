/** What people leave around a value in a cell, and cells that say that there is none. */
import { describe, expect, it } from "vitest";
import { checkImport } from "../../src/outbox/import/check.ts";

function read(submitted: object, isSheet = true) {
  const scopes = ["applicants_write", "applications_write"];
  const rules = { accountKind: "jobboard", environment: "sandbox", scopes, home: "FR", isSheet } as const;
  const checked = checkImport({ email: "lea@example.org", ...submitted }, rules);
  if (!checked.ok) return { refused: checked.faults.map(({ field, reason }) => `${field} ${reason.en}`).join("; ") };
  return { ...checked.input, notes: checked.notes.map(({ field, reason }) => `${field} ${reason.en}`) };
}

describe("an e-mail address", () => {
  it.each([
    "mailto:lea@example.org",
    "MAILTO:Lea@Example.org?subject=CV",
    "lea@example.org;",
    "lea@example.org, ",
    "<lea@example.org>",
    "<mailto:lea@example.org>;",
    '"lea@example.org"',
    "'lea@example.org",
    "« lea@example.org »",
  ])("is read without what stands around it in %j", (email) => {
    expect(read({ email })).toMatchObject({ email: "lea@example.org" });
  });

  it.each(["lea@example.org; noe@example.org", "lea@example.org noe@example.org", "lea@example.org/noe@example.org"])(
    "is refused where a cell holds two: %j",
    (email) => {
      expect(read({ email })).toEqual({ refused: "email holds several addresses: keep the one of the person" });
    },
  );

  it("keeps an apostrophe of its own", () => {
    expect(read({ email: "o'neil@example.org" })).toMatchObject({ email: "o'neil@example.org" });
  });
});

describe("a cell for a phone", () => {
  it.each(["-", "n/a", "néant", "non communiqué"])("that says that there is none loses no person: %j", (phone) => {
    expect(read({ phone })).toMatchObject({ phone_number: null, notes: ["phone holds no number: it is left out"] });
  });

  it("is refused where a number may have been lost, or where a program wrote it", () => {
    expect(read({ phone: "#N/A" })).toMatchObject({ refused: expect.stringContaining("error of the spreadsheet") });
    expect(read({ phone: "O6 12 34 56 78" })).toHaveProperty("refused");
    expect(read({ phone: "voir CV" })).toHaveProperty("refused");
    expect(read({ phone: "néant" }, false)).toHaveProperty("refused");
  });
});

describe("a tick, a number and a link", () => {
  it.each([
    ["x", true],
    ["X", true],
    ["✓", true],
    ["✔\ufe0f", true],
    ["☑", true],
    ["on", true],
    ["☐", false],
    ["off", false],
  ])("%j is %s", (is_campaign_alert_active, value) => {
    expect(read({ is_campaign_alert_active })).toMatchObject({ is_campaign_alert_active: value });
  });

  it.each(["N° 1001", "n°1001", "#1001", "№ 1001", "'1001"])("%j is the number 1001", (campaign_id) => {
    expect(read({ campaign_id })).toMatchObject({ campaign_id: "1001" });
  });

  it.each([
    ["www.example.org/lea", "https://www.example.org/lea"],
    ["linkedin.com/in/lea", "https://linkedin.com/in/lea"],
    ["http://example.org", "http://example.org"],
  ])("%j is %j", (bio_url, url) => {
    expect(read({ bio_url })).toMatchObject({ bio_url: url });
  });

  it.each(["R.D.C.", "Rép. Dém. du Congo", "RDC"])("%j is a country", (iso_country) => {
    expect(read({ iso_country })).toMatchObject({ iso_country: "CD" });
  });
});
