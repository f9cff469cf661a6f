/** One request to POST /imports: its good rows into the outbox and its answer, in one transaction. */
import { isLockTimeout } from "../../../database/errors.ts";
import { inTransaction, type Database, type Executor } from "../../../database/client.ts";
import { AppError } from "../../../platform/errors.ts";
import { ProblemError, problemOf, refusal } from "../../../http/problem.ts";
import { addImportsIn, FEW, type AddOptions } from "../add.ts";
import type { InputRules } from "../../import/fields.ts";
import type { ResumeOptions } from "../../import/resume.ts";
import { answerSchema, importAnswer, type ImportAnswer } from "./answer.ts";
import { fingerprintOf, keepAnswer, reserveKey } from "./idempotency.ts";
import { checkRows, rowProblem, type CheckedRows } from "./rows.ts";

export interface AcceptDeps extends AddOptions {
  readonly database: Database;
  readonly rules: InputRules;
  readonly imports: AddOptions["imports"] & ResumeOptions;
}

export interface Accepted {
  readonly answer: ImportAnswer;
  /** It is the answer of an earlier request. */
  readonly isReplayed: boolean;
}

/**
 * Queues the rows that are valid. Throws a ProblemError, with the reason of each row, where none is; `busy` (503) where a connection
 * or a lock is not to be had within `waitMs`.
 */
export async function acceptRows(
  deps: AcceptDeps,
  rows: readonly unknown[],
  key: string | null,
  waitMs: number = ANSWER_MS,
): Promise<Accepted> {
  const checked = await checkRows(rows, deps.rules, deps.imports);
  const request = key === null ? null : { account: deps.account, key, fingerprint: fingerprintOf(rows) };
  const accepting = inTransaction(deps.database, accept, { maxWait: waitMs });
  return accepting.catch((error: unknown) => {
    throw isBusy(error) ? busy() : error;
  });

  async function accept(tx: Executor): Promise<Accepted> {
    await tx.$executeRaw`select set_config('lock_timeout', ${String(waitMs)}, true)`;
    const before = request === null ? null : await reserveKey(tx, request, answerSchema);
    if (before !== null) return { answer: before, isReplayed: true };
    const answer = await queue(tx, deps, checked, { submitted: rows.length, waitMs });
    if (request !== null) await keepAnswer(tx, request, answer);
    return { answer, isReplayed: false };
  }
}

/** A caller who waits for the switch to be thrown, or for one person, has an answer within a second. */
export const ANSWER_MS = 700;

function isBusy(error: unknown): boolean {
  if (error instanceof AppError && error.code === "outbox_busy") return true;
  // P2028: no connection in time.
  return isLockTimeout(error) || (error instanceof Error && "code" in error && error.code === "P2028");
}

function busy(): ProblemError {
  const detail =
    "Something else holds what this request needs. Send the same request again: what has been accepted is not accepted twice.";
  return refusal(503, "busy", detail, { "retry-after": "2" });
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
  for (const [n, { index }] of accepted.entries()) {
    const one = added[n];
    if (one === undefined) throw new RangeError(`Nothing is known of row ${index}.`);
    if ("fault" in one) refused.push(rowProblem(index, [one.fault]));
    else imports.push(importAnswer(index, one));
  }
  const inOrder = refused.toSorted((a, b) => a.index - b.index);
  if (imports.length > 0) return answerSchema.parse({ imports, rejected: inOrder });
  // Thrown, so that nothing is written, the request's key included: the fixed request may come under the same key.
  const problem = problemOf(422, "none_accepted", "No import of the request can be accepted: see rejected.");
  const withRows = { ...problem, rejected: inOrder };
  throw new ProblemError(withRows);
}
