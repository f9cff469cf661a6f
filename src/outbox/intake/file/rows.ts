/** A file of imports as rows, whatever its format: what each gives to be checked, and what it was. */
import { extname } from "node:path";
import { ERRORS_COLUMN } from "./columns.ts";
import { createCsvReader, fits, type CsvRecord } from "./csv.ts";
import { inspectFile, type Encoding } from "./encoding.ts";
import { unescapeAll, unescapeFormula } from "./formula.ts";
import { readHead, type CsvHead } from "./header.ts";
import { readJsonLine } from "./jsonl.ts";
import { readLines } from "./lines.ts";
import type { FileRow } from "./row.ts";

export interface ImportFile {
  readonly path: string;
  readonly format: "csv" | "jsonl";
  readonly encoding: Encoding;
  readonly bytes: number;
  /** Null for JSONL. */
  readonly head: CsvHead | null;
  /** The rows, some hundreds at a time, read no faster than they are consumed. */
  rows(onBytes?: (bytes: number) => void): AsyncGenerator<readonly FileRow[]>;
}

/**
 * Opens a file of imports: JSONL by its extension (.jsonl, .ndjson), else CSV. All that is wrong with the file as a whole is
 * found here. Throws `UsageError` (see `inspectFile` and `readHead`).
 */
export async function openImportFile(path: string): Promise<ImportFile> {
  const { encoding, bytes } = await inspectFile(path);
  const isJson = [".jsonl", ".ndjson"].includes(extname(path).toLowerCase());
  if (isJson) {
    const rows: ImportFile["rows"] = (onBytes) => jsonRows(path, encoding, onBytes);
    return { path, format: "jsonl", encoding, bytes, head: null, rows };
  }
  const head = await headOf(path, encoding);
  const rows: ImportFile["rows"] = (onBytes) => csvRows(path, encoding, head, onBytes);
  return { path, format: "csv", encoding, bytes, head, rows };
}

async function headOf(path: string, encoding: Encoding): Promise<CsvHead> {
  for await (const lines of readLines(path, encoding)) {
    // Two lines may stand before the names; a first part that is blank is not looked behind.
    return readHead(path, lines);
  }
  return readHead(path, []);
}

async function* jsonRows(
  path: string,
  encoding: Encoding,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<readonly FileRow[]> {
  for await (const lines of readLines(path, encoding, onBytes)) {
    yield lines.filter(({ text }) => text === null || text.trim() !== "").map(readJsonLine);
  }
}

async function* csvRows(
  path: string,
  encoding: Encoding,
  head: CsvHead,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<readonly FileRow[]> {
  const read = createCsvReader(head.delimiter, head.header.names.length);
  const rowsOf = (records: readonly CsvRecord[]) => records.filter(isNotBlank).map((record) => rowOf(record, head));
  for await (const lines of readLines(path, encoding, onBytes)) {
    const data = (lines[0]?.number ?? 0) > head.line ? lines : lines.filter(({ number }) => number > head.line);
    yield rowsOf(read(data, false));
  }
  yield rowsOf(read([], true));
}

/** Rows of empty cells are what spreadsheets leave below a table. */
function isNotBlank(record: CsvRecord): boolean {
  return !("cells" in record) || record.cells.some((cell) => cell.trim() !== "");
}

function rowOf(record: CsvRecord, { header: { names, columns, order } }: CsvHead): FileRow {
  const { line } = record;
  if (!("cells" in record)) {
    const { text, reason } = record;
    return { line, submitted: null, resume: null, faults: [{ field: "line", reason }], original: { text } };
  }
  const unescape = columns.includes(ERRORS_COLUMN) ? unescapeAll : unescapeFormula;
  const cells = record.cells.map(unescape);
  const original = { cells };
  if (!fits(cells, names.length)) {
    const reason = `has ${cells.length} cells where the header has ${names.length}`;
    return { line, submitted: null, resume: null, faults: [{ field: "line", reason }], original };
  }
  const submitted: Record<string, string> = {};
  let resume: string | null = null;
  for (const n of order) {
    const column = columns[n] ?? null;
    if (column === null || column === ERRORS_COLUMN) continue;
    const cell = cells[n] ?? "";
    if (cell.trim() === "") continue;
    if (column === "resume") resume = cell;
    else submitted[column] ??= column === "consent_at" ? isoDay(cell) : cell;
  }
  return { line, submitted, resume, faults: [], original };
}

/** 24/11/2026, as French and British spreadsheets write a day, in the order of ISO 8601; any other text as it is. */
function isoDay(text: string): string {
  return text
    .trim()
    .replace(
      /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/,
      (_, day: string, month: string, year: string) => `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`,
    );
}
