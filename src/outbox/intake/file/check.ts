/** Checks a row of a file, and the resume that it names. */
import { constants, open, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep, win32 } from "node:path";
import type { IntakeSettings } from "../../context.ts";
import { checkImport, withResume } from "../../import/check.ts";
import { fault, reasonFor, type InputFault } from "../../import/faults.ts";
import type { CheckedInput } from "../../import/fields.ts";
import { checkResume, tooLarge, type Resume, type ResumeOptions, type Unacceptable } from "../../import/resume.ts";
import type { FileRow } from "./rows.ts";

export interface CheckOptions extends IntakeSettings {
  /** The source of rows that name none. */
  readonly source: string;
  /** The directory of the file, without symlinks. */
  readonly directory: string;
}

/** A row that may go to the outbox. */
export interface GoodRow {
  readonly row: FileRow;
  readonly input: CheckedInput & { readonly source: string };
  readonly resume: Resume | null;
}

export interface BadRow {
  readonly row: FileRow;
  readonly faults: readonly InputFault[];
}

export async function checkRow(row: FileRow, options: CheckOptions): Promise<GoodRow | BadRow> {
  if (row.faults.length > 0) return { row, faults: row.faults };
  const lost = lostCharacters(row.submitted);
  const resume = isSubmitted(row.resume) ? await readResume(options.directory, row.resume, options.imports) : null;
  const checked = withResume(checkImport(row.submitted, options), resume);
  if ("faults" in checked) return { row, faults: [...lost, ...checked.faults] };
  if (lost.length > 0) return { row, faults: lost };
  return { row, input: { ...checked.input, source: checked.input.source ?? options.source }, resume: checked.resume };
}

function isSubmitted(path: unknown): boolean {
  return path !== null && path !== undefined && !(typeof path === "string" && path.trim() === "");
}

function lostCharacters(submitted: unknown): readonly InputFault[] {
  if (typeof submitted !== "object" || submitted === null) return [];
  const fields = Object.entries(submitted).filter(([, value]) => typeof value === "string" && value.includes("\uFFFD"));
  return fields.map(([field]) => fault(field, "lost_character"));
}

/**
 * Reads and checks the resume at a path relative to `directory`, which is without symlinks; nothing outside it is read. Returns why it
 * cannot be accepted without repeating the path.
 */
export async function readResume(
  directory: string,
  path: unknown,
  options: ResumeOptions,
): Promise<Resume | Unacceptable> {
  if (typeof path !== "string") return { reason: reasonFor("path_not_text") };
  // The file may have been written on Windows and be read elsewhere.
  const local = path.trim().replaceAll("\\", "/");
  if (isAbsolute(local) || win32.isAbsolute(local)) return { reason: reasonFor("path_absolute") };
  if (local.split("/").includes("..")) return { reason: reasonFor("path_upwards") };
  if (local.includes("\0")) return { reason: reasonFor("path_not_there") };
  const real = await realpath(join(directory, local)).catch(() => null);
  if (real === null) return { reason: reasonFor("path_not_there") };
  const inside = relative(directory, real);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    return { reason: reasonFor("path_outside") };
  }
  return readChecked(real, options);
}

async function readChecked(path: string, options: ResumeOptions): Promise<Resume | Unacceptable> {
  // Opening a named pipe without O_NONBLOCK would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return { reason: reasonFor("path_forbidden") };
  try {
    const found = await file.stat();
    if (!found.isFile()) return { reason: reasonFor("path_no_file") };
    if (found.size > options.resumeMaxBytes) return tooLarge(found.size, options);
    return await checkResume(await file.readFile(), options);
  } finally {
    await file.close();
  }
}
