/** Values as French files, spreadsheets and other programs write them, with what they are read as. */
import { describe, expect, it } from "vitest";
import { checkImport, type InputRules } from "../../src/outbox/import/check.ts";

const rules: InputRules = {
  accountKind: "jobboard",
  environment: "sandbox",
  scopes: ["applicants_write", "applications_write"],
  timezone: "Europe/Paris",
  home: "FR",
};
const NOW = new Date("2026-11-24T12:00:00Z");

function read(submitted: object, more: Partial<InputRules> = {}) {
  const checked = checkImport({ email: "lea@example.org", ...submitted }, { ...rules, ...more }, () => NOW);
  if (!checked.ok) return { faults: checked.faults.map(({ field, reason }) => `${field} ${reason.en}`) };
  return { ...checked.input, notes: checked.notes.map(({ field, reason }) => `${field} ${reason.en}`) };
}
const phoneOf = (phone: string, more: object = {}, other: Partial<InputRules> = {}) => {
  const found = read({ phone, ...more }, other);
  return "faults" in found ? found.faults.join() : `+${found.phone_code} ${found.phone_number}`;
};

describe("a phone", () => {
  it.each([
    "06 12 34 56 78",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "06/12/34/56/78",
    "0612345678",
    "612345678",
    "612345678.0",
    "33612345678",
    "+33612345678",
    "+33 (0)6 12 34 56 78",
    "0033 (0)6 12 34 56 78",
    "(+33) 6.12.34.56.78",
    "06\u202f12\u202f34\u202f56\u202f78",
    "06\u00a012\u200734\u200956\u00a078",
    "06\u201112\u201134\u201156\u201178",
    "06\u201312\u201434\u221256\u201078",
    "\u200e06 12 34 56 78",
    "\u202a+33 6 12 34 56 78\u202c",
    "\u2068+33\u00a06\u200b12345678\u2069",
    "\ufeff0612345678",
    "\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    "\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
    "tel:+33-6-12-34-56-78",
    "tel:0612345678;phone-context=+33",
    "TEL:06%2012%2034%2056%2078",
    "Tél. : 06 12 34 56 78",
    "N° 06 12 34 56 78 (perso)",
    '="0612345678"',
    "'0612345678",
  ])("is read as +33 6 12 34 56 78 where one writes %j", (phone) => {
    expect(phoneOf(phone)).toBe("+33 612345678");
  });

  it.each([
    ["0690 12 34 56", "+590 690123456"],
    ["+33 6 92 12 34 56", "+262 692123456"],
    ["0596 12 34 56", "+596 596123456"],
    ["0594 12 34 56", "+594 594123456"],
    ["0508 41 23 45", "+508 412345"],
    ["+39 06 1234567", "+39 061234567"],
    ["+44 (0)20 7946 0958", "+44 2079460958"],
    ["32470123456", "+32 470123456"],
  ])("keeps the country that it belongs to: %s", (phone, expected) => {
    expect(phoneOf(phone)).toBe(expected);
  });

  it.each([
    ["0470 12 34 56", "Belgique", "+32 470123456"],
    ["079 123 45 67", "Suisse (CH)", "+41 791234567"],
    ["0692 12 34 56", "La Réunion", "+262 692123456"],
    ["06 12 34 56 78", "Belgique", "+33 612345678"],
  ])("is read in the person's country if it exists there: %s, %s", (phone, country, expected) => {
    expect(phoneOf(phone, { iso_country: country })).toBe(expected);
  });

  it.each([
    ["06 12 34 56 78 / 01 23 45 67 89", "phone holds several numbers: the first is used"],
    ["06 12 34 56 78 ou 01 23 45 67 89", "phone holds several numbers: the first is used"],
    ["06 12 34 56 78\n01 23 45 67 89", "phone holds several numbers: the first is used"],
    ["06 12 34 56 78 poste 12", "phone has an extension: it is left out"],
    ["tel:+33612345678;ext=12", "phone has an extension: it is left out"],
  ])("is the first number of the cell, and that is said: %j", (phone, note) => {
    expect(phoneOf(phone)).toBe("+33 612345678");
    expect(read({ phone })).toMatchObject({ notes: expect.arrayContaining([note]) });
  });

  it("says that a country was assumed only where one was", () => {
    const note = "phone names no country: it was read as a number of FR";
    expect(read({ phone: "06 12 34 56 78" })).toMatchObject({ notes: [note] });
    expect(read({ phone: "06 12 34 56 78", iso_country: "France" })).toMatchObject({ notes: [] });
    expect(read({ phone: "+33 6 12 34 56 78" })).toMatchObject({ notes: [] });
  });

  it.each([
    ["6,12346E+08", "has been shortened by Excel"],
    ["6.12346E+11", "has been shortened by Excel"],
    ["3,36E10", "has been shortened by Excel"],
    ["06 12 34 56 7", "has too few digits for a number of FR"],
    ["06 12 34 56 789", "has too many digits for a number of FR"],
    ["+0612345678", "must be a phone number that exists"],
    ["Fax : 01 23 45 67 89", "must be a phone number that exists"],
    ["voir CV", "must be a phone number that exists"],
  ])("is refused with what is wrong: %s", (phone, reason) => {
    expect(phoneOf(phone)).toContain(`phone ${reason}`);
  });

  it("is refused without a country, unless it names one", () => {
    expect(phoneOf("06 12 34 56 78", {}, { home: null })).toContain("phone needs its country");
    expect(phoneOf("33612345678", {}, { home: null })).toBe("+33 612345678");
    expect(phoneOf("06 12 34 56 78", { iso_country: "Belgique" }, { home: null })).toContain(
      "no number that exists in BE",
    );
  });

  it("may come in two parts, of which the second may repeat the first", () => {
    for (const phone_number of ["06 12 34 56 78", "612345678", "+33 6 12 34 56 78", "0033612345678", "33612345678"]) {
      expect(read({ phone_code: "(+33)", phone_number })).toMatchObject({
        phone_code: "33",
        phone_number: "612345678",
      });
    }
  });
});

