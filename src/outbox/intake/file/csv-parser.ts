import { CsvError, parse } from "csv-parse/sync";
import type { Line } from "./lines.ts";

/** A record, and the indices of its lines among those that were parsed: from the first to behind the last. */
export interface Span {
  readonly cells: readonly string[];
  readonly from: number;
  readonly to: number;
}

export interface ParsedLines {
  readonly spans: readonly Span[];
  /** csv-parse's code of what stopped it after these records; null: nothing. */
  readonly error: string | null;
}

/** Lines of about a chunk of a file fit, whatever their letters. */
const MEMORY_BYTES = 393_216;

/** csv-parse over lines that are there, with the lines of each record. */
export function createCsvParser(delimiter: string): (lines: readonly Line[]) => ParsedLines {
  const options = { delimiter, record_delimiter: "\n", relax_column_count: true, skip_empty_lines: true } as const;
  // Always the same: see `readChunks`.
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
      // Where each line is a record, the start of each record need not be reported, which costs csv-parse as much as the rest.
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
