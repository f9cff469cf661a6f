import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { AppError } from "../errors.ts";

/** An error in an answer of our HTTP server, as RFC 9457 defines it. `code` is stable. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  /** For people. Repeats nothing of the request. */
  detail: z.string(),
});
export type Problem = Readonly<z.infer<typeof problemSchema>>;

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** Makes a problem. Its title is that of the status. */
export function problemOf(status: number, code: string, detail: string): Problem {
  const title = STATUS_CODES[status] ?? "Error";
  return { type: `urn:applicant-sync:problem:${code}`, title, status, code, detail };
}

/** Thrown by a handler of the HTTP server. The answer is its problem, with these headers. */
export class ProblemError extends AppError {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.code, problem.detail, { disposition: "fail" });
    this.problem = problem;
    this.headers = headers;
  }
}

export function refusal(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): ProblemError {
  return new ProblemError(problemOf(status, code, detail), headers);
}
