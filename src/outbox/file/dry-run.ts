/** What importing a file would do, found out without writing. */
import type { Database } from "../../database.ts";
import type { ImportConfig } from "../../config.ts";
import { companiesOf, NO_COMPANY, type AddOptions } from "../add.ts";
import { consentToTell } from "../consent.ts";
import { knownBatch, type Asked, type KnownOf } from "../known-batch.ts";
import { createHashSet } from "./hash-set.ts";
import { passThrough, type GoodRow, type Passage, type PassageOptions } from "./passage.ts";
import type { ImportFile } from "./rows.ts";

export interface DryRun extends Passage {
  /** The same import as an earlier line. */
  readonly duplicates: number;
  /** In the outbox already. */
  readonly knownImports: number;
  /** New imports of people who are in the mirror, in the outbox, or in an earlier line: not created again. */
  readonly knownPeople: number;
  /** Applicants to be created, and applications. */
  readonly applicants: number;
  readonly applications: number;
  /** Applicants whom the vendor will e-mail, and why. Those without evidence wait for a person first. */
  readonly mails: { readonly noAgreement: number; readonly noEvidence: number };
  /** What it takes at the API: one request for each creation, at the pace of the quota and of the caps. */
  readonly requests: number;
  readonly seconds: number;
}

export interface DryRunOptions extends PassageOptions, AddOptions {
  readonly imports: PassageOptions["imports"] & AddOptions["imports"] & Pick<ImportConfig, "perHour" | "perDay">;
  readonly requestsPerMinute: number;
}

/** JSONL names its fields in each line. */
const USUAL_LINE_BYTES = { csv: 80, jsonl: 160 } as const;

export async function dryRunFile(database: Database, file: ImportFile, options: DryRunOptions): Promise<DryRun> {
  const expected = file.bytes / USUAL_LINE_BYTES[file.format];
  const seen = { imports: createHashSet(expected), people: createHashSet(expected) };
  const counts = { duplicates: 0, knownImports: 0, knownPeople: 0, applicants: 0, applications: 0 };
  const mails = { noAgreement: 0, noEvidence: 0 };

  function count({ input }: GoodRow, asked: Asked, known: KnownOf | undefined): void {
    if (known?.imported) {
      counts.knownImports += 1;
      return;
    }
    const isNewPerson = seen.people.add(personOf(asked)) && known?.person !== true;
    if (input.campaign_id !== null && known?.application !== true) counts.applications += 1;
    if (!isNewPerson) {
      counts.knownPeople += 1;
      return;
    }
    counts.applicants += 1;
    if (consentToTell(input)) return;
    if (input.is_legals_accepted_by_manager === true) mails.noEvidence += 1;
    else mails.noAgreement += 1;
  }

  const passage = await passThrough(file, options, async (rows) => {
    const companies = await companiesOf(database, options, rows);
    const asked = rows.flatMap((row, n) => {
      const company = companies[n];
      if (company === undefined) return [];
      const { key, email, campaign_id: campaign } = row.input;
      const one = { key, company, campaign, email };
      if (seen.imports.add(importOf(one))) return [{ row, one }];
      counts.duplicates += 1;
      return [];
    });
    const known = await knownBatch(
      database,
      options.account,
      asked.map(({ one }) => one),
    );
    asked.forEach(({ row, one }, n) => count(row, one, known.get(n)));
    return companies.map((company) => (company === undefined ? { field: "company_id", reason: NO_COMPANY } : null));
  });
  const requests = counts.applicants + counts.applications;
  return { ...passage, ...counts, mails, requests, seconds: secondsFor(counts.applicants, requests, options) };
}

/** What makes two imports the same, as the database has it. */
function importOf(asked: Asked): string {
  return asked.key === null ? `${personOf(asked)} ${asked.campaign}` : `key ${asked.key}`;
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
