/** Values that may be read in two ways: read with a note, or refused, and never wrongly without a word. */
import { describe, expect, it } from "vitest";
import { checkImport, type InputRules } from "../../src/outbox/import/check.ts";

const rules: InputRules = {
  accountKind: "jobboard",
  environment: "sandbox",
  scopes: ["applicants_write", "applications_write"],
  timezone: "Europe/Paris",
  home: "FR",
};

/** What is stored of a phone, and what is said about it. */
function phoneOf(submitted: object, more: Partial<InputRules> = {}) {
  const checked = checkImport({ email: "lea@example.org", ...submitted }, { ...rules, ...more });
  if (!checked.ok) return checked.faults.map(({ field, reason }) => `${field} ${reason.en}`).join();
  const { phone_code, phone_number } = checked.input;
  return [`+${phone_code} ${phone_number}`, ...checked.notes.map(({ reason }) => reason.en)].join(" | ");
}

describe("a phone whose + a spreadsheet dropped", () => {
  const note = (country: string) => `begins with a calling code without its +: it was read as a number of ${country}`;

  it.each(["LU", "IT", "AT", "DE", "BE", "CH"])("is a French mobile for somebody in %s, with a note", (iso_country) => {
    expect(phoneOf({ phone: "33612345678", iso_country })).toMatch(/^\+33 612345678 \| .*FR$/);
    expect(phoneOf({ phone: "33 6 12 34 56 78", iso_country })).toMatch(/^\+33 612345678 \| .*FR$/);
    expect(phoneOf({ phone: "33612345678", iso_country }, { home: null })).toBe(`+33 612345678 | ${note("FR")}`);
  });

  it("keeps its own calling code once", () => {
    expect(phoneOf({ phone: "4915123456789", iso_country: "DE" })).toContain("+49 15123456789");
    expect(phoneOf({ phone_code: "49", phone_number: "4917612345678" })).toContain("+49 17612345678");
    expect(phoneOf({ phone_code: "43", phone_number: "430664123456" })).toContain("+43 664123456");
    expect(phoneOf({ phone_code: "39", phone_number: "393331234567" })).toContain("+39 3331234567");
    expect(phoneOf({ phone_code: "33", phone_number: "33612345678" })).toBe("+33 612345678");
    expect(phoneOf({ phone_code: "39", phone_number: "3912345678" })).toBe("+39 3912345678");
  });

  it("is one of the person's country if that is the mobile, such as a German one without its 0", () => {
    expect(phoneOf({ phone: "15123456789", iso_country: "DE" })).toBe("+49 15123456789");
  });

  it("is refused where both readings are as likely", () => {
    expect(phoneOf({ phone: "33145678901", iso_country: "LU" })).toContain("may be a number of FR whose + is missing");
  });

  it("has no calling code in groups of another form", () => {
    for (const phone of ["612 34 56 78 90", "612 345 678 90"])
      expect(phoneOf({ phone })).toContain("phone has too many digits for a number of FR");
    expect(phoneOf({ phone: "336 12 34 56 78" })).toContain("+33 612345678");
    expect(phoneOf({ phone: "41 79 123 45 67" })).toContain("+41 791234567");
    expect(phoneOf({ phone: "1 23 45 67 89 01" })).toContain("phone has too many digits for a number of FR");
  });
});

it.each(["612 345 678,00", "612\u202f345\u202f678,0", "612.345.678,00", "612,345,678.00", "33 612 345 678,00"])(
  "a phone with the decimals of a spreadsheet is the number before them: %s",
  (phone) => {
    expect(phoneOf({ phone })).toContain("+33 612345678");
  },
);

describe("a phone that exists in two countries", () => {
  it("is read in the person's, with a note", () => {
    const note = "is a number of CH, as which it was read, and of FR too";
    expect(phoneOf({ phone: "06 12 34 56 78", iso_country: "CH" })).toContain(note);
    expect(phoneOf({ phone: "07911 123456", iso_country: "GB" })).toBe("+44 7911123456");
    expect(phoneOf({ phone: "06 12 34 56 78", iso_country: "RE" })).toBe("+33 612345678");
    expect(phoneOf({ phone: "06 12 34 56 78", iso_country: "CH" }, { home: null })).not.toContain("too");
  });
});

