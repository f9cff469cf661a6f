/** Files as spreadsheets save them: names of columns, columns of text, names of resumes. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readResume } from "../../../src/outbox/intake/file/check.ts";
import { parseMaps } from "../../../src/outbox/intake/file/header.ts";
import { refuseWithoutOffers } from "../../../src/outbox/intake/file/offers.ts";
import { openImportFile, type FileOptions } from "../../../src/outbox/intake/file/rows.ts";

let directory = "";
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "applicant-sync-saved-")));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function open(file: string | Uint8Array, options: FileOptions = {}) {
  const path = join(directory, `${crypto.randomUUID()}.csv`);
  await writeFile(path, file);
  return openImportFile(path, options);
}
const columnsOf = async (header: string) => (await open(`email;${header}\n`)).head?.columns.slice(1);
const mapped = (file: string, ...maps: readonly string[]) => open(file, { maps: parseMaps(maps) });

describe("a column", () => {
  it.each(
    Object.entries({
      campaign_id:
        "N° offre;n°offre;Nº offre;No offre;N. offre;Num. offre;Numéro d'offre;Numéro d’offre;numero de l offre;NUMERO OFFRE;Réf. offre;Ref offre;Référence de l'offre;offre (réf.);Réf de l’offre :;Id. offre;ID_Offre;IdOffre;Offre;Offre d'emploi;N° de l'annonce;Code offre;Campagne;Job ID;Offer number",
      is_legals_accepted_by_manager:
        "Accord du candidat;Accord candidat;Consentement du candidat;Consentement RGPD;RGPD;Accord",
      email: "",
      first_name: "Prénom;PRENOM;prenom du candidat;Prénom(s)",
      last_name: "Nom;NOM DE FAMILLE;Nom du candidat;NomDeFamille",
      phone: "Tél.;Tel;Téléphone portable;N° de tél.;Mobile;GSM;Tél. portable :;numéro de mobile;Portable candidat",
      iso_country: "Pays;Pays de résidence;Code pays;Country",
      locale: "Langue;Langue parlée;Langue du candidat",
      consent_at: "Date de l'accord;Date du consentement;date accord",
      resume: "CV;Fichier CV;CV (fichier);cv du candidat",
      source: "Source;Origine;Provenance de la candidature;Canal",
    }),
  )("is known by its French names: %s", async (field, names) => {
    for (const name of names.split(";").filter((one) => one !== "")) {
      expect({ name, columns: await columnsOf(name) }).toEqual({ name, columns: [field] });
    }
  });

  it("of the e-mail address has French names", async () => {
    for (const name of [
      "Courriel",
      "Adresse mail",
      "E-mail",
      "Mél",
      "ADRESSE E-MAIL",
      "Email du candidat",
      "\u00a0e-mail :",
    ]) {
      expect((await open(`${name};x\n`)).head?.columns).toEqual(["email", null]);
    }
  });

  it("of something else is not taken for one", async () => {
    const others =
      "N° candidat;Id candidat;Code postal;CP;Ville;Lettre de motivation;Nom de l'offre;Titre de l'offre;Date de candidature;Référence;Nom complet;Date;Civilité";
    expect(await columnsOf(others)).toEqual(others.split(";").map(() => null));
  });

  it("with text in place of numbers is ignored with a word, unless its name or a person says that it holds numbers", async () => {
    const file = "email;Offre;Société;company_id\na@example.org;Développeur;Kelio;42\nb@example.org;Comptable;3M;42\n";
    const { head } = await mapped(file, "Société=");
    expect(head).toMatchObject({ columns: ["email", null, null, "company_id"], textColumns: ["Offre"] });
    const numbers = await open(
      "email;Offre;Entreprise\na@example.org;127;42\nb@example.org;;\nc@example.org;1 128;42,00\n",
    );
    expect(numbers.head).toMatchObject({ columns: ["email", "campaign_id", "company_id"], textColumns: [] });
    expect((await mapped(file.replace("Société", "x"), "Offre=campaign_id")).head?.columns[1]).toBe("campaign_id");
    expect((await open("email;campaign_id\na@example.org;Comptable\n")).head?.columns[1]).toBe("campaign_id");
  });
});

describe("a column whose content says what it is", () => {
  const columns = async (header: string, ...lines: readonly string[]) =>
    (await open(`${header}\n${lines.join("\n")}\n`)).head?.columns;

  it.each(["N°", "No", "Nº", "Num.", "Numéro", "Number", "Numéro national"])("numbers the lines: %s", async (name) => {
    expect(await columns(`${name};email;Nom`, "1;a@example.org;Martin")).toEqual([null, "email", "last_name"]);
    expect(await columns(`${name};email;Tél;Indicatif`, "1;a@example.org;612345678;33")).toEqual([
      null,
      "email",
      "phone_number",
      "phone_code",
    ]);
  });

  it("is a phone beside its calling code", async () => {
    expect(await columns("email;Indicatif;Numéro;N°", "a@example.org;33;612345678;1")).toEqual([
      "email",
      "phone_code",
      "phone_number",
      null,
    ]);
    expect((await mapped("email;Numéro\na@example.org;0612345678\n", "Numéro=phone_number")).head?.columns[1]).toBe(
      "phone_number",
    );
  });

  it("of two that may hold a number is the one that does", async () => {
    expect(await columns("email;Offre;N° offre", "a@example.org;Vendeur;12")).toEqual(["email", null, "campaign_id"]);
    expect(await columns("email;Offre;Réf. offre", "a@example.org;12;Vendeur")).toEqual(["email", "campaign_id", null]);
    expect(await columns("email;Société;Entreprise", "a@example.org;Kelio;42")).toEqual(["email", null, "company_id"]);
  });

  it("is ignored with a word if it holds something else", async () => {
    const { head } = await open("email;Site;RGPD;Photo\na@example.org;Lyon;24/11/2025;oui\n");
    expect(head).toMatchObject({ columns: ["email", null, null, null], textColumns: ["Site", "RGPD", "Photo"] });
    expect(await columns("email;Site web;RGPD", "a@example.org;https://example.org/lea;oui")).toEqual([
      "email",
      "bio_url",
      "is_legals_accepted_by_manager",
    ]);
    expect(await columns("email;RGPD", "a@example.org;d'accord")).toEqual(["email", "is_legals_accepted_by_manager"]);
    expect(await columns("email;URL candidature", "a@example.org;https://ats.example.org/1")).toEqual(["email", null]);
  });
});

describe("--map", () => {
  const file = "email;N° offre;Offre;Poste\na@example.org;127;128;129\n";

  it("comes before the names that are known, whatever the spelling of the column", async () => {
    expect((await mapped(file, "poste=campaign_id")).head?.columns).toEqual(["email", null, null, "campaign_id"]);
    expect((await mapped(file, "n° OFFRE=campaign_id")).head?.columns).toEqual(["email", "campaign_id", null, null]);
    expect((await mapped("a=b;x\nl@example.org;1\n", "a=b=email", "x=key")).head?.columns).toEqual(["email", "key"]);
  });

  it.each<readonly [maps: readonly string[], code: string, message: string]>([
    [["Ofre=campaign_id"], "unknown_column", 'Nearest: "Offre"'],
    [["zzz=campaign_id"], "unknown_column", 'Its columns: "email"'],
    [["Offre=campain_id"], "unknown_field", "Nearest: campaign_id"],
    [["Offre=n° offre"], "unknown_field", "Nearest: campaign_id"],
    [["Offre"], "bad_map", "COLUMN=FIELD"],
    [["=campaign_id"], "bad_map", "COLUMN=FIELD"],
    [["Offre=campaign_id", "Poste=campaign_id"], "doubled_field", '"Offre" and "Poste"'],
  ])("is refused with the nearest names: %s", async (maps, code, message) => {
    await expect(async () => mapped(file, ...maps)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it("is asked for where two columns hold one field", async () => {
    await expect(open(file)).rejects.toMatchObject({
      code: "doubled_column",
      message: expect.stringMatching(/"N° offre".*"Offre".*--map/),
    });
  });
});

it("refuses a jobboard's file in which nobody would apply to an offer, with the nearest names", async () => {
  const refusal = async (header: string, cells: string) => {
    const { path, head } = await open(`${header}\n${cells}\n`);
    if (head === null) throw new Error("It is no CSV.");
    try {
      refuseWithoutOffers(path, head);
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    return null;
  };
  expect(await refusal("email;Annonce concernée;Prénom", "a@example.org;127;Léa")).toMatch(
    /Nearest: "Annonce concernée".*--map "Annonce/,
  );
  expect(await refusal("email;Offre;company_id", "a@example.org;Comptable;42")).toMatch(/"Offre" holds text/);
  expect(await refusal("email;Offre", "a@example.org;Comptable")).not.toMatch(/--map|other columns/);
  expect(await refusal("email;Offre;Ville", "a@example.org;Comptable;7")).toMatch(/Its other columns: "Ville"\./);
  expect(await refusal("email;Ville", "a@example.org;Lyon")).toMatch(/Its other columns: "Ville"/);
  expect(await refusal("email;Poste;company_id", "a@example.org;12;42")).toMatch(/Nearest: "Poste"/);
  expect(await refusal("email;company_id", "a@example.org;42")).toBeNull();
  expect(await refusal("email;N° offre", "a@example.org;127")).toBeNull();
});

describe("the name of a resume", () => {
  const OPTIONS = { resumeTypes: { pdf: "pdf" }, resumeMaxBytes: 2_000 } as const;
  const PDF = "%PDF-1.7\n%%EOF\n";

  it.each([
    "CV/Le\u0301a Martin.PDF",
    "CV/Léa Martin.PDF",
    "cv/léa martin.pdf",
    String.raw`.\CV\LÉA MARTIN.pdf`,
    '"CV/Léa\u00a0Martin.PDF"',
  ])("is found whatever its form: %s", async (path) => {
    await mkdir(join(directory, "CV"), { recursive: true });
    await writeFile(join(directory, "CV", "Le\u0301a Martin.PDF"), PDF);
    expect(await readResume(directory, path, OPTIONS)).toMatchObject({ type: "pdf" });
  });

  it("is refused where it may be several files", async () => {
    await writeFile(join(directory, "A.pdf"), PDF);
    await writeFile(join(directory, "a.PDF"), PDF);
    expect(await readResume(directory, "a.pdf", OPTIONS)).toMatchObject({
      reason: { en: expect.stringContaining("several files") },
    });
    expect(await readResume(directory, "A.pdf", OPTIONS)).toMatchObject({ type: "pdf" });
  });

  it.each([
    "https://drive.google.com/file/d/1",
    "www.example.org/cv.pdf",
    "drive.google.com/open?id=1",
    '=LIEN_HYPERTEXTE("https://example.org/cv.pdf")',
    "file:///C:/cv.pdf",
  ])("that is a link is not fetched: %s", async (path) => {
    expect(await readResume(directory, path, OPTIONS)).toMatchObject({
      reason: { en: expect.stringContaining("is a link: not fetched") },
    });
  });

  it("is not fetched from a shortcut, and an error of the spreadsheet is none", async () => {
    await writeFile(join(directory, "cv.url"), "[InternetShortcut]\r\nURL=https://example.org/cv.pdf\r\n");
    expect(await readResume(directory, "cv.url", OPTIONS)).toMatchObject({
      reason: { en: expect.stringContaining("is a link") },
    });
    expect(await readResume(directory, "#REF!", OPTIONS)).toMatchObject({
      reason: { en: expect.stringContaining("error of the spreadsheet") },
    });
  });
});
