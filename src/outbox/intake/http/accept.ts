/** One request to POST /imports: checks its rows, and adds the good ones to the outbox with its answer, in one transaction. */
import { z } from "zod";
import { isLockTimeout } from "../../../database/errors.ts";
import { inTransaction, type Database, type Executor } from "../../../database/client.ts";
import { AppError, hasCode } from "../../../platform/errors.ts";
import { ProblemError, problemOf, refusal } from "../../../platform/http/problem.ts";
import type { IntakeSettings } from "../../context.ts";
import { checkImport, isFieldName, withResume } from "../../import/check.ts";
import type { Language } from "../../../platform/language.ts";
import { reasonFor, type InputFault } from "../../import/faults.ts";
import { createHomes, type HomeOf } from "../../import/home-country.ts";
import { isLink } from "../../import/link.ts";
import { bytesOfBase64, checkResume, type Resume, type ResumeOptions, type Unacceptable } from "../../import/resume.ts";
import { SUPPRESSED } from "../../import/suppressed.ts";
import { addImportsIn, FEW, type NewImport } from "../add.ts";
import { answerSchema, importAnswer, type ImportAnswer, type RowProblem } from "./answer.ts";
import { fingerprintOf, keepAnswer, reserveKey } from "./idempotency.ts";

export interface AcceptDeps extends IntakeSettings {
  readonly database: Database;
}

export interface Accepted {
  readonly answer: ImportAnswer;
  /** Whether it is the answer of an earlier request. */
  readonly isReplayed: boolean;
}

/**
 * Queues the valid rows. Throws a ProblemError with the reason of each row if none is valid, and `busy` (503) if no connection or lock
 * is available within `waitMs`.
 */
export async function acceptRows(
  deps: AcceptDeps,
  rows: readonly unknown[],
  key: string | null,
  waitMs: number = ANSWER_MS,
): Promise<Accepted> {
  const orBusy = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (error instanceof AppError && error.code === "privacy_key_unknown") throw keyless();
      throw isBusy(error) ? busy() : error;
    });
  const homesOf = createHomes(deps, (read) => inTransaction(deps.database, read, { maxWait: waitMs }));
  const homeOf = await orBusy(homesOf(rows));
  const checked = await checkRows(rows, deps, homeOf);
  const request = key === null ? null : { account: deps.account, key, fingerprint: fingerprintOf(rows) };
  return orBusy(inTransaction(deps.database, accept, { maxWait: waitMs }));

  async function accept(tx: Executor): Promise<Accepted> {
    await tx.$executeRaw`select set_config('lock_timeout', ${String(waitMs)}, true)`;
    const before = request === null ? null : await reserveKey(tx, request, answerSchema);
    if (before !== null) return { answer: before, isReplayed: true };
    const answer = await queue(tx, deps, checked, { submitted: rows.length, waitMs });
    if (request !== null) await keepAnswer(tx, request, answer);
    return { answer, isReplayed: false };
  }
}

/** A caller gets an answer within a second, even if the kill switch or another import holds a lock. */
export const ANSWER_MS = 700;

function isBusy(error: unknown): boolean {
  if (error instanceof AppError && error.code === "outbox_busy") return true;
  // P2028: there was no connection in time.
  return isLockTimeout(error) || hasCode(error, "P2028");
}

function busy(): ProblemError {
  const detail =
    "Another transaction holds a lock that this request needs. Send the same request again: what has been accepted is not accepted twice.";
  return refusal(503, "busy", detail, { "retry-after": "2" });
}

function keyless(): ProblemError {
  const detail = "This worker lacks the key that shows who must not be created (PRIVACY_KEY): applicant-sync doctor";
  return refusal(503, "privacy_key_unknown", detail, { "retry-after": "60" });
}

