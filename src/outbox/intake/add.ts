/** Adds imports to the outbox, from any intake. An import that is there already is left as it is, unless it was rejected. */
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import type { IntakeSettings } from "../context.ts";
import { companiesOf } from "../import/companies.ts";
import { consentToTell } from "../import/consent.ts";
import { fault, type InputFault } from "../import/faults.ts";
import type { CheckedInput } from "../import/fields.ts";
import { sameImports, type SameImport } from "../import/identity.ts";
import type { Resume } from "../import/resume.ts";
import { lockOutbox } from "../import/row.ts";
import { SUPPRESSED, suppressedEmails } from "../import/suppressed.ts";
import { holdNewSources } from "../operations/source-approval.ts";
import { resubmit } from "./resubmit.ts";
import { insertRows, keepResume, type FileLine, type Intake, type SubmittedRow } from "./store.ts";

export interface NewImport<R = Resume> {
  readonly input: CheckedInput;
  readonly resume: R | null;
  /** Left out: it comes from no file. */
  readonly origin?: FileLine;
}

export interface AddedImport {
  readonly id: bigint;
  readonly state: string;
  readonly reasonCode: string | null;
  /** `queued`: new. `known`: there before, nothing was changed. `resubmitted`: it had been rejected, and was changed. */
  readonly outcome: "queued" | "known" | "resubmitted";
  /** Whether the vendor is expected to e-mail the person. */
  readonly emailExpected: boolean;
  /** Who submitted it: the intake, and by SQL the role. */
  readonly by: Submitter;
}

export type Submitter = Pick<SameImport, "intake" | "submittedBy">;

/** `by`: who submitted the import that is in the way; undefined: none is. */
export type AddResult = AddedImport | { readonly fault: InputFault; readonly by?: Submitter | undefined };

/** More imports than this at once are a batch; single imports are sent before those of a batch. */
export const FEW = 10;

/** How the rows of an intake get into the outbox. */
export interface Arrival {
  /** The source of rows that name none. */
  readonly source: string;
  /** Accepts the rows that are not the same as another import; of several that are the same, the first. Returns the ids. */
  readonly admit: (submitted: readonly SubmittedRow[]) => Promise<readonly bigint[]>;
  /** Keeps the resume of row `n` with an import. */
  readonly keepResume: (importId: bigint, n: number) => Promise<void>;
  /** Whether row `n` may fix this rejected import. */
  readonly mayFix: (rejected: SameImport, n: number) => boolean;
  /** Whether an import had been accepted before, so that it is not one of the first of its source. */
  readonly isKnown?: (importId: bigint) => boolean;
  /** How long to wait for the lock of the outbox, in milliseconds. */
  readonly waitMs?: number;
}

/** Adds some hundreds of imports at most, in one transaction. Returns the result of each, in their order. */
export function addImports(
  database: Database,
  settings: IntakeSettings,
  intake: Intake,
  rows: readonly NewImport[],
): Promise<readonly AddResult[]> {
  return inTransaction(database, (tx) => addImportsIn(tx, settings, intake, rows));
}

/** `addImports` in the caller's transaction. */
export function addImportsIn(
  tx: Executor,
  settings: IntakeSettings,
  intake: Intake,
  rows: readonly NewImport[],
  waitMs?: number,
): Promise<readonly AddResult[]> {
  return addCheckedRows(tx, settings, rows, {
    source: intake.intake,
    admit: (submitted) => insertRows(tx, settings.account, intake, submitted),
    async keepResume(importId, n) {
      const { resume } = at(rows, n);
      if (resume !== null) await keepResume(tx, importId, resume);
    },
    mayFix: () => true,
    ...(waitMs === undefined ? {} : { waitMs }),
  });
}

