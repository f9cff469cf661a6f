import { STATUS_CODES } from "node:http";
import { AppError } from "../platform/errors.ts";

/** What an answer of our HTTP server says went wrong, as RFC 9457 has it; `code` is stable and safe to match on. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  /** For people; repeats nothing of the request. */
  readonly detail: string;
}

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** A problem by its code. */
export function problemOf(status: number, code: string, detail: string): Problem {
  const title = STATUS_CODES[status] ?? "Error";
  return { type: `urn:applicant-sync:problem:${code}`, title, status, code, detail };
}

/** Thrown by a handler of our HTTP server: the answer is its problem, with these headers. */
export class ProblemError extends AppError {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.code, problem.detail, { disposition: "fail" });
    this.problem = problem;
    this.headers = headers;
  }
}

/** A `ProblemError` in one line. */
export function refusal(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): ProblemError {
  return new ProblemError(problemOf(status, code, detail), headers);
}