describe("several phones in a cell", () => {
  const first = "+33 612345678 | holds several numbers: the first is used";

  it.each([
    "06 12 34 56 78 (privé) / 01 23 45 67 89",
    "Maman : 06 12 34 56 78 / 06 98 76 54 32",
    "06 12 34 56 78 / 01 23 45 67 8O",
    "06 12 34 56 78 / 79",
    "+33 6 12 34 56 78 +33 7 12 34 56 78",
    "+33612345678+33712345678",
    "06 12 34 56 78 / 01 23 45 67 89 (maison)",
  ])("are the first: %s", (phone) => {
    expect(phoneOf({ phone })).toContain(first);
  });

  it.each(["06 12 34 56 7O / 01 23 45 67 89", "06 12 34 56 7 / 01 23 45 67 89", "2 enfants - 06 12 34 56 78"])(
    "are refused where the first cannot be read: %s",
    (phone) => {
      expect(phoneOf({ phone })).toContain("holds several numbers, and the first cannot be read");
    },
  );

  it("are one where no part is a number", () => {
    for (const phone of ["06;12;34;56;78", "06/12/34/56/78", "06 12 34 56 78 (privé)", "Maman : 06 12 34 56 78"])
      expect(phoneOf({ phone, iso_country: "FR" })).toBe("+33 612345678");
  });

  it.each(["01 23 45 67 89 (fax)", "06 12 34 56 7O", "Badge 123456789", "né le 01/02/1990"])(
    "are none in %s",
    (phone) => {
      expect(phoneOf({ phone, iso_country: "FR" })).toMatch(/^phone (must be|has too few)/);
    },
  );

  it("are not the number of a fax", () => {
    expect(phoneOf({ phone: "01 23 45 67 89 (fax) / 06 12 34 56 78", iso_country: "FR" })).toBe("+33 612345678");
  });
});

const read = (submitted: object, more: Partial<InputRules> = {}) =>
  checkImport({ email: "lea@example.org", ...submitted }, { ...rules, ...more });

describe("a country", () => {
  const sheet = { isSheet: true };

  it.each("NR, NC, nc, SO, NA, NP, RU, La, LA, DOM".split(", "))("is not %s alone in a cell", (iso_country) => {
    expect(read({ iso_country }, sheet)).toMatchObject({
      input: { iso_country: null },
      notes: [{ field: "iso_country" }],
    });
    expect(phoneOf({ phone: "06 12 34 56 78", iso_country }, sheet)).toContain("+33 612345678");
  });

  it.each([
    ["NRU", "NR"],
    ["Nouvelle-Calédonie (NC)", "NC"],
    ["🇳🇨", "NC"],
    ["Russie", "RU"],
    ["NAM", "NA"],
    ["Laos", "LA"],
    ["RE", "RE"],
  ])("is %s, by its name or by a code that means nothing else", (iso_country, expected) => {
    expect(read({ iso_country }, sheet)).toMatchObject({ input: { iso_country: expected }, notes: [] });
  });

  it("has its code if a program wrote it", () => {
    expect(read({ iso_country: "NC" })).toMatchObject({ input: { iso_country: "NC" }, notes: [] });
  });
});

it.each(["Pas français", "Créole français", "Old English", "Anglais : non", "Langue des signes française"])(
  "takes no language from %s",
  (locale) => {
    expect(read({ locale })).toMatchObject({ input: { locale: null }, notes: [{ field: "locale" }] });
  },
);

describe("a date", () => {
  it.each(["25-11-24", "24-11-25 10:32", "24/11/2025 -05:00", "24/11/2025-05:00"])(
    "that may be two is refused: %s",
    (consent_at) => {
      expect(read({ consent_at })).toMatchObject({ ok: false, faults: [{ field: "consent_at" }] });
    },
  );

  it("says which digits are missing", () => {
    expect(read({ consent_at: "25-11-24" })).toMatchObject({
      faults: [{ reason: { en: expect.stringContaining("four digits") } }],
    });
  });

  it.each([
    ["24/11/2025 +05:00", "2025-11-23T19:00:00Z"],
    ["24/11/2025 10:32 -05:00", "2025-11-24T15:32:00Z"],
    ["24/11/2025 - 10:32", "2025-11-24T09:32:00Z"],
    ["25-11-25", "2025-11-24T23:00:00Z"],
    ["25.11.24", "2024-11-24T23:00:00Z"],
  ])("that can only be one is read: %s", (consent_at, expected) => {
    expect(read({ consent_at })).toMatchObject({ input: { consent_at: new Date(expected) } });
  });
});