/** What every intake does with checked rows, under the lock of the outbox. */
export async function addCheckedRows(
  tx: Executor,
  settings: IntakeSettings,
  rows: readonly NewImport<Pick<Resume, "sha256">>[],
  arrival: Arrival,
): Promise<readonly AddResult[]> {
  const { account } = settings;
  const inputs = rows.map(({ input }) => input);
  const companies = await companiesOf(tx, settings, inputs);
  const faults = new Map<number, InputFault>();
  await lockOutbox(tx, account, arrival.waitMs);
  const suppressed = await suppressedEmails(
    tx,
    settings,
    inputs.map(({ email }) => email),
  );
  const submitted = inputs.flatMap((input, n) => {
    if (suppressed.has(input.email)) {
      faults.set(n, SUPPRESSED);
      return [];
    }
    const company = at(companies, n);
    const rest = { n, ...at(rows, n).origin, source: input.source ?? arrival.source };
    if ("id" in company) return [{ ...input, ...rest, company_id: company.id }];
    faults.set(n, company.fault);
    return [];
  });
  const inserted = new Set(await arrival.admit(submitted));
  const found = await sameImports(tx, account, submitted);
  const fixed = new Set<bigint>();
  for (const { n, company_id: company } of submitted) {
    const { input, resume, origin } = at(rows, n);
    const same = found.get(n);
    if (same === undefined) continue;
    const { id, isOther } = same;
    const mayFix = same.state === "rejected" && arrival.mayFix(same, n);
    const isFixed = mayFix && (await resubmit(tx, account, id, { input, company, resume, origin }));
    if (isFixed) fixed.add(id);
    else if (isOther) faults.set(n, keyInUse(id));
    if (resume !== null && (isFixed || (inserted.has(id) && !isOther))) await arrival.keepResume(id, n);
  }
  await holdNewSources(tx, settings, new Set([...inserted].filter((id) => arrival.isKnown?.(id) !== true)));
  return resultsOf(tx, inputs, { found, faults, inserted, fixed });
}

/** A key names the import of one person for one campaign: a wrong match would lose the person. */
export function keyInUse(by: bigint | "an earlier line"): InputFault {
  return by === "an earlier line" ? fault("key", "key_of_line") : fault("key", "key_of_import", { import: String(by) });
}

/** What became of the rows, by their indexes, and of the imports. */
interface Outcomes {
  readonly found: ReadonlyMap<number, SameImport>;
  readonly faults: ReadonlyMap<number, InputFault>;
  readonly inserted: ReadonlySet<bigint>;
  readonly fixed: ReadonlySet<bigint>;
}

/** Returns the result of each row. Of two rows that are the same import, the first is the one that queued it. */
async function resultsOf(
  tx: Executor,
  inputs: readonly CheckedInput[],
  { found, faults, inserted, fixed }: Outcomes,
): Promise<readonly AddResult[]> {
  const stored = await tx.applicantImport.findMany({
    where: { id: { in: [...found.values()].map(({ id }) => id) } },
  });
  const byId = new Map(stored.map((row) => [row.id, row]));
  const reported = new Set<bigint>();
  return inputs.map((_, n): AddResult => {
    const refused = faults.get(n);
    if (refused !== undefined) return { fault: refused, by: found.get(n) };
    const row = byId.get(found.get(n)?.id ?? 0n);
    if (row === undefined) throw new RangeError(`Row ${n} was neither stored nor refused.`);
    const { id, state, reasonCode, applicantState, intake, submittedBy } = row;
    const isFirst = !reported.has(id);
    reported.add(id);
    const outcome = isFirst && inserted.has(id) ? "queued" : isFirst && fixed.has(id) ? "resubmitted" : "known";
    const emailExpected = applicantState !== "sent" && !consentToTell(row);
    return { id, state, reasonCode, outcome, emailExpected, by: { intake, submittedBy } };
  });
}

function at<T>(rows: readonly T[], n: number): T {
  const row = rows[n];
  if (row === undefined) throw new RangeError(`There is no row ${n}.`);
  return row;
}
