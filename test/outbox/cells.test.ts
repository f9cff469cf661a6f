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
    "lea@example.org (perso)",
    "Léa Martin (lea@example.org)",
    "E-mail : lea@example.org",
  ])("is read without what stands around it in %j", (email) => {
    expect(read({ email })).toMatchObject({ email: "lea@example.org" });
  });

  it.each(["lea@example.org; noe@example.org", "lea@example.org noe@example.org", "lea@example.org (noe@example.org)"])(
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
  it.each([
    "-",
    "n/a",
    "N/R",
    "NULL",
    "0",
    "00 00 00 00 00",
    "néant",
    "non communiquée",
    "pas de portable",
    "XX",
    "à compléter",
    "A RENSEIGNER",
    "numéro à demander",
    "Non renseigné (à compléter)",
    "liste rouge",
    "TBC",
  ])("that says that there is none loses no person in any intake: %j", (phone) => {
    for (const isSheet of [true, false]) {
      for (const field of ["phone", "phone_number"])
        expect(read({ [field]: phone }, isSheet)).toMatchObject({
          phone_number: null,
          notes: [`${field} holds no number: it is left out`],
        });
      expect(read({ phone_code: phone, phone_number: "06 12 34 56 78" }, isSheet)).toMatchObject({ phone_code: "33" });
    }
  });

  it("that is empty beside the code of a country loses no person", () => {
    const notes = ["phone_code stands beside no number: it is left out"];
    expect(read({ phone_code: "+33" })).toMatchObject({ phone_code: null, phone_number: null, notes });
    expect(read({ phone_code: "+33", phone_number: "à compléter" })).toMatchObject({
      phone_code: null,
      notes: [...notes, "phone_number holds no number: it is left out"],
    });
  });

  it.each([
    ["0612345678 0142685300", "phone holds several numbers: the first is used"],
    ["06 12 34 56 78 01 42 68 53 00", "phone holds several numbers: the first is used"],
    ["06 12 34 56 78 (poste 12)", "phone has an extension: it is left out"],
  ])("holds more than a number: %s", (phone, note) => {
    expect(read({ phone })).toMatchObject({ phone_number: "612345678", notes: expect.arrayContaining([note]) });
  });

  it("is refused where a number may have been lost", () => {
    expect(read({ phone: "#N/A" })).toMatchObject({ refused: expect.stringContaining("error of the spreadsheet") });
    expect(read({ phone: "6.12346e+008" })).toMatchObject({ refused: expect.stringContaining("shortened by Excel") });
    expect(read({ phone: "O6 12 34 56 78" })).toHaveProperty("refused");
    expect(read({ phone: "voir CV" })).toHaveProperty("refused");
    expect(read({ phone: "0127…" })).toEqual({ refused: "phone has too few digits for a number of FR" });
    expect(read({ phone_number: "01 27 3" })).toEqual({
      refused: "phone_number has too few digits for a number of FR",
    });
  });
});

describe("a value that says that there is none", () => {
  const note = "holds nothing but a sign, a 0 or words such as NULL or à compléter: it is left out";

  it.each([
    "-",
    "—",
    "?",
    "...",
    "/",
    "NULL",
    "null",
    "(null)",
    "\\N",
    "n/a",
    "N/A",
    "undefined",
    "nan",
    "à compléter",
    "A\u0300 Comple\u0301ter",
    "Non renseignée",
    "(non communiqué)",
    "To be confirmed",
    "0000-00-00 00:00:00",
    "00/00/0000",
    "00/01/1900",
    "1899-12-30",
    "00000000",
  ])("is left out, and that is said: %j", (value) => {
    for (const isSheet of [true, false]) {
      for (const field of ["key", "source", "first_name", "last_name", "campaign_id", "consent_at", "consent_how"]) {
        expect({ field, ...read({ [field]: value }, isSheet) }).toMatchObject({
          field,
          [field]: null,
          notes: [`${field} ${note}`],
        });
      }
    }
  });

  it.each(["Anne à Paris", "A Nguyen", "Pascale", "Non", "Tobe", "Avenir", "Nota", "Nan"])(
    "is none in %j",
    (last_name) => {
      expect(read({ last_name })).toMatchObject({ last_name, notes: [] });
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
    ["06 12 34 56 78", "is no name"],
    ["24/11/2025", "is no name"],
    ["lea@example.org", "is no name"],
    ["https://example.org/lea", "is no name"],
    ["<b>Léa</b>", "is no name"],
    ["{{last_name}}", "is no name"],
    ["%LASTNAME%", "is no name"],
    ["Lï¿½a", "holds a character that was lost"],
    ['="Martin"', "looks like a formula"],
    ["Andr&eacute;", "holds a letter as web pages write it"],
    ["L&#233;a", "holds a letter as web pages write it"],
    ["Fran‡ois", "holds letters that were read in a wrong encoding"],
    ["Err :502", "is an error of the spreadsheet"],
    ["#N/A N/A", "is an error of the spreadsheet"],
    ["#VALEUR", "is an error of the spreadsheet"],
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
  ["20251124", "2025-11-24T00:00:00Z"],
  ["20251124103211", "2025-11-24T10:32:11Z"],
  ["20251124 1032", "2025-11-24T10:32:00Z"],
  ["20251124T103211.5+0100", "2025-11-24T09:32:11.5Z"],
  ["20251124 10:32", "2025-11-24T10:32:00Z"],
  ["24112025", "2025-11-24T00:00:00Z"],
  ["20122025", "2025-12-20T00:00:00Z"],
  ["20101020", "2010-10-20T00:00:00Z"],
])("%j is a moment", (consent_at, expected) => {
  expect(read({ consent_at })).toMatchObject({ consent_at: new Date(expected) });
});

it.each(["11242025", "20251324", "20250231", "2025112410", "1763980331", "251124", "45985,5"])(
  "%j is no moment",
  (consent_at) => {
    expect(read({ consent_at })).toHaveProperty("refused");
  },
);

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
    ["J’accepte", true],
    ["Décoché", false],
  ])("%j is %s", (is_campaign_alert_active, value) => {
    expect(read({ is_campaign_alert_active })).toMatchObject({ is_campaign_alert_active: value });
  });

  it.each(["N° 1001", "n°1001", "#1001", "№ 1001", "'1001", "0000001001", "1001;;"])(
    "%j is the number 1001",
    (campaign_id) => {
      expect(read({ campaign_id })).toMatchObject({ campaign_id: "1001" });
    },
  );

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