describe("a country and a language", () => {
  it.each(
    Object.entries({
      FR: "France, FRANCE, fr, FRA, France (FR), FR - France, 🇫🇷, République française, France métropolitaine",
      GB: "Royaume-Uni, ROYAUME UNI, UK, GB, GBR, United Kingdom, Angleterre",
      US: "États-Unis, Etats Unis, USA, U.S.A., United States, ETATS-UNIS D'AMÉRIQUE",
      CI: "Côte d'Ivoire, Côte d’Ivoire, cote d ivoire, COTE D'IVOIRE, Ivory Coast",
      CD: "Congo (RDC), RDC, République démocratique du Congo, Congo-Kinshasa, COD",
      CG: "Congo, Congo-Brazzaville, République du Congo",
      DE: "Allemagne (DE), Germany, ALLEMAGNE, DEU",
      RE: "La Réunion, Réunion, reunion",
      NL: "Pays-Bas, Hollande, The Netherlands",
      KR: "Corée du Sud, République de Corée, KOR",
    }),
  )("are understood by name and code: %s", (code, names) => {
    for (const name of names.split(", ")) {
      expect({ name, ...read({ iso_country: name }) }).toMatchObject({ name, iso_country: code, notes: [] });
    }
  });

  it.each(
    Object.entries({
      fr: "Français, FRANÇAIS, francais, fr-FR, fr_FR, FRA, fre, French, Français (courant)",
      en: "Anglais, english, en-GB, ENG, Anglais (UK)",
      es: "Espagnol, Español, spanish, es_ES, spa",
    }),
  )("are understood by name and tag: %s", (tag, names) => {
    for (const name of names.split(", ")) {
      expect({ name, ...read({ locale: name }) }).toMatchObject({ name, locale: tag, notes: [] });
    }
  });

  it("are left out with a word if they are not known", () => {
    expect(read({ iso_country: "Atlantide", locale: "Allemand" })).toMatchObject({
      iso_country: null,
      locale: null,
      notes: [
        "locale is no language that the API knows (French, English, Spanish): it is left out",
        "iso_country is no country that is known: it is left out",
      ],
    });
  });
});

describe("a source", () => {
  it.each(["Site carrière", "Bouche-à-oreille", "LinkedIn, Indeed", "Salon “Jobs & Co” 2026 (Lyon)", "求人"])(
    "may be called %s",
    (source) => {
      expect(read({ source })).toMatchObject({ source });
    },
  );

  it("is kept in one form, and has a length", () => {
    expect(read({ source: " Site\u00a0 carrie\u0300re\u200b" })).toMatchObject({ source: "Site carrière" });
    expect(read({ source: "x".repeat(201) })).toEqual({ faults: ["source must have at most 200 characters"] });
    expect(read({ source: "\u001b[2J" })).toEqual({ faults: ["source must not hold control characters"] });
  });
});

