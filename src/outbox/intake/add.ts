/** Adds new imports to the outbox, from any intake. An import that is there already changes nothing. */
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import type { ImportConfig } from "../../config/config.ts";
import { companiesOf, type CompanyOptions } from "../import/companies.ts";
import { consentToTell } from "../import/consent.ts";
import { holdNewSources } from "../operations/source-approval.ts";
import type { CheckedInput, InputFault } from "../import/fields.ts";
import { findRows, insertRows, keepResume, type Found, type SubmittedRow, type Intake } from "./insert-rows.ts";
import type { Resume } from "../import/resume.ts";
import { resubmit } from "./resubmit.ts";
import { lockOutbox } from "../import/row.ts";

export interface AddOptions extends CompanyOptions {
  readonly imports: Pick<ImportConfig, "companyId" | "sourceApproval">;
}

export interface NewImport<R = Resume> {
  readonly input: CheckedInput;
  readonly resume: R | null;
}

export interface AddedImport {
  readonly id: bigint;
  readonly state: string;
  readonly reasonCode: string | null;
  /** `queued`: new. `known`: there before, nothing was changed. `resubmitted`: it had been rejected, and was changed. */
  readonly outcome: "queued" | "known" | "resubmitted";
  /** Whether the vendor is expected to e-mail the person. */
  readonly emailExpected: boolean;
}

export type AddResult = AddedImport | { readonly fault: InputFault };

/** More imports than this at once are a batch; single ones are sent before those of a batch. */
export const FEW = 10;

/** How the rows of an intake get into the outbox. */
export interface Arrival {
  /** The source of rows that name none. */
  readonly source: string;
  /** Lets those in whose key, or identity, no other import has, and of several with the same one the first. Returns their ids. */
  readonly admit: (submitted: readonly SubmittedRow[]) => Promise<readonly bigint[]>;
  /** Keeps the resume of row `n` with an import. */
  readonly keepResume: (importId: bigint, n: number) => Promise<void>;
  /** Whether row `n` may fix this import, which was rejected. */
  readonly mayFix: (rejected: Rejected, n: number) => boolean;
  /** Whether an import that came in had been let in before, so that it is none of the first of its source. */
  readonly isKnown?: (importId: bigint) => boolean;
  /** How long to wait for the outbox, in milliseconds. */
  readonly waitMs?: number;
}

/** Adds imports in one transaction, at most some hundreds at once. Returns the outcome of each, in their order. */
export function addImports(
  database: Database,
  options: AddOptions,
  intake: Intake,
  rows: readonly NewImport[],
): Promise<readonly AddResult[]> {
  return inTransaction(database, (tx) => addImportsIn(tx, options, intake, rows));
}

/** `addImports` in the caller's transaction. */
export function addImportsIn(
  tx: Executor,
  options: AddOptions,
  intake: Intake,
  rows: readonly NewImport[],
  waitMs?: number,
): Promise<readonly AddResult[]> {
  return addCheckedRows(tx, options, rows, {
    source: intake.intake,
    admit: (submitted) => insertRows(tx, options.account, intake, submitted),
    async keepResume(importId, n) {
      const { resume } = at(rows, n);
      if (resume !== null) await keepResume(tx, importId, resume);
    },
    mayFix: () => true,
    ...(waitMs === undefined ? {} : { waitMs }),
  });
}

