import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../src/platform/errors.ts";
import { processFile } from "../../../src/outbox/intake/file/import-file.ts";
import { openImportFile } from "../../../src/outbox/intake/file/rows.ts";
import { CASES, type Case } from "./malformed.ts";
import { keyringOf } from "../../support/keyring.ts";

const REFUSED = CASES.filter(({ expected }) => "refused" in expected);
const READ = CASES.flatMap(({ expected, ...one }) => ("faults" in expected ? [{ ...one, expected }] : []));

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "applicant-sync-malformed-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What becomes of a file, without a database: why it is refused, or its faults and who was accepted. */
async function outcomeOf({ file, extension = ".csv", kind = "customer" }: Case) {
  const path = join(directory, `${crypto.randomUUID()}${extension}`);
  await writeFile(path, file);
  const opened = await openImportFile(path).catch((error: unknown) => {
    if (error instanceof UsageError) return error;
    throw error;
  });
  if (opened instanceof UsageError) return { refused: opened.code, message: opened.message };
  const accepted: string[] = [];
  const options = {
    account: "test",
    keyring: keyringOf(null),
    accountKind: kind,
    environment: "sandbox",
    scopes: ["applicants_write", "applications_write"],
    language: "en",
    imports: {
      resumeTypes: { pdf: "pdf" },
      resumeMaxBytes: 1_000,
      companyId: null,
      defaultCountry: null,
      sourceApproval: 0,
    },
    source: "file",
    directory,
    errors: null,
    signal: new AbortController().signal,
  } as const;
  const summary = await processFile(opened, options, async (rows) => {
    accepted.push(...rows.map(({ input }) => input.email));
    return rows.map(() => null);
  });
  return { summary, accepted };
}

/** The header of a file of CSV, and what each row gives to be checked. */
async function readCsv(text: string) {
  const path = join(directory, `${crypto.randomUUID()}.csv`);
  await writeFile(path, text);
  const { head, rows } = await openImportFile(path);
  const submitted: unknown[] = [];
  for await (const some of rows()) submitted.push(...some.map((row) => row.submitted));
  return { columns: head?.columns, submitted };
}

describe("the columns of a file", () => {
  it.each(["Référence", "reference", "Ref", "Réf."])("hold no key if one is called %s", async (name) => {
    expect(await readCsv(`email;${name}\n`)).toMatchObject({ columns: ["email", null] });
  });

  it.each([
    ["Offre", "campaign_id"],
    ["Offre d'emploi", "campaign_id"],
    ["Offre d emploi", "campaign_id"],
    ["N° de téléphone", "phone"],
    ["Numéro de téléphone", "phone"],
    ["Tel. portable", "phone"],
    ["Portable", "phone"],
    ["Consentement RGPD", "is_legals_accepted_by_manager"],
    ["Consentement", "is_legals_accepted_by_manager"],
    ["CV (fichier)", "resume"],
    ["Fichier CV", "resume"],
    ["CV", "resume"],
  ])("are known where one is called %s", async (name, field) => {
    expect(await readCsv(`email;${name}\n`)).toMatchObject({ columns: ["email", field] });
  });

  it("may hold two phones: the mobile counts, or the other if there is none", async () => {
    const rows = "a@example.org;+331;+336\nb@example.org;+331;\nc@example.org;;+336\n";
    const { submitted } = await readCsv(`email;Téléphone;Mobile\n${rows}`);
    expect(submitted).toMatchObject([{ phone: "+336" }, { phone: "+331" }, { phone: "+336" }]);
    const split = await readCsv("email;Indicatif;Téléphone;Mobile\na@example.org;33;1;6\n");
    expect(split.submitted).toMatchObject([{ phone_code: "33", phone_number: "6" }]);
  });
});

describe("a file of imports", () => {
  it("is tried in at least 45 malformed forms", () => {
    const malformed = CASES.filter(({ expected }) => "refused" in expected || expected.faults.length > 0);
    expect(malformed.length).toBeGreaterThanOrEqual(45);
    expect(new Set(CASES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(CASES.length - 1);
  });

  it.each(REFUSED)("is refused with $name", async (one) => {
    const outcome = await outcomeOf(one);
    expect(outcome).toMatchObject(one.expected);
    expect(JSON.stringify(outcome)).not.toContain("@example.org");
  });

  it.each(READ)("is read with $name", async (one) => {
    const { summary, accepted } = await outcomeOf(one);
    expect(summary?.faults.map(({ line, field, reason }) => `${line} ${field} ${reason}`)).toEqual(one.expected.faults);
    expect(accepted).toEqual(expect.arrayContaining([...(one.expected.accepted ?? [])]));
    expect(summary?.lines).toBe((accepted?.length ?? 0) + (summary?.rejected ?? 0));
  });
});
