/** The lines that were rejected, written as they were, with the reasons, to be fixed and imported again. */
import { open } from "node:fs/promises";
import { UsageError } from "../../../platform/errors.ts";
import type { InputFault } from "../../import/fields.ts";
import { ERRORS_COLUMN } from "./columns.ts";
import { escapeFormulas } from "./formula.ts";
import type { CsvHead } from "./header.ts";
import type { FileRow } from "./row.ts";
import type { ImportFile } from "./rows.ts";

export interface Rejected {
  readonly row: Pick<FileRow, "line" | "original">;
  readonly faults: readonly InputFault[];
}

export interface ErrorsFile {
  readonly path: string;
  write(rejected: readonly Rejected[]): Promise<void>;
  /** Whether no line has been written: nothing was rejected. */
  isEmpty(): boolean;
  close(): Promise<void>;
}

/**
 * Makes a file of the same format as `file`, in UTF-8, that this user alone may read: it holds personal data.
 * @throws UsageError `errors_exist`: never over a file that is there; `errors_unwritable`.
 */
export async function openErrorsFile(
  path: string,
  { format, head }: Pick<ImportFile, "format" | "head">,
): Promise<ErrorsFile> {
  const isJson = path.endsWith(".jsonl") || path.endsWith(".ndjson");
  if (isJson !== (format === "jsonl")) {
    const extension = format === "jsonl" ? ".jsonl or .ndjson" : "another extension than .jsonl, such as .csv";
    throw new UsageError("errors_extension", `--errors ${path} must have ${extension}, as the imported file has.`);
  }
  const handle = await open(path, "wx", 0o600).catch((cause: unknown) => {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    throw exists
      ? new UsageError("errors_exist", `--errors ${path}: there is a file already. Name another, or remove it.`, {
          cause,
        })
      : new UsageError("errors_unwritable", `--errors ${path} cannot be written there.`, { cause });
  });
  // Excel reads a file as UTF-8 because of this mark.
  if (head !== null) await handle.write(`\uFEFF${csvLine(namesWithErrors(head), head.delimiter)}`);
  let isEmpty = true;
  return {
    path,
    isEmpty: () => isEmpty,
    async write(rejected) {
      const text = rejected.map((one) => (head === null ? jsonLine(one) : csvLine(cellsOf(one, head), head.delimiter)));
      if (text.length === 0) return;
      isEmpty = false;
      await handle.write(text.join(""));
    },
    close: () => handle.close(),
  };
}

function reasonsOf({ row, faults }: Rejected): string {
  return `line ${row.line}: ${faults.map(({ field, reason }) => `${field} ${reason}`).join("; ")}`;
}

function jsonLine(rejected: Rejected): string {
  const { original } = rejected.row;
  const reasons = reasonsOf(rejected);
  if ("json" in original) return `${withReasons(original.json, reasons)}\n`;
  return `${JSON.stringify({ line: "text" in original ? original.text : null, [ERRORS_COLUMN]: reasons })}\n`;
}

/** As `withReasons` wrote them when the line was rejected before. */
const REASONS_AT_END = new RegExp(String.raw`,?"${ERRORS_COLUMN}":"[^"\\]*(?:\\.[^"\\]*)*"(?=\}$)`);

/** The object as it was written, numbers beyond those of JavaScript included; of two fields of one name, the last counts. */
function withReasons(json: string, reasons: string): string {
  const fields = json.trim().replace(REASONS_AT_END, "").slice(1, -1).trim();
  return `{${fields}${fields === "" ? "" : ","}${JSON.stringify(ERRORS_COLUMN)}:${JSON.stringify(reasons)}}`;
}

function namesWithErrors({ header: { names, columns } }: CsvHead): readonly string[] {
  return columns.includes(ERRORS_COLUMN) ? names : [...names, ERRORS_COLUMN];
}

/** The cells in their columns. A line that could not be split stands in the first; surplus cells stand behind the reasons. */
function cellsOf(rejected: Rejected, { header: { names, columns } }: CsvHead): readonly string[] {
  const { original } = rejected.row;
  const values = "cells" in original ? original.cells : "text" in original ? [original.text ?? ""] : [];
  const cells = names.map((_, n) => values[n] ?? "");
  const position = columns.indexOf(ERRORS_COLUMN);
  cells[position === -1 ? names.length : position] = reasonsOf(rejected);
  return [...cells, ...values.slice(names.length)];
}

function csvLine(cells: readonly string[], delimiter: string): string {
  const written = cells.map((cell) => {
    const safe = escapeFormulas(cell);
    // Whatever a spreadsheet may use as the delimiter.
    const isPlain = !/[";,|\t\r\n]/.test(safe) && !safe.includes(delimiter) && safe === safe.trim();
    return isPlain ? safe : `"${safe.replaceAll('"', '""')}"`;
  });
  return `${written.join(delimiter)}\r\n`;
}