describe("a moment", () => {
  it.each([
    ["24/11/2025 10:32:11", "2025-11-24T09:32:11Z"],
    ["24/07/2025 10:32", "2025-07-24T08:32:00Z"],
    ["24/11/2025", "2025-11-23T23:00:00Z"],
    ["24/11/25", "2025-11-23T23:00:00Z"],
    ["24-11-2025", "2025-11-23T23:00:00Z"],
    ["24.11.2025 à 10h32", "2025-11-24T09:32:00Z"],
    ["lundi 24 novembre 2025", "2025-11-23T23:00:00Z"],
    ["1er août 2025", "2025-07-31T22:00:00Z"],
    ["2025-11-24 10:32", "2025-11-24T09:32:00Z"],
    ["2025-11-24T10:32:11+0100", "2025-11-24T09:32:11Z"],
    ["24/11/2025 10:32 PM", "2025-11-24T21:32:00Z"],
    ["2025-11-24T10:32:11.5Z", "2025-11-24T10:32:11.5Z"],
    ["03/04/2025", "2025-04-02T22:00:00Z"],
  ])("is read day first, in TIMEZONE: %s", (consent_at, expected) => {
    expect(read({ consent_at })).toMatchObject({ consent_at: new Date(expected) });
  });

  it.each([
    ["11/24/2025", "must be a date"],
    ["03/04/2025 10:32 AM", "must be a date"],
    ["31/02/2025", "must be a date"],
    ["24/11/2025 25:00", "must be a date"],
    ["hier", "must be a date"],
    ["45985,4389", "is the number of a day in a spreadsheet"],
  ])("is refused where it may be another: %s", (consent_at, reason) => {
    expect(read({ consent_at })).toEqual({ faults: [expect.stringContaining(`consent_at ${reason}`)] });
  });
});

describe("a damaged value", () => {
  it.each(
    "#N/A, #N/D, #REF!, #VALEUR!, #VALUE!, #NOM?, #NAME?, #DIV/0!, #NUL!, #NULL!, #NOMBRE!, #NUM!, #PROPAGATION!, #SPILL!, #CALC!, #ERREUR!, #¿NOMBRE?, #####, Err:502".split(
      ", ",
    ),
  )("is refused in every field: %s", (value) => {
    for (const field of [
      "first_name",
      "last_name",
      "phone",
      "iso_country",
      "locale",
      "source",
      "key",
      "campaign_id",
      "consent_at",
    ]) {
      expect(read({ [field]: value })).toEqual({
        faults: [expect.stringContaining(`${field} is an error of the spreadsheet`)],
      });
    }
    expect(read({ email: value })).toEqual({
      faults: [expect.stringContaining("email is an error of the spreadsheet")],
    });
  });

  it.each(["LÃ©a", "FranÃ§ois", "Dâ€™Artagnan", "L√©a", "L├®a", "L\uFFFDa", "L?a"])("is refused: %s", (name) => {
    expect(read({ first_name: name })).toHaveProperty("faults.length", 1);
  });

  it.each(["Ã", "João", "DONNÉ…", "Žofie", "Måns", "Zoë", "D’Artagnan", "L'Haÿ"])(
    "is not what a name looks like: %s",
    (name) => {
      expect(read({ first_name: name })).toMatchObject({ first_name: name });
    },
  );
});

it("takes numbers as spreadsheets show them for ids", () => {
  for (const id of ["127", " 127 ", "127.0", "127,00", 127])
    expect(read({ campaign_id: id })).toMatchObject({ campaign_id: "127" });
  for (const id of ["1 127", "1\u202f127", "1127"])
    expect(read({ campaign_id: id })).toMatchObject({ campaign_id: "1127" });
  expect(read({ campaign_id: "1,23457E+05" })).toEqual({
    faults: [expect.stringContaining("campaign_id has been shortened")],
  });
});

it("writes names in one form, whatever wrote them", () => {
  expect(read({ first_name: "Le\u0301a\u00a0 \u200eMarie\n" })).toMatchObject({ first_name: "Léa Marie" });
});