async function queue(
  tx: Executor,
  deps: AcceptDeps,
  { accepted, rejected }: CheckedRows,
  { submitted, waitMs }: { readonly submitted: number; readonly waitMs: number },
): Promise<ImportAnswer> {
  const added = await addImportsIn(tx, deps, { intake: "http", bulk: submitted > FEW }, accepted, waitMs);
  const imports: ImportAnswer["imports"] = [];
  const refused = [...rejected];
  for (const [n, { index, notes }] of accepted.entries()) {
    const one = added[n];
    if (one === undefined) throw new RangeError(`Row ${index} was neither stored nor refused.`);
    if ("fault" in one) refused.push(rowProblem(index, [one.fault], deps.language));
    else imports.push(importAnswer(index, one, inLanguage(notes, deps.language)));
  }
  const inOrder = refused.toSorted((a, b) => a.index - b.index);
  if (imports.length > 0) return answerSchema.parse({ imports, rejected: inOrder });
  // Thrown, so that nothing is written, not even the key of the request: the fixed request may use the same key.
  const problem = problemOf(422, "none_accepted", "No import of the request can be accepted: see rejected.");
  const withRows = { ...problem, rejected: inOrder };
  throw new ProblemError(withRows);
}

interface CheckedRows {
  readonly accepted: readonly (NewImport & { readonly index: number; readonly notes: readonly InputFault[] })[];
  readonly rejected: readonly RowProblem[];
}

export const resumeSchema = z.strictObject({ base64: z.string() });

/** Checks each row by itself: a bad one does not hold back the others. */
async function checkRows(rows: readonly unknown[], settings: IntakeSettings, homeOf: HomeOf): Promise<CheckedRows> {
  const accepted: CheckedRows["accepted"][number][] = [];
  const rejected: RowProblem[] = [];
  for (const [index, row] of rows.entries()) {
    const { resume, rest } = apart(row);
    const checked = withResume(
      checkImport(rest, { ...settings, home: homeOf(rest) }),
      await resumeOf(resume, settings.imports),
    );
    if ("faults" in checked) rejected.push(rowProblem(index, checked.faults, settings.language));
    else accepted.push({ index, ...checked });
  }
  return { accepted, rejected };
}

function inLanguage(faults: readonly InputFault[], language: Language) {
  return faults.map(({ field, reason }) => ({ field: nameable(field), reason: reason[language] }));
}

function rowProblem(index: number, faults: readonly InputFault[], language: Language): RowProblem {
  const problem = faults.includes(SUPPRESSED)
    ? problemOf(422, "suppressed", "The person was erased, or must not be created.")
    : problemOf(422, "import_invalid", "The import cannot be accepted: see errors.");
  return {
    ...problem,
    index,
    errors: inLanguage(faults, language),
  };
}

/** The name of an unknown field is the caller's own text: it is repeated only if it looks like a name. */
function nameable(field: string): string {
  return isFieldName(field) || /^[A-Za-z_]\w{0,39}$/.test(field) ? field : "(unknown)";
}

function apart(row: unknown): { readonly resume?: unknown; readonly rest: unknown } {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return { rest: row };
  const { resume, ...rest }: { readonly resume?: unknown } = row;
  return { resume, rest };
}

/** The text in place of a file, where callers write its address. */
function linkIn(submitted: unknown): string {
  const values = typeof submitted === "object" && submitted !== null ? Object.values(submitted) : [submitted];
  const text = values.find((value) => typeof value === "string");
  return text === undefined || text.length > MOST_LINK_LENGTH ? "" : text;
}

const MOST_LINK_LENGTH = 4_000;

async function resumeOf(submitted: unknown, options: ResumeOptions): Promise<Resume | Unacceptable | null> {
  if (submitted === undefined || submitted === null) return null;
  if (isLink(linkIn(submitted))) return { reason: reasonFor("link_for_file") };
  const parsed = resumeSchema.safeParse(submitted);
  if (!parsed.success) return { reason: reasonFor("resume_body") };
  const bytes = bytesOfBase64(parsed.data.base64);
  return bytes === null ? { reason: reasonFor("resume_base64") } : checkResume(bytes, options);
}