/** What every intake does with rows that have been checked, under the lock of the outbox. */
export async function addCheckedRows(
  tx: Executor,
  options: AddOptions,
  rows: readonly NewImport<Pick<Resume, "sha256">>[],
  arrival: Arrival,
): Promise<readonly AddResult[]> {
  const companies = await companiesOf(
    tx,
    options,
    rows.map(({ input }) => input),
  );
  const faults = new Map<number, InputFault>();
  const submitted = rows.flatMap(({ input }, n) => {
    const company = at(companies, n);
    if ("id" in company) return [{ ...input, n, company_id: company.id, source: input.source ?? arrival.source }];
    faults.set(n, company.fault);
    return [];
  });
  await lockOutbox(tx, options.account, arrival.waitMs);
  const inserted = new Set(await arrival.admit(submitted));
  const found = await findRows(tx, options.account, submitted);
  const ids = [...found.values()].map(({ id }) => id);
  const rejected = await rejectedOf(tx, ids);
  const others = new Set<bigint>();
  for (const { n, company_id: company } of submitted) {
    const { input, resume } = at(rows, n);
    const { id, isOther } = found.get(n) ?? { id: 0n, isOther: false };
    const before = rejected.get(id);
    const mayFix = before !== undefined && arrival.mayFix(before, n);
    const isFixed = mayFix && (await resubmit(tx, options.account, id, { input, company, resume }));
    if (isFixed) others.add(id);
    else if (isOther) faults.set(n, keyInUse(`import ${id}`));
    if (resume !== null && (isFixed || (inserted.has(id) && !isOther))) await arrival.keepResume(id, n);
  }
  const isNew = (id: bigint) => arrival.isKnown?.(id) !== true;
  await holdNewSources(
    tx,
    options,
    new Set([...[...inserted].filter(isNew), ...[...others].filter((id) => rejected.get(id)?.admitted === false)]),
  );
  return resultsOf(tx, rows, { found, faults, inserted, others });
}

/** A key names one person's import to one campaign: a wrong match would lose the person. */
export function keyInUse(where: string): InputFault {
  return { field: "key", reason: `is that of another person or campaign already (${where}): give each its own` };
}

/** What is known of the rows, by their indices, and of the imports. */
interface Outcomes {
  readonly found: ReadonlyMap<number, Found>;
  readonly faults: ReadonlyMap<number, InputFault>;
  readonly inserted: ReadonlySet<bigint>;
  readonly others: ReadonlySet<bigint>;
}

/** Returns the outcome of each row; of two rows that are the same import, the first is the one that queued it. */
async function resultsOf(
  tx: Executor,
  rows: readonly Pick<NewImport, "input">[],
  { found, faults, inserted, others }: Outcomes,
): Promise<readonly AddResult[]> {
  const stored = await tx.applicantImport.findMany({
    where: { id: { in: [...found.values()].map(({ id }) => id) } },
    select: { id: true, state: true, reasonCode: true, applicantState: true },
  });
  const byId = new Map(stored.map((row) => [row.id, row]));
  const said = new Set<bigint>();
  return rows.map(({ input }, n): AddResult => {
    const fault = faults.get(n);
    if (fault !== undefined) return { fault };
    const row = byId.get(found.get(n)?.id ?? 0n);
    if (row === undefined) throw new RangeError(`Nothing was found of row ${n}.`);
    const isFirst = !said.has(row.id);
    said.add(row.id);
    const outcome =
      isFirst && inserted.has(row.id) ? "queued" : isFirst && others.has(row.id) ? "resubmitted" : "known";
    const emailExpected = row.applicantState !== "sent" && !consentToTell(input);
    return { id: row.id, state: row.state, reasonCode: row.reasonCode, outcome, emailExpected };
  });
}

/** An import that was rejected, whether a check has ever let it through, and whence it came. */
interface Rejected {
  readonly admitted: boolean;
  readonly intake: string;
  readonly submittedBy: string | null;
}

/** Returns which of these are rejected, so that only those are compared one by one. */
async function rejectedOf(tx: Executor, ids: readonly bigint[]): Promise<ReadonlyMap<bigint, Rejected>> {
  const rows = await tx.applicantImport.findMany({
    where: { id: { in: [...ids] }, state: "rejected" },
    select: { id: true, admitted: true, intake: true, submittedBy: true },
  });
  return new Map(rows.map(({ id, ...one }) => [id, one]));
}

function at<T>(rows: readonly T[], n: number): T {
  const row = rows[n];
  if (row === undefined) throw new RangeError(`There is no row ${n}.`);
  return row;
}
