/** Checks a row of a file, and the resume that it names. */
import { constants, open } from "node:fs/promises";
import { isAbsolute, win32 } from "node:path";
import type { IntakeSettings } from "../../context.ts";
import { checkImport, withResume } from "../../import/check.ts";
import { damageOf } from "../../import/damage.ts";
import { reasonFor, type InputFault } from "../../import/faults.ts";
import type { CheckedInput } from "../../import/fields.ts";
import { isLink } from "../../import/link.ts";
import { isNothing } from "../../import/nothing.ts";
import { checkResume, tooLarge, type Resume, type ResumeOptions, type Unacceptable } from "../../import/resume.ts";
import { createFileFinder, type FindFile } from "./find-file.ts";
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
  /** What a person should know about how it was read. */
  readonly notes: readonly InputFault[];
}

export interface BadRow {
  readonly row: FileRow;
  readonly faults: readonly InputFault[];
}

/** What the rows of a file have in common. */
interface Surroundings {
  /** The country of phone numbers that name none. */
  readonly home: string | null;
  readonly find: FindFile;
}

export async function checkRow(
  row: FileRow,
  options: CheckOptions,
  { home, find }: Surroundings = { home: null, find: createFileFinder(options.directory) },
): Promise<GoodRow | BadRow> {
  if (row.faults.length > 0) return { row, faults: row.faults };
  const { directory, imports } = options;
  const resume = isSubmitted(row.resume) ? await readResume(directory, row.resume, imports, find) : null;
  const rules = { ...options, home, isSheet: "cells" in row.original };
  const checked = withResume(checkImport(row.submitted, rules), resume);
  if ("faults" in checked) return { row, faults: checked.faults };
  const { input, notes } = checked;
  return { row, input: { ...input, source: input.source ?? options.source }, resume: checked.resume, notes };
}

function isSubmitted(path: unknown): boolean {
  return path !== null && path !== undefined && !isNothing(path);
}

/**
 * Reads and checks the resume at a path relative to `directory`, which is without symlinks; nothing outside it is read. Returns why it
 * cannot be accepted without repeating the path.
 */
export async function readResume(
  directory: string,
  path: unknown,
  options: ResumeOptions,
  find: FindFile = createFileFinder(directory),
): Promise<Resume | Unacceptable> {
  if (typeof path !== "string") return { reason: reasonFor("path_not_text") };
  const damage = damageOf(path);
  if (damage !== null) return { reason: reasonFor(damage) };
  // The file may have been written on Windows and be read elsewhere, and its path copied there with quotation marks.
  const local = path
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .replaceAll("\\", "/");
  if (!isAbsolute(local) && !win32.isAbsolute(local) && !local.split("/").includes("..")) {
    const found = await find(local);
    if ("path" in found) return readChecked(found.path, options);
    if (found.fault !== "path_not_there") return { reason: reasonFor(found.fault) };
  }
  if (isLink(path)) return { reason: reasonFor("link") };
  if (isAbsolute(local) || win32.isAbsolute(local)) return { reason: reasonFor("path_absolute") };
  return { reason: reasonFor(local.split("/").includes("..") ? "path_upwards" : "path_not_there") };
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
