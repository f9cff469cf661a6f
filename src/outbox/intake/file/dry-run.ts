/** Determines what importing a file would do, without writing. */
import type { Database } from "../../../database/client.ts";
import type { ImportConfig } from "../../../config/config.ts";
import { companiesOf } from "../../import/companies.ts";
import { consentToTell } from "../../import/consent.ts";
import { createHomes } from "../../import/home-country.ts";
import type { CheckedInput } from "../../import/fields.ts";
import { identityTexts, sameImports, type ImportIdentity } from "../../import/identity.ts";
import type { ImportRow } from "../../import/row.ts";
import { SUPPRESSED, suppressedEmails } from "../../import/suppressed.ts";
import { existing, type Existing } from "../../lookup/existing.ts";
import { keyInUse } from "../add.ts";
import { fixedInput } from "../resubmit.ts";
import { createHashSet } from "./hash-set.ts";
import { processFile, type FileSummary, type ProcessFileOptions, type StoreRows } from "./import-file.ts";
import type { ImportFile } from "./rows.ts";

export interface DryRun extends FileSummary {
  /** Lines that are the same import as an earlier line. */
  readonly duplicates: number;
  /** Lines that are in the outbox already: nothing changes. */
  readonly knownImports: number;
  /** Lines whose import was rejected: they correct it, and it is tried again. What follows counts them as well. */
  readonly resubmitted: number;
  /** New imports of people who are in the mirror, in the outbox, or in an earlier line: they are not created again. */
  readonly knownPeople: number;
  /** New imports of people, or applications, that the vendor has deleted: held until a person releases them to be created again. */
  readonly deletedThere: number;
  /** Applicants and applications to be created. */
  readonly applicants: number;
  readonly applications: number;
  /** Applicants whom the vendor will e-mail, by the reason. Those without evidence are held first. */
  readonly mails: { readonly noAgreement: number; readonly noEvidence: number };
  /** One request for each creation, and how long they take by the quota and the caps. */
  readonly requests: number;
  readonly seconds: number;
}

export interface DryRunOptions extends ProcessFileOptions {
  readonly imports: ProcessFileOptions["imports"] & Pick<ImportConfig, "perHour" | "perDay">;
  readonly requestsPerMinute: number;
}

/** A line that would be sent, and the rejected import that it corrects; null: it is new. */
interface Sending {
  readonly input: CheckedInput;
  readonly identity: ImportIdentity;
  readonly before: ImportRow | null;
}

/** JSONL repeats the field names in each line. */
const TYPICAL_LINE_BYTES = { csv: 80, jsonl: 160 } as const;

export async function dryRunFile(database: Database, file: ImportFile, options: DryRunOptions): Promise<DryRun> {
  const { account } = options;
  const expected = file.bytes / TYPICAL_LINE_BYTES[file.format];
  const seen = { imports: createHashSet(expected), people: createHashSet(expected) };
  const counts = {
    duplicates: 0,
    knownImports: 0,
    resubmitted: 0,
    knownPeople: 0,
    deletedThere: 0,
    applicants: 0,
    applications: 0,
  };
  const mails = { noAgreement: 0, noEvidence: 0 };

  function count({ input, identity }: Sending, found: Existing): void {
    const isFirst = seen.people.add(identityTexts(identity).person) === "new";
    if (found.isDeleted) {
      counts.deletedThere += 1;
      return;
    }
    const isNewPerson = isFirst && found.applicant === null && !found.isPending;
    if (input.campaign_id !== null && found.application === null) counts.applications += 1;
    if (!isNewPerson) {
      counts.knownPeople += 1;
      return;
    }
    counts.applicants += 1;
    if (consentToTell(input)) return;
    if (input.is_legals_accepted_by_manager === true) mails.noEvidence += 1;
    else mails.noAgreement += 1;
  }

  const homesOf = createHomes(options, (read) => read(database));
  const findSuppressed = (emails: readonly string[]) => suppressedEmails(database, options, emails);
  const storeNothing: StoreRows = async (rows) => {
    const inputs = rows.map(({ input }) => input);
    const companies = await companiesOf(database, options, inputs);
    const suppressed = await findSuppressed(inputs.map(({ email }) => email));
    const faults = companies.map((company, n) =>
      suppressed.has(inputs[n]?.email ?? "") ? SUPPRESSED : "fault" in company ? company.fault : null,
    );
    const unique = rows.flatMap((row, n) => {
      const company = companies[n];
      if (company === undefined || "fault" in company || faults[n] === SUPPRESSED) return [];
      const { key, campaign_id, email } = row.input;
      const identity = { n, key, company_id: company.id, campaign_id, email };
      const { import: text, owner } = identityTexts(identity);
      const result = seen.imports.add(text, owner);
      if (result === "new") return [{ n, row, identity }];
      if (result === "same") counts.duplicates += 1;
      else faults[n] = keyInUse("an earlier line");
      return [];
    });
    const known = await sameImports(
      database,
      account,
      unique.map(({ identity }) => identity),
    );
    const ids = [...known.values()].flatMap(({ id, state }) => (state === "rejected" ? [id] : []));
    const rejected = ids.length === 0 ? [] : await database.applicantImport.findMany({ where: { id: { in: ids } } });
    const byId = new Map(rejected.map((row) => [row.id, row]));
    const toSend: Sending[] = [];
    for (const { n, row, identity } of unique) {
      const same = known.get(n);
      const before = same === undefined ? null : (byId.get(same.id) ?? null);
      const submitted = { ...row, company: identity.company_id };
      const input = before === null ? row.input : await fixedInput(database, before, submitted);
      if (same === undefined) toSend.push({ input: row.input, identity, before });
      else if (before !== null && input !== null) toSend.push({ input, identity, before });
      else if (same.isOther) faults[n] = keyInUse(same.id);
      else counts.knownImports += 1;
    }
    const people = await existing(
      database,
      account,
      toSend.map(({ identity: { company_id: companyId, campaign_id: campaignId, email }, before }) => ({
        id: before?.id ?? null,
        companyId,
        campaignId,
        email,
        applicantId: before?.applicantId ?? null,
      })),
    );
    toSend.forEach((one, index) => {
      const found = people[index];
      if (one.before !== null) counts.resubmitted += 1;
      if (found !== undefined) count(one, found);
    });
    return faults;
  };
  const summary = await processFile(file, options, storeNothing, homesOf, findSuppressed);
  const requests = counts.applicants + counts.applications;
  return { ...summary, ...counts, mails, requests, seconds: secondsFor(counts.applicants, requests, options) };
}

/** The last of `applicants` is sent when all full hours (days) of the cap before it are over. */
function secondsFor(
  applicants: number,
  requests: number,
  { imports: { perHour, perDay }, requestsPerMinute }: DryRunOptions,
): number {
  const waits = (most: number | null, length: number) =>
    most === null || applicants === 0 ? 0 : (Math.ceil(applicants / most) - 1) * length;
  return Math.max(Math.ceil((requests * 60) / requestsPerMinute), waits(perHour, 3_600), waits(perDay, 86_400));
}
