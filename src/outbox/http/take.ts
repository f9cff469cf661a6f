/** One request to POST /imports: its good rows into the outbox and its answer, in one transaction. */
import { inTransaction, type Database, type Executor } from "../../database.ts";
import { ProblemError, problemOf } from "../../problem.ts";
import { addImportsIn, FEW, type AddOptions } from "../add.ts";
import type { InputRules } from "../input.ts";
import type { ResumeOptions } from "../resume.ts";
import { answerSchema, importAnswer, type Answer } from "./answer.ts";
import { fingerprintOf, keepAnswer, takeKey } from "./idempotency.ts";
import { checkRows, rowProblem, type CheckedRows } from "./rows.ts";

export interface TakeDeps extends AddOptions {
  readonly database: Database;
  readonly rules: InputRules;
  readonly imports: AddOptions["imports"] & ResumeOptions;
}

export interface Taken {
  readonly answer: Answer;
  /** It is the answer of an earlier request. */
  readonly isReplayed: boolean;
}

/** Queues what can be taken. Throws a ProblemError, with the reason of each row where none can. */
export async function takeRows(deps: TakeDeps, rows: readonly unknown[], key: string | null): Promise<Taken> {
  const checked = await checkRows(rows, deps.rules, deps.imports);
  const request = key === null ? null : { account: deps.account, key, fingerprint: fingerprintOf(rows) };
  return inTransaction(deps.database, async (tx) => {
    const before = request === null ? null : await takeKey(tx, request, answerSchema);
    if (before !== null) return { answer: before, isReplayed: true };
    const answer = await queue(tx, deps, checked, rows.length);
    if (request !== null) await keepAnswer(tx, request, answer);
    return { answer, isReplayed: false };
  });
}

async function queue(tx: Executor, deps: TakeDeps, { taken, rejected }: CheckedRows, given: number): Promise<Answer> {
  const added = await addImportsIn(tx, deps, { intake: "http", bulk: given > FEW }, taken);
  const imports: Answer["imports"] = [];
  const refused = [...rejected];
  for (const [n, { index }] of taken.entries()) {
    const one = added[n];
    if (one === undefined) throw new RangeError(`Nothing is known of row ${index}.`);
    if ("fault" in one) refused.push(rowProblem(index, [one.fault]));
    else imports.push(importAnswer(index, one));
  }
  const inOrder = refused.toSorted((a, b) => a.index - b.index);
  if (imports.length > 0) return answerSchema.parse({ imports, rejected: inOrder });
  // Thrown, so that nothing is written, the request's key included: once mended, the request may come again under it.
  const problem = problemOf(422, "none_taken", "No import of the request can be taken: see rejected.");
  const withRows = { ...problem, rejected: inOrder };
  throw new ProblemError(withRows);
}
