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
    "Léa Martin <lea@example.org>",
    '"Martin, Léa" <lea@example.org>;',
    "lea@example.org <mailto:Lea@example.org>",
    "lea@example.org; LEA@example.org",
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
  it.each(["-", "n/a", "N/R", "NULL", "0", "00 00 00 00 00", "néant", "non communiquée", "pas de portable", "XX"])(
    "that says that there is none loses no person: %j",
    (phone) => {
      expect(read({ phone })).toMatchObject({ phone_number: null, notes: ["phone holds no number: it is left out"] });
    },
  );

  it.each([
    ["0612345678 0142685300", "phone holds several numbers: the first is used"],
    ["06 12 34 56 78 01 42 68 53 00", "phone holds several numbers: the first is used"],
    ["06 12 34 56 78 (poste 12)", "phone has an extension: it is left out"],
  ])("holds more than a number: %s", (phone, note) => {
    expect(read({ phone })).toMatchObject({ phone_number: "612345678", notes: expect.arrayContaining([note]) });
  });

  it("is refused where a number may have been lost, or where a program wrote it", () => {
    expect(read({ phone: "#N/A" })).toMatchObject({ refused: expect.stringContaining("error of the spreadsheet") });
    expect(read({ phone: "6.12346e+008" })).toMatchObject({ refused: expect.stringContaining("shortened by Excel") });
    expect(read({ phone: "O6 12 34 56 78" })).toHaveProperty("refused");
    expect(read({ phone: "voir CV" })).toHaveProperty("refused");
    expect(read({ phone: "néant" }, false)).toHaveProperty("refused");
  });
});

describe("a value that says that there is none", () => {
  const note = "holds nothing but a sign, a 0 or a word such as NULL: it is left out";

  it.each(["-", "—", "?", "...", "/", "NULL", "null", "(null)", "\\N", "n/a", "N/A", "undefined"])(
    "is left out, and that is said: %j",
    (value) => {
      for (const isSheet of [true, false]) {
        for (const field of ["key", "source", "first_name", "last_name", "campaign_id", "consent_at", "consent_how"]) {
          expect({ field, ...read({ [field]: value }, isSheet) }).toMatchObject({
            field,
            [field]: null,
            notes: [`${field} ${note}`],
          });
        }
      }
    },
  );

  it("is a 0 only where it cannot be a value", () => {
    expect(read({ last_name: "0" })).toMatchObject({ last_name: null, notes: [`last_name ${note}`] });
    expect(read({ key: "0", is_campaign_alert_active: "0" })).toMatchObject({
      key: "0",
      is_campaign_alert_active: false,
    });
    expect(read({ last_name: "Null" })).toMatchObject({ last_name: "Null", notes: [] });
  });

  it.each(["n/a", "N/A", "N.A.", "n.c.", "S/O"])("names no country: %s", (iso_country) => {
    expect(read({ iso_country })).toMatchObject({ iso_country: null });
  });
});

describe("a name", () => {
  it.each([
    ["06 12 34 56 78", "holds no letter"],
    ["24/11/2025", "holds no letter"],
    ['="Martin"', "looks like a formula"],
    ["Andr&eacute;", "holds a letter as web pages write it"],
    ["L&#233;a", "holds a letter as web pages write it"],
    ["Fran‡ois", "holds letters that were read in a wrong encoding"],
    ["Err :502", "is an error of the spreadsheet"],
  ])("is refused with what is wrong: %s", (last_name, reason) => {
    expect(read({ last_name })).toEqual({ refused: expect.stringContaining(`last_name ${reason}`) });
  });
});

it.each([
  ["2025-11-24 10:32:11.5+01", "2025-11-24T09:32:11.5Z"],
  ["2025-11-24T10:32:11-05", "2025-11-24T15:32:11Z"],
  ["le 24/11/2025 à 10h32", "2025-11-24T10:32:00Z"],
  ["Mar 24, 2025", "2025-03-24T00:00:00Z"],
  ["Monday, November 24, 2025", "2025-11-24T00:00:00Z"],
])("%j is a moment", (consent_at, expected) => {
  expect(read({ consent_at })).toMatchObject({ consent_at: new Date(expected) });
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
    ["Accepté", true],
    ["1.0", true],
    ["0,0", false],
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

describe("a cell for a name", () => {
  it.each(["#N/A N/A", "#REF", "#VALEUR"])("is refused where it is an error of a spreadsheet: %j", (last_name) => {
    expect(read({ last_name })).toHaveProperty("refused");
  });
});
