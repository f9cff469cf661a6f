/** Writes rejected lines as they were, with the reasons, to be fixed and imported again. */
import { fill, type Language, type Text } from "../../../platform/language.ts";
import { describeFaults, type InputFault } from "../../import/faults.ts";
import { SUPPRESSED } from "../../import/suppressed.ts";
import { escapeFormulas } from "./csv.ts";
import { ERRORS_COLUMN } from "./column-names.ts";
import { fileError, createFile } from "./file-errors.ts";
import type { CsvHead } from "./header.ts";
import type { FileRow, ImportFile } from "./rows.ts";

interface RejectedLine {
  readonly row: Pick<FileRow, "line" | "original">;
  readonly faults: readonly InputFault[];
}

export interface ErrorsFile {
  readonly path: string;
  write(rejected: readonly RejectedLine[]): Promise<void>;
  /** Whether no rejected line has been written. */
  isEmpty(): boolean;
  close(): Promise<void>;
}

/**
 * Creates a file of the same format as `file`, in UTF-8.
 * @throws UsageError `errors_extension`, and those of `createFile`.
 */
export async function openErrorsFile(
  path: string,
  { format, head }: Pick<ImportFile, "format" | "head">,
  language: Language,
): Promise<ErrorsFile> {
  const isJson = path.endsWith(".jsonl") || path.endsWith(".ndjson");
  if (isJson !== (format === "jsonl")) {
    throw fileError("errors_extension", { path, extension: format === "jsonl" ? ".jsonl" : ".csv" });
  }
  const handle = await createFile("errors", path);
  // Excel reads a file as UTF-8 because of this mark.
  if (head !== null) await handle.write(`\uFEFF${csvLine(namesWithErrors(head), head.delimiter)}`);
  let isEmpty = true;
  return {
    path,
    isEmpty: () => isEmpty,
    async write(rejected) {
      // A line of a suppressed person can neither be corrected nor imported: nothing of it is kept.
      const text = rejected
        .filter(({ faults }) => !faults.includes(SUPPRESSED))
        .map((one) => {
          const reasons = reasonsOf(one, language);
          return head === null ? jsonLine(one, reasons) : csvLine(cellsOf(one, head, reasons), head.delimiter);
        });
      if (text.length === 0) return;
      isEmpty = false;
      await handle.write(text.join(""));
    },
    close: () => handle.close(),
  };
}

const LINE: Text = { en: "line {line}: ", fr: "ligne {line} : " };

function reasonsOf({ row: { line }, faults }: RejectedLine, language: Language): string {
  return `${fill(LINE, { line })[language]}${describeFaults(faults, language)}`;
}

function jsonLine({ row: { original } }: RejectedLine, reasons: string): string {
  if ("json" in original) return `${withReasons(original.json, reasons)}\n`;
  return `${JSON.stringify({ line: "text" in original ? original.text : null, [ERRORS_COLUMN]: reasons })}\n`;
}

/** The reasons that `withReasons` wrote when the line was rejected before. */
const REASONS_AT_END = new RegExp(String.raw`,?"${ERRORS_COLUMN}":"[^"\\]*(?:\\.[^"\\]*)*"(?=\}$)`);

/**
 * Adds the reasons to the text of an object unparsed: its numbers may be larger than JavaScript's. The last of two fields of one name
 * counts.
 */
function withReasons(json: string, reasons: string): string {
  const fields = json.trim().replace(REASONS_AT_END, "").slice(1, -1).trim();
  return `{${fields}${fields === "" ? "" : ","}${JSON.stringify(ERRORS_COLUMN)}:${JSON.stringify(reasons)}}`;
}

function namesWithErrors({ names, columns }: CsvHead): readonly string[] {
  return columns.includes(ERRORS_COLUMN) ? names : [...names, ERRORS_COLUMN];
}

/** Returns the cells in their columns. A line that could not be split is in the first; surplus cells come after the reasons. */
function cellsOf({ row: { original } }: RejectedLine, { names, columns }: CsvHead, reasons: string): readonly string[] {
  const values = "cells" in original ? original.cells : "text" in original ? [original.text ?? ""] : [];
  const cells = names.map((_, n) => values[n] ?? "");
  const position = columns.indexOf(ERRORS_COLUMN);
  cells[position === -1 ? names.length : position] = reasons;
  return [...cells, ...values.slice(names.length)];
}

/** One line of a CSV, its formulas escaped. */
export function csvLine(cells: readonly string[], delimiter: string): string {
  const written = cells.map((cell) => {
    const safe = escapeFormulas(cell);
    // A spreadsheet may use any of these as the delimiter.
    const isPlain = !/[";,|\t\r\n]/.test(safe) && !safe.includes(delimiter) && safe === safe.trim();
    return isPlain ? safe : `"${safe.replaceAll('"', '""')}"`;
  });
  return `${written.join(delimiter)}\r\n`;
}
