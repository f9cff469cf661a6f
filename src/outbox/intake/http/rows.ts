import { z } from "zod";
import { problemOf, type Problem } from "../../../http/problem.ts";
import type { NewImport } from "../add.ts";
import { checkImport, INPUT_FIELDS, type InputFault, type InputRules } from "../../import/fields.ts";
import { bytesOfBase64, checkResume, type Resume, type ResumeOptions } from "../../import/resume.ts";

/** A row that cannot be accepted: which one of the body, from 0, and what is wrong with it. */
export interface RowProblem extends Problem {
  readonly index: number;
  readonly errors: readonly InputFault[];
}

export interface CheckedRows {
  readonly accepted: readonly (NewImport & { readonly index: number })[];
  readonly rejected: readonly RowProblem[];
}

export const resumeSchema = z.strictObject({ base64: z.string() });

/** Checks each row by itself: a bad one keeps no other back. */
export async function checkRows(
  rows: readonly unknown[],
  rules: InputRules,
  options: ResumeOptions,
): Promise<CheckedRows> {
  const accepted: CheckedRows["accepted"][number][] = [];
  const rejected: RowProblem[] = [];
  for (const [index, row] of rows.entries()) {
    const { resume: submitted, rest } = apart(row);
    const checked = checkImport(rest, rules);
    const resume = submitted === undefined || submitted === null ? null : await resumeOf(submitted, options);
    const faults = [
      ...(checked.ok ? [] : checked.faults),
      ...(resume !== null && "reason" in resume ? [{ field: "resume", reason: resume.reason }] : []),
    ];
    if (!checked.ok || (resume !== null && "reason" in resume)) rejected.push(rowProblem(index, faults));
    else accepted.push({ index, input: checked.input, resume });
  }
  return { accepted, rejected };
}

/** The problem of a row. */
export function rowProblem(index: number, faults: readonly InputFault[]): RowProblem {
  const problem = problemOf(422, "import_invalid", "The import cannot be accepted: see errors.");
  return { ...problem, index, errors: faults.map(({ field, reason }) => ({ field: nameable(field), reason })) };
}

/** A name that is no field of ours is the caller's own text: only what looks like a name is repeated. */
function nameable(field: string): string {
  const isOurs = field === "resume" || INPUT_FIELDS.some((known) => known === field);
  return isOurs || /^[A-Za-z_]\w{0,39}$/.test(field) ? field : "(unknown)";
}

function apart(row: unknown): { readonly resume: unknown; readonly rest: unknown } {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return { resume: undefined, rest: row };
  const { resume, ...rest }: { readonly resume?: unknown } = row;
  return { resume, rest };
}

async function resumeOf(submitted: unknown, options: ResumeOptions): Promise<Resume | { readonly reason: string }> {
  const parsed = resumeSchema.safeParse(submitted);
  if (!parsed.success) return { reason: 'must be {"base64": "..."} and nothing else' };
  const bytes = bytesOfBase64(parsed.data.base64);
  return bytes === null
    ? { reason: "must be base64 with its padding, without a data: prefix and line breaks" }
    : checkResume(bytes, options);
}
