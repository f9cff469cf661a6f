/** The records of a CSV file. A bad line costs no other line. */
import { CsvError, parse } from "csv-parse/sync";
import type { Text } from "../../../platform/language.ts";
import { reasonFor, type FaultCode } from "../../import/faults.ts";
import type { Line } from "./text.ts";

/** A record: its cells, or the text of a line that cannot be read and why. `line`: where it begins. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly text: string | null; readonly reason: Text };

/** The most lines of one cell. If it has more, its quotation mark was not meant to open a cell. */
const MOST_LINES = 100;
const CODES: Readonly<Record<string, FaultCode>> = {
  CSV_QUOTE_NOT_CLOSED: "quote_not_closed",
  CSV_INVALID_CLOSING_QUOTE: "quote_in_quoted",
  INVALID_OPENING_QUOTE: "quote_in_cell",
};

/**
 * Makes records of lines. csv-parse reads a stray quotation mark as the start of a cell that ends at the next one, possibly hundreds of
 * good lines later. It therefore receives some hundred lines at a time. If it fails, or if a record of several lines does not have
 * `width` cells, it receives the lines one by one.
 */
export function createCsvReader(delimiter: string, width: number) {
  const parseLines = createCsvParser(delimiter);
  const textFormula = new RegExp(`(?<=^|[\\${delimiter}])="([^"]*)"(?=[\\${delimiter}]|$)`, "g");
  let waiting: readonly Line[] = [];

  function readText(lines: readonly Line[], from: number, isLast: boolean): { records: CsvRecord[]; used: number } {
    const { spans, error } = parseLines(lines);
    const isPlain = spans.every(({ cells, from: start, to }) => to - start === 1 || fits(cells, width));
    const used = error === null ? lines.length : (spans.at(-1)?.to ?? 0);
    const isCut = error === "CSV_QUOTE_NOT_CLOSED" && !isLast && lines.length - used < MOST_LINES;
    if (isPlain && (error === null || isCut)) {
      return { records: spans.map(({ cells, from: start }) => ({ line: from + start, cells })), used };
    }
    return readOneByOne(lines, from, isLast);
  }

  function readOneByOne(lines: readonly Line[], from: number, isLast: boolean): { records: CsvRecord[]; used: number } {
    const records: CsvRecord[] = [];
    for (let at = 0; at < lines.length;) {
      const found = recordAt(lines, at, isLast);
      if (found === "unfinished") return { records, used: at };
      const [record, count] = found;
      if (record !== null)
        records.push("cells" in record ? { line: from + at, cells: record.cells } : { line: from + at, ...record });
      at += count;
    }
    return { records, used: lines.length };
  }

  /** Returns the record that begins at a line, and how many lines it has. */
  function recordAt(lines: readonly Line[], at: number, isLast: boolean) {
    for (let count = 1; ;) {
      const part = lines.slice(at, at + count);
      const parsed = parseLines(part);
      const isRaw = parsed.error === "INVALID_OPENING_QUOTE";
      const { spans, error } = isRaw ? parseLines(part.map(quoted)) : parsed;
      const [span] = spans;
      const bad = (code: string) =>
        [{ text: lines[at]?.text ?? null, reason: reasonFor(CODES[code] ?? "line_not_csv") }, 1] as const;
      if (error === null && (count === 1 || (spans.length === 1 && span !== undefined && fits(span.cells, width)))) {
        return [span === undefined ? null : { cells: span.cells }, count] as const;
      }
      if (error !== "CSV_QUOTE_NOT_CLOSED") return bad(count === 1 && error !== null ? error : "CSV_QUOTE_NOT_CLOSED");
      // Only a line with a quotation mark can end the cell.
      const next = lines.findIndex(({ text }, n) => n >= at + count && text?.includes('"') === true);
      if (next === -1 && !isLast && lines.length - at < MOST_LINES) return "unfinished";
      if (next === -1 || next - at >= MOST_LINES) return bad(error);
      count = next - at + 1;
    }
  }

  /** Some programs write `="0612345678"` without quotation marks around the cell. */
  function quoted({ number, text }: Line): Line {
    return { number, text: text?.replaceAll(textFormula, '"$1"') ?? null };
  }

  /** Returns the records that these lines complete. `isLast`: no more lines follow. */
  return function read(lines: readonly Line[], isLast: boolean): readonly CsvRecord[] {
    const all = [...waiting, ...lines];
    const records: CsvRecord[] = [];
    for (let at = 0; at < all.length;) {
      const long = all.findIndex(({ text }, n) => n >= at && text === null);
      const end = long === -1 ? all.length : long;
      const part = all.slice(at, end);
      const { records: found, used } = readText(part, part[0]?.number ?? 0, isLast || long !== -1);
      records.push(...found);
      if (long === -1) {
        waiting = all.slice(at + used);
        return records;
      }
      records.push({ line: all[long]?.number ?? 0, text: null, reason: reasonFor("line_too_long") });
      at = long + 1;
    }
    waiting = [];
    return records;
  };
}

