import { parse } from "csv-parse/sync";
import { UsageError } from "../../../platform/errors.ts";
import { doubledColumn, readHeader, type Header } from "./columns.ts";
import type { Line } from "./lines.ts";

export interface CsvHead {
  readonly delimiter: string;
  readonly header: Header;
  /** The number of the line that names the columns. */
  readonly line: number;
}

const DELIMITERS = [";", ",", "\t"] as const;

/**
 * Reads the first lines of a CSV file, up to the one that names its columns. The delimiter is the one by which most of the names are
 * known, or the one that Excel wrote into a line such as `sep=;`.
 * @throws UsageError `no_header`, `no_email_column`, `doubled_column`. No message holds what the file says.
 */
export function readHead(path: string, lines: readonly Line[]): CsvHead {
  const [first, second] = lines.filter(({ text }) => text === null || text.trim() !== "");
  const declared = /^sep=(.)$/i.exec(first?.text ?? "")?.[1];
  const line = declared === undefined ? first : second;
  if (line === undefined) throw new UsageError("empty_file", `${path} holds no line.`);
  if (line.text?.includes("\0") === true) {
    throw new UsageError(
      "no_header",
      `${path} is not UTF-8, or UTF-16 without its mark. Save it as CSV (UTF-8) first.`,
    );
  }
  const heads = (declared === undefined ? DELIMITERS : [declared]).flatMap((delimiter) => {
    const names = namesOf(line.text, delimiter);
    return names === null ? [] : [{ delimiter, header: readHeader(names), line: line.number }];
  });
  const [best] = heads.toSorted((a, b) => known(b.header) - known(a.header) || width(b.header) - width(a.header));
  if (best === undefined) {
    throw new UsageError("no_header", `Line ${line.number} of ${path} cannot be read as the names of columns.`);
  }
  const doubled = doubledColumn(best.header);
  if (doubled !== null) {
    const positions = doubled.positions.join(" and ");
    throw new UsageError(
      "doubled_column",
      `Columns ${positions} of ${path} both hold ${doubled.column}: keep one of them.`,
    );
  }
  if (!best.header.columns.includes("email")) throw noEmailColumn(path, line);
  return best;
}

function noEmailColumn(path: string, { number }: Line): UsageError {
  const message = `${path} has no column for the e-mail address. Line ${number} must name the columns, one of them email (or courriel, adresse e-mail), with ; , or tabs between them.`;
  return new UsageError("no_email_column", message);
}

function namesOf(text: string | null, delimiter: string): readonly string[] | null {
  if (text === null) return null;
  try {
    const [names] = parse(text, { delimiter });
    return names ?? null;
  } catch {
    return null;
  }
}

const known = ({ columns }: Header) => columns.filter((column) => column !== null).length;
const width = ({ names }: Header) => names.length;
