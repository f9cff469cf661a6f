import { checkImport, type CheckedInput, type InputFault, type InputRules } from "../../import/fields.ts";
import type { Resume, ResumeOptions } from "../../import/resume.ts";
import { readResume } from "./resume-file.ts";
import type { FileRow } from "./row.ts";

export interface CheckOptions {
  readonly rules: InputRules;
  readonly imports: ResumeOptions;
  /** Where imports of the file come from, unless a row says so itself. */
  readonly source: string;
  /** Where the file lies, without symlinks. */
  readonly directory: string;
}

/** A row that may go to the outbox, or what is wrong with it. */
export type CheckedRow =
  | {
      readonly row: FileRow;
      readonly input: CheckedInput & { readonly source: string };
      readonly resume: Resume | null;
    }
  | { readonly row: FileRow; readonly faults: readonly InputFault[] };

const LOST = "holds a character that was lost (\uFFFD): bytes that are no UTF-8, or an earlier conversion";

/** Checks a row field by field, and its CV. */
export async function checkRow(row: FileRow, options: CheckOptions): Promise<CheckedRow> {
  if (row.faults.length > 0) return { row, faults: row.faults };
  const lost = lostCharacters(row.submitted);
  const checked = checkImport(row.submitted, options.rules);
  const resume = isSubmitted(row.resume) ? await readResume(options.directory, row.resume, options.imports) : null;
  const faults: readonly InputFault[] = [
    ...lost,
    ...(checked.ok ? [] : checked.faults),
    ...(resume !== null && "reason" in resume ? [{ field: "resume", reason: resume.reason }] : []),
  ];
  if (faults.length > 0 || !checked.ok || (resume !== null && "reason" in resume)) return { row, faults };
  return { row, input: { ...checked.input, source: checked.input.source ?? options.source }, resume };
}

function isSubmitted(path: unknown): boolean {
  return path !== null && path !== undefined && !(typeof path === "string" && path.trim() === "");
}

function lostCharacters(submitted: unknown): readonly InputFault[] {
  if (typeof submitted !== "object" || submitted === null) return [];
  const fields = Object.entries(submitted).filter(([, value]) => typeof value === "string" && value.includes("\uFFFD"));
  return fields.map(([field]) => ({ field, reason: LOST }));
}