/** Returns whether a record has as many cells as the header. Empty cells after them, as spreadsheets leave them, do not count. */
export function fits(cells: readonly string[], width: number): boolean {
  return cells.length >= width && cells.slice(width).every((cell) => cell.trim() === "");
}

/** A record, and the indexes of its lines among those that were parsed: the first, and the one after the last. */
interface Span {
  readonly cells: readonly string[];
  readonly from: number;
  readonly to: number;
}

interface ParsedLines {
  readonly spans: readonly Span[];
  /** The error code of csv-parse that stopped it after these records; null: none. */
  readonly error: string | null;
}

/** Large enough for the lines of a chunk of a file in any alphabet. */
const MEMORY_BYTES = 393_216;

/** Parses lines with csv-parse, and returns which lines each record has. */
function createCsvParser(delimiter: string): (lines: readonly Line[]) => ParsedLines {
  const options = { delimiter, record_delimiter: "\n", relax_column_count: true, skip_empty_lines: true } as const;
  // The same memory for every call: see `readChunks`.
  const memory = Buffer.allocUnsafeSlow(MEMORY_BYTES);

  function parseWithSpans(text: string | Buffer, lines: readonly Line[]): ParsedLines {
    const spans: Span[] = [];
    let end = 0;
    const onRecord = (cells: string[], to: number) => {
      let from = end;
      while (from < to - 1 && lines[from]?.text === "") from += 1;
      spans.push({ cells, from, to });
      end = to;
    };
    try {
      parse(text, { ...options, on_record: (cells, info) => (onRecord(cells, info.lines), null) });
      return { spans, error: null };
    } catch (error) {
      if (error instanceof CsvError) return { spans, error: error.code };
      throw error;
    }
  }

  return function parseLines(lines) {
    const joined = lines.map(({ text }) => text).join("\n");
    const text = joined.length * 3 > MEMORY_BYTES ? joined : memory.subarray(0, memory.write(joined));
    try {
      // If each line is a record, csv-parse need not report where each record starts, which takes it as long as parsing.
      const records = parse(text, options);
      const filled = lines.flatMap((line, n) => (line.text === "" ? [] : [n]));
      if (records.length === filled.length) {
        return {
          spans: records.map((cells, n) => ({ cells, from: filled[n] ?? 0, to: (filled[n] ?? 0) + 1 })),
          error: null,
        };
      }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
    }
    return parseWithSpans(text, lines);
  };
}

/**
 * Cells that a spreadsheet would run as formulas are written with an apostrophe before them, and read without it.
 *
 * A formula begins with = + - @ or one of their full-width forms, after spaces, invisible characters and quotation marks that a
 * spreadsheet may skip. It may also begin inside a cell: after a `;` in a file that is separated by commas, if the spreadsheet
 * separates by semicolons.
 */
const BEGIN = String.raw`(?:(?![\t\r\n])[\s\p{C}"])*[=+\-@＝＋－＠﹦﹢﹣﹫]`;
/** Some spreadsheets drop a tab or line ending at the start of a cell, with everything before it. */
const CELL = String.raw`^(?='*(?:[\t\r\n]|${BEGIN}))`;
const FORMULA_START = new RegExp(String.raw`${CELL}|(?<=[;,|\t\r\n])(?='*${BEGIN})`, "gu");
const ESCAPED = new RegExp(String.raw`^'(?='*(?:[\t\r\n]|${BEGIN}))|(?<=[;,|\t\r\n])'(?='*${BEGIN})`, "gu");
const ESCAPED_CELL = new RegExp(String.raw`^'(?=[\t\r\n]|${BEGIN})`, "u");

/** Escapes the formulas of a cell. `unescapeAll` returns exactly the original text, including its own apostrophes. */
export function escapeFormulas(cell: string): string {
  return cell.replaceAll(FORMULA_START, "'");
}

/** Removes the apostrophes from a cell of a file that we wrote. */
export function unescapeAll(cell: string): string {
  return cell.replaceAll(ESCAPED, "");
}

/** A text that a program wrote as a formula, so that a spreadsheet reads no number into it: `="0612345678"`. */
const TEXT_FORMULA = /^="([^"]*)"$/;

/** Removes the apostrophe before a cell of any other file, as spreadsheets write it. Other apostrophes belong to the text. */
export function unescapeFormula(cell: string): string {
  return cell.replace(TEXT_FORMULA, "$1").replace(ESCAPED_CELL, "");
}
