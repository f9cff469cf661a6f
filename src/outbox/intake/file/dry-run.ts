/** What importing a file would do, found out without writing. */
import type { Database } from "../../../database/client.ts";
import type { ImportConfig } from "../../../config/config.ts";
import { keyInUse, type AddOptions } from "../add.ts";
import { companiesOf } from "../../import/companies.ts";
import { consentToTell } from "../../import/consent.ts";
import { knownImports, type Asked } from "../known-imports.ts";
import { existing, type Existing } from "../../lookup/existing.ts";
import { createHashSet } from "./hash-set.ts";
import { processFile, type GoodRow, type FileSummary, type ProcessFileOptions } from "./summary.ts";
import type { ImportFile } from "./rows.ts";

export interface DryRun extends FileSummary {
  /** The same import as an earlier line. */
  readonly duplicates: number;
  /** In the outbox already. */
  readonly knownImports: number;
  /** New imports of people who are in the mirror, in the outbox, or in an earlier line: not created again. */
  readonly knownPeople: number;
  /** New imports of people, or candidacies, that the vendor has deleted: held for a person, who may have them created again. */
  readonly deletedThere: number;
  /** Applicants to be created, and applications. */
  readonly applicants: number;
  readonly applications: number;
  /** Applicants whom the vendor will e-mail, and why. Those without evidence wait for a person first. */
  readonly mails: { readonly noAgreement: number; readonly noEvidence: number };
  /** What it needs of the API: one request for each creation, at the pace of the quota and of the caps. */
  readonly requests: number;
  readonly seconds: number;
}

export interface DryRunOptions extends ProcessFileOptions, AddOptions {
  readonly imports: ProcessFileOptions["imports"] & AddOptions["imports"] & Pick<ImportConfig, "perHour" | "perDay">;
  readonly requestsPerMinute: number;
}

/** JSONL names its fields in each line. */
const TYPICAL_LINE_BYTES = { csv: 80, jsonl: 160 } as const;

export async function dryRunFile(database: Database, file: ImportFile, options: DryRunOptions): Promise<DryRun> {
  const expected = file.bytes / TYPICAL_LINE_BYTES[file.format];
  const seen = { imports: createHashSet(expected), people: createHashSet(expected) };
  const counts = { duplicates: 0, knownImports: 0, knownPeople: 0, deletedThere: 0, applicants: 0, applications: 0 };
  const mails = { noAgreement: 0, noEvidence: 0 };

  function count({ input }: GoodRow, asked: Asked, known: Existing): void {
    const isFirst = seen.people.add(personOf(asked)) === "new";
    if (known.isDeleted) {
      counts.deletedThere += 1;
      return;
    }
    const isNewPerson = isFirst && known.applicant === null && !known.isPending;
    if (input.campaign_id !== null && known.application === null) counts.applications += 1;
    if (!isNewPerson) {
      counts.knownPeople += 1;
      return;
    }
    counts.applicants += 1;
    if (consentToTell(input)) return;
    if (input.is_legals_accepted_by_manager === true) mails.noEvidence += 1;
    else mails.noAgreement += 1;
  }

  const summary = await processFile(file, options, async (rows) => {
    const companies = await companiesOf(
      database,
      options,
      rows.map(({ input }) => input),
    );
    const faults = companies.map((company) => ("fault" in company ? company.fault : null));
    const asked = rows.flatMap((row, n) => {
      const company = companies[n];
      if (company === undefined || "fault" in company) return [];
      const { key, email, campaign_id: campaign } = row.input;
      const one = { key, company: company.id, campaign, email };
      const result = key === null ? seen.imports.add(importOf(one)) : seen.imports.add(`key ${key}`, importOf(one));
      if (result === "new") return [{ n, row, one }];
      if (result === "same") counts.duplicates += 1;
      else faults[n] = keyInUse("an earlier line");
      return [];
    });
    const { account } = options;
    const known = await knownImports(
      database,
      account,
      asked.map(({ one }) => one),
    );
    const fresh = asked.flatMap((one, index) => (known[index]?.imported === false ? [one] : []));
    const people = await existing(
      database,
      account,
      fresh.map(({ one: { company, campaign, email } }) => ({
        id: null,
        companyId: company,
        campaignId: campaign,
        email,
        applicantId: null,
      })),
    );
    fresh.forEach(({ row, one }, index) => {
      const person = people[index];
      if (person !== undefined) count(row, one, person);
    });
    asked.forEach(({ n }, index) => {
      const { imported = false, keyOwner = null } = known[index] ?? {};
      if (keyOwner !== null) faults[n] = keyInUse(`import ${keyOwner}`);
      else if (imported) counts.knownImports += 1;
    });
    return faults;
  });
  const requests = counts.applicants + counts.applications;
  return { ...summary, ...counts, mails, requests, seconds: secondsFor(counts.applicants, requests, options) };
}

/** What makes two imports without a key the same, as the database has it. */
function importOf(asked: Asked): string {
  return `${personOf(asked)} ${asked.campaign}`;
}

function personOf({ company, email }: Asked): string {
  return `${company} ${email}`;
}

/** The last of `applicants` begins when all full hours (days) of the cap before it are over. */
function secondsFor(
  applicants: number,
  requests: number,
  { imports: { perHour, perDay }, requestsPerMinute }: DryRunOptions,
): number {
  const waits = (most: number | null, length: number) =>
    most === null || applicants === 0 ? 0 : (Math.ceil(applicants / most) - 1) * length;
  return Math.max(Math.ceil((requests * 60) / requestsPerMinute), waits(perHour, 3_600), waits(perDay, 86_400));
}
