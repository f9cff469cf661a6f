/** A file of imports as rows, whatever its format: what is to be checked of each, and its original text. */
import { excessOf } from "../json-size.ts";
import { extname } from "node:path";
import type { Text } from "../../../platform/language.ts";
import { reasonFor, type InputFault } from "../../import/faults.ts";
import { createCsvReader, fits, unescapeAll, unescapeFormula, type CsvRecord } from "./csv.ts";
import { ERRORS_COLUMN } from "./column-names.ts";
import { fileError } from "./file-errors.ts";
import type { Encoding } from "./decoder.ts";
import { ignoreTextColumns, readHead, refuseDoubled, type CsvHead, type MappedColumn } from "./header.ts";
import { inspectFile, readLines, type Line } from "./text.ts";

export interface FileRow {
  readonly line: number;
  /** What `checkImport` is to check. */
  readonly submitted: unknown;
  /** The path of a resume, unchecked. */
  readonly resume: unknown;
  /** What is wrong with the line itself; then there is nothing to check. */
  readonly faults: readonly InputFault[];
  readonly original: Original;
}

/** A row as the file has it: its cells, the JSON of an object, or a line that cannot be read (null: it is too long). */
export type Original =
  { readonly cells: readonly string[] } | { readonly json: string } | { readonly text: string | null };

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

/** What a person says about a file, where the file alone does not say it. */
export interface FileOptions {
  readonly encoding?: Encoding | null;
  readonly maps?: readonly MappedColumn[];
}

/**
 * Opens a file of imports: JSONL by its extension (.jsonl, .ndjson), else CSV. Finds everything that is wrong with the file as a whole.
 * Throws `UsageError` `map_for_json`, and those of `inspectFile` and `readHead`.
 */
export async function openImportFile(
  path: string,
  { encoding = null, maps = [] }: FileOptions = {},
): Promise<ImportFile> {
  const file = { path, ...(await inspectFile(path, encoding)) };
  if ([".jsonl", ".ndjson"].includes(extname(path).toLowerCase())) {
    if (maps.length > 0) {
      throw fileError("map_for_json", { path });
    }
    return { ...file, format: "jsonl", head: null, rows: (onBytes) => jsonRows(file, onBytes) };
  }
  const head = await headOf(file, maps);
  return { ...file, format: "csv", head, rows: (onBytes) => csvRows(file, head, onBytes) };
}

type Source = Pick<ImportFile, "path" | "encoding">;
type OnBytes = (bytes: number) => void;

/** Some hundreds of lines show what columns hold. */
const SAMPLE = { lines: 500, chunks: 100 } as const;

async function headOf({ path, encoding }: Source, maps: readonly MappedColumn[]): Promise<CsvHead> {
  const lines: Line[] = [];
  let chunks = 0;
  for await (const some of readLines(path, encoding)) {
    lines.push(...some);
    chunks += 1;
    if (lines.length >= SAMPLE.lines || chunks >= SAMPLE.chunks) break;
  }
  const head = readHead(path, lines, maps);
  const read = createCsvReader(head.delimiter, head.names.length);
  const records = read(
    lines.filter(({ number }) => number > head.line),
    true,
  );
  const cells = records.flatMap((record) => ("cells" in record ? [record.cells] : []));
  const kept = ignoreTextColumns(head, cells, maps);
  refuseDoubled(path, kept);
  return kept;
}

async function* jsonRows({ path, encoding }: Source, onBytes?: OnBytes): AsyncGenerator<readonly FileRow[]> {
  for await (const lines of readLines(path, encoding, onBytes)) {
    yield lines.filter(({ text }) => text === null || text.trim() !== "").map(rowOfJson);
  }
}

async function* csvRows(
  { path, encoding }: Source,
  head: CsvHead,
  onBytes?: OnBytes,
): AsyncGenerator<readonly FileRow[]> {
  const read = createCsvReader(head.delimiter, head.names.length);
  const rowsOf = (records: readonly CsvRecord[]) =>
    records.filter(isNotBlank).map((record) => rowOfRecord(record, head));
  for await (const lines of readLines(path, encoding, onBytes)) {
    const data = (lines[0]?.number ?? 0) > head.line ? lines : lines.filter(({ number }) => number > head.line);
    yield rowsOf(read(data, false));
  }
  yield rowsOf(read([], true));
}

/** Spreadsheets leave rows of empty cells below a table. */
function isNotBlank(record: CsvRecord): boolean {
  return !("cells" in record) || record.cells.some((cell) => cell.trim() !== "");
}

function rowOfRecord(record: CsvRecord, { names, columns, order }: CsvHead): FileRow {
  const { line } = record;
  if (!("cells" in record)) return unreadable(line, { text: record.text }, record.reason);
  const cells = record.cells.map(columns.includes(ERRORS_COLUMN) ? unescapeAll : unescapeFormula);
  if (!fits(cells, names.length)) {
    return unreadable(line, { cells }, reasonFor("cells", { cells: cells.length, columns: names.length }));
  }
  const submitted: Record<string, string> = {};
  let resume: string | null = null;
  for (const n of order) {
    const column = columns[n] ?? null;
    if (column === null || column === ERRORS_COLUMN) continue;
    const cell = cells[n] ?? "";
    if (cell.trim() === "") continue;
    if (column === "resume") resume = cell;
    else submitted[column] ??= cell;
  }
  return { line, submitted, resume, faults: [], original: { cells } };
}

/** Reads a line of JSONL: an object with the field names of the reference. */
function rowOfJson({ number: line, text }: Line): FileRow {
  if (text === null) return unreadable(line, { text }, reasonFor("line_too_long"));
  if (excessOf(Buffer.from(text)) !== null) return unreadable(line, { text }, reasonFor("too_deep"));
  const value = parseJson(text);
  if (value === undefined) return unreadable(line, { text }, reasonFor("not_json"));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return unreadable(line, { text }, reasonFor("line_not_an_object"));
  }
  const { resume = null, [ERRORS_COLUMN]: _, ...submitted }: { readonly [name: string]: unknown } = { ...value };
  return { line, submitted, resume, faults: [], original: { json: text } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(line: number, original: Original, reason: Text): FileRow {
  return { line, submitted: null, resume: null, faults: [{ field: "line", reason }], original };
}
