/** The first lines of a CSV file: its delimiter, and which field each of its columns holds. */
import { parse } from "csv-parse/sync";
import { UsageError } from "../../../platform/errors.ts";
import { FIELD_NAMES, FIELDS, RESUME, type FieldName } from "../../import/fields.ts";
import type { Line } from "./text.ts";

/** What a column may hold besides the fields of an import: the path of a resume, and the reasons that we wrote. */
export type Column = FieldName | "resume" | "import_errors";

/** Holds the reasons of rejected lines. A file that has it may be imported as it is. */
export const ERRORS_COLUMN = "import_errors";

const BY_NAME: ReadonlyMap<string, Column> = new Map<string, Column>([
  ...FIELD_NAMES.flatMap((field) => namesOf(field, FIELDS[field])),
  ...namesOf("resume", RESUME),
  [fold(ERRORS_COLUMN), ERRORS_COLUMN],
]);

function namesOf(
  column: Column,
  { en, fr }: { readonly en: string; readonly fr: string },
): readonly (readonly [string, Column])[] {
  return [column, ...`${en}, ${fr}`.split(", ")].filter((name) => name !== "").map((name) => [fold(name), column]);
}

export interface CsvHead {
  readonly delimiter: string;
  /** The number of the line that names the columns. */
  readonly line: number;
  /** The names as the file has them. */
  readonly names: readonly string[];
  /** The field of each column; null: none of ours. */
  readonly columns: readonly (Column | null)[];
  /** The indexes of the columns. Of columns that hold a phone the first one that is filled counts; mobiles come first. */
  readonly order: readonly number[];
}

const DELIMITERS = [";", ",", "\t"] as const;

/**
 * Reads the first lines of a CSV file, up to the one that names its columns. The delimiter is the one that gives the most known names,
 * or the one that Excel wrote into a line such as `sep=;`.
 * @throws UsageError `no_header`, `no_email_column`, `doubled_column`. No message repeats the content of the file.
 */
export function readHead(path: string, lines: readonly Line[]): CsvHead {
  const [first, second] = lines.filter(({ text }) => text === null || text.trim() !== "");
  const declared = /^sep=(.)$/i.exec(first?.text ?? "")?.[1];
  const line = declared === undefined ? first : second;
  if (line === undefined) throw new UsageError("empty_file", `${path} holds no line.`);
  if (line.text?.includes("\0") === true) {
    const message = `${path} is not UTF-8, or UTF-16 without its mark. Save it as CSV (UTF-8) first.`;
    throw new UsageError("no_header", message);
  }
  const heads = (declared === undefined ? DELIMITERS : [declared]).flatMap((delimiter) => {
    const names = cellsOf(line.text, delimiter);
    return names === null ? [] : [headOf(delimiter, line.number, names)];
  });
  const [best] = heads.toSorted((a, b) => known(b) - known(a) || b.names.length - a.names.length);
  if (best === undefined) {
    throw new UsageError("no_header", `Line ${line.number} of ${path} cannot be read as the names of columns.`);
  }
  refuseDoubled(path, best);
  if (!best.columns.includes("email")) {
    const message = `${path} has no column for the e-mail address. Line ${line.number} must name the columns, one of them email (or courriel, adresse e-mail), with ; , or tabs between them.`;
    throw new UsageError("no_email_column", message);
  }
  return best;
}

function cellsOf(text: string | null, delimiter: string): readonly string[] | null {
  if (text === null) return null;
  try {
    return parse(text, { delimiter })[0] ?? null;
  } catch {
    return null;
  }
}

function headOf(delimiter: string, line: number, names: readonly string[]): CsvHead {
  const columns = names.map((name) => BY_NAME.get(fold(name)) ?? null);
  // Beside a column of calling codes, a phone is the rest of the number.
  const isSplit = columns.includes("phone_code") && !columns.includes("phone_number");
  const isMobile = names.map((name) => /mobile|portable/.test(fold(name)));
  return {
    delimiter,
    line,
    names,
    columns: columns.map((column) => (isSplit && column === "phone" ? "phone_number" : column)),
    order: [...names.keys()].toSorted((a, b) => Number(isMobile[b]) - Number(isMobile[a])),
  };
}

const known = ({ columns }: CsvHead) => columns.filter((column) => column !== null).length;

/** Refuses two columns of the same field, except phones of different names. */
function refuseDoubled(path: string, { names, columns }: CsvHead): void {
  for (const column of new Set(columns)) {
    const positions = columns.flatMap((one, n) => (one === column ? [n + 1] : []));
    if (column === null || positions.length < 2) continue;
    if (areDifferentPhones(positions.map((position) => fold(names[position - 1] ?? "")))) continue;
    const message = `Columns ${positions.join(" and ")} of ${path} both hold ${column}: keep one of them.`;
    throw new UsageError("doubled_column", message);
  }
}

function areDifferentPhones(folded: readonly string[]): boolean {
  return new Set(folded).size === folded.length && folded.every((name) => BY_NAME.get(name) === "phone");
}

/** Removes accents, case, spaces and signs. */
function fold(name: string): string {
  return name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
}
