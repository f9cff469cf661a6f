import { createCsvParser } from "./csv-parser.ts";
import type { Line } from "./lines.ts";

/** A record of a CSV file: its cells, or the text of a line that is none and why. `line`: where it begins. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly text: string | null; readonly reason: string };

/** A cell may go over so many lines: more, and its quotation mark was never meant to be one. */
const MOST_LINES = 100;
const TOO_LONG = "is longer than 1,000,000 characters: it is left out";
const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "opens a quotation mark that nothing closes",
  CSV_INVALID_CLOSING_QUOTE: "has a quotation mark inside a quoted cell: write it twice",
  INVALID_OPENING_QUOTE: "has a quotation mark inside a cell: write it twice, and one before and after the cell",
};

/**
 * Makes records of lines. csv-parse alone reads a stray quotation mark as the begin of a cell that goes on to the next one,
 * hundreds of good lines later. Here it receives some hundred lines at a time; where it stumbles, or a record over several
 * lines has not `width` cells, it receives the lines one by one, so that a bad line costs no other.
 */
export function createCsvReader(delimiter: string, width: number) {
  const parseLines = createCsvParser(delimiter);
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

  /** The record that begins at a line, and how many lines it has. */
  function recordAt(lines: readonly Line[], at: number, isLast: boolean) {
    for (let count = 1; ;) {
      const { spans, error } = parseLines(lines.slice(at, at + count));
      const [span] = spans;
      const bad = (code: string) =>
        [{ text: lines[at]?.text ?? null, reason: REASONS[code] ?? "cannot be read as CSV" }, 1] as const;
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

  /** The records that these lines complete; `isLast`: no more will come. */
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
      records.push({ line: all[long]?.number ?? 0, text: null, reason: TOO_LONG });
      at = long + 1;
    }
    waiting = [];
    return records;
  };
}

/** Whether a record has as many cells as the header; empty ones behind them, as spreadsheets leave them, do not count. */
export function fits(cells: readonly string[], width: number): boolean {
  return cells.length >= width && cells.slice(width).every((cell) => cell.trim() === "");
}
