/** The first lines of a CSV file: its delimiter, and which field each of its columns holds. */
import { parse } from "csv-parse/sync";
import type { UsageError } from "../../../platform/errors.ts";
import type { Text } from "../../../platform/language.ts";
import { comparable } from "../../../platform/comparable.ts";
import { plain } from "../../../platform/text.ts";
import { FIELDS, type FieldName } from "../../import/fields.ts";
import { isoMoment } from "../../import/moment.ts";
import { id, moment, url } from "../../import/values.ts";
import { columnOf, ERRORS_COLUMN, fold, MAPPABLE, namesOf, nearest, type FileColumn } from "./column-names.ts";
import { fileError } from "./file-errors.ts";
import type { Line } from "./text.ts";

export interface CsvHead {
  readonly delimiter: string;
  /** The number of the line that names the columns; of several, the last. */
  readonly line: number;
  /** The names as the file has them. */
  readonly names: readonly string[];
  /** The field of each column; null: none of ours. */
  readonly columns: readonly (FileColumn | null)[];
  /** The indexes of the columns. Of columns that hold a phone the first one that is filled counts; mobiles come first. */
  readonly order: readonly number[];
  /** The names of columns that are ignored because they hold something else, such as text where a number is needed. */
  readonly textColumns: readonly string[];
}

/** What a person says about a column: the field that it holds; null: it is ignored. */
export interface MappedColumn {
  readonly name: string;
  readonly column: FileColumn | null;
}

const DELIMITERS = [";", ",", "\t", "|"] as const;
/** The most lines that stand above the names of the columns, such as a title, and those that a cell of the header may have. */
const MOST_ABOVE = 20;
const MOST_LINES = 10;
/** The share of values of its field below which a column holds something else: some texts are numbers. */
const LEAST_SHARE = 0.1;

/**
 * Reads what a person wrote with `--map`, such as `N° offre=campaign_id`, or `Company=` to ignore a column.
 * @throws UsageError `bad_map`, `unknown_field`, `doubled_field`.
 */
export function parseMaps(texts: readonly string[]): readonly MappedColumn[] {
  const maps = texts.map((text): MappedColumn => {
    const at = text.lastIndexOf("=");
    const name = text.slice(0, Math.max(0, at)).trim();
    const field = text.slice(at + 1).trim();
    if (name === "") throw fileError("bad_map", { text: plain(text) });
    const column = MAPPABLE.find((one) => one === field.toLowerCase()) ?? null;
    if (column === null && field !== "") throw unknownField(text, field);
    return { name, column };
  });
  for (const { column } of maps) {
    if (column === null) continue;
    const names = maps.filter((one) => one.column === column).map(({ name }) => `"${plain(name)}"`);
    if (names.length > 1) throw fileError("doubled_field", { names: joined(names), column });
  }
  return maps;
}

function unknownField(text: string, field: string): UsageError {
  const alias = columnOf(field);
  const near = alias === null ? nearest(MAPPABLE, [field]) : [alias];
  const names = near.join(", ");
  const hint = near.length === 0 ? "" : { en: ` Nearest: ${names}.`, fr: ` Les plus proches : ${names}.` };
  return fileError("unknown_field", {
    text: plain(text),
    field: plain(field),
    hint,
    fields: MAPPABLE.join(", "),
  });
}

function joined(names: readonly string[]): Text {
  return { en: names.join(" and "), fr: names.join(" et ") };
}

/**
 * Reads the first lines of a CSV file, up to the one that names its columns: the first with a name for the e-mail address, as a title
 * may stand above it. The delimiter is the one that gives the most known names, or the one that Excel wrote into a line such as `sep=;`.
 * @throws UsageError `no_header`, `no_email_column`, `unknown_column`.
 */
export function readHead(path: string, lines: readonly Line[], maps: readonly MappedColumn[] = []): CsvHead {
  const filled = lines.filter(({ text }) => text === null || text.trim() !== "");
  const declared = /^sep=(.)$/i.exec(filled[0]?.text ?? "")?.[1];
  const candidates = declared === undefined ? filled : filled.slice(1);
  const [first] = candidates;
  if (first === undefined) throw fileError("empty_file", { path });
  if (first.text?.includes("\0") === true) throw fileError("not_utf_8", { path });
  const delimiters = declared === undefined ? DELIMITERS : [declared];
  const bestAt = (n: number) =>
    delimiters
      .flatMap((delimiter) => headAt(candidates.slice(n, n + MOST_LINES), delimiter, maps) ?? [])
      .toSorted((a, b) => countKnown(b) - countKnown(a) || b.names.length - a.names.length)[0];
  const heads = candidates.slice(0, MOST_ABOVE).map((_, n) => bestAt(n));
  const best = heads.find((head) => head?.columns.includes("email")) ?? heads[0];
  if (best === undefined) throw fileError("no_header", { path, line: first.number });
  if (maps.length > 0) refuseUnknown(path, best, maps);
  if (!best.columns.includes("email")) throw fileError("no_email_column", { path, line: best.line });
  return best;
}

/** The header that begins at the first of these lines; null: none does. A name in quotation marks may have several lines. */
function headAt(lines: readonly Line[], delimiter: string, maps: readonly MappedColumn[]): CsvHead | null {
  let text = "";
  for (const { number, text: line } of lines) {
    if (line === null) return null;
    text = text === "" ? line : `${text}\n${line}`;
    const names = cellsOf(text, delimiter);
    if (names !== null) return headOf(delimiter, number, names, maps);
  }
  return null;
}

function cellsOf(text: string, delimiter: string): readonly string[] | null {
  try {
    return parse(text, { delimiter })[0] ?? null;
  } catch {
    return null;
  }
}

function headOf(delimiter: string, line: number, names: readonly string[], maps: readonly MappedColumn[]): CsvHead {
  const mapped = names.map((name) => maps.find((map) => isSameName(map.name, name)));
  const decided = new Set(mapped.flatMap((map) => map?.column ?? []));
  const columns = names.map((name, n): FileColumn | null => {
    const map = mapped[n];
    if (map !== undefined) return map.column;
    const column = columnOf(name);
    return column !== null && decided.has(column) ? null : column;
  });
  // Beside a column of calling codes, a phone is the rest of the number, and `Numéro` may be. `N°` numbers the lines.
  const hasCode = columns.includes("phone_code");
  const isRest = (n: number) => isExactName(names[n] ?? "", "phone_number", hasCode && !columns.includes("phone"));
  const known = columns.map((column, n) =>
    column === "phone_number" && mapped[n] === undefined && !isRest(n) ? null : column,
  );
  const isSplit = hasCode && !known.includes("phone_number");
  const isMobile = names.map((name) => /mobile|portable|gsm/.test(fold(name)));
  return {
    delimiter,
    line,
    names,
    columns: known.map((column) => (isSplit && column === "phone" ? "phone_number" : column)),
    order: [...names.keys()].toSorted((a, b) => Number(isMobile[b]) - Number(isMobile[a])),
    textColumns: [],
  };
}

const isSameName = (one: string, other: string) =>
  comparable(one) === comparable(other) || (fold(one) !== "" && fold(one) === fold(other));

/** Whether it is the name of the field itself, or letter for letter another name of it if those are allowed. */
function isExactName(name: string, column: FieldName, withOthers: boolean): boolean {
  return (withOthers ? namesOf(column) : [column]).some((one) => fold(one) === fold(name));
}

const countKnown = ({ columns }: CsvHead) => columns.filter((column) => column !== null).length;

function refuseUnknown(path: string, { names }: CsvHead, maps: readonly MappedColumn[]): void {
  for (const { name } of maps) {
    const found = names.filter((one) => isSameName(one, name));
    if (found.length === 1) continue;
    const near = nearest(names, [name]);
    const all = (near.length > 0 ? near : names.slice(0, 20)).map((one) => `"${plain(one, 60)}"`).join(", ");
    if (found.length > 1) throw fileError("columns_of_one_name", { name: plain(name), path, count: found.length });
    const hint =
      near.length > 0
        ? { en: `Nearest: ${all}`, fr: `Les plus proches : ${all}` }
        : { en: `Its columns: ${all}`, fr: `Ses colonnes : ${all}` };
    throw fileError("unknown_column", { name: plain(name), path, hint });
  }
}

/**
 * Refuses two columns of the same field, except phones of different names.
 * @throws UsageError `doubled_column`.
 */
export function refuseDoubled(path: string, { names, columns }: CsvHead): void {
  for (const column of new Set(columns)) {
    const positions = columns.flatMap((one, n) => (one === column ? [n] : []));
    if (column === null || positions.length < 2) continue;
    const doubled = positions.map((n) => names[n] ?? "");
    if (areDifferentPhones(doubled)) continue;
    const which = joined(positions.map((n) => `${n + 1} ("${plain(names[n] ?? "", 60)}")`));
    const name = plain(doubled[0] ?? "", 60);
    const isSame = doubled.every((one) => isSameName(one, name));
    throw fileError(isSame ? "doubled_name" : "doubled_column", { which, path, column, name });
  }
}

function areDifferentPhones(names: readonly string[]): boolean {
  return new Set(names.map(fold)).size === names.length && names.every((name) => columnOf(name) === "phone");
}

/**
 * Ignores columns that hold something else than their field, such as `Offre` with the titles of offers, `Site` with a town, or `RGPD`
 * with dates. A column with the name of the field itself, or one that was mapped by hand, is what it says. `cells`: the first records of
 * the file.
 */
export function ignoreTextColumns(
  head: CsvHead,
  cells: readonly (readonly string[])[],
  maps: readonly MappedColumn[],
): CsvHead {
  const isText = head.columns.map((column, n) => {
    const name = head.names[n] ?? "";
    const belongs = column === null ? undefined : belongsTo(column);
    if (column === null || belongs === undefined) return false;
    if (fold(name) === fold(column) || maps.some((map) => isSameName(map.name, name))) return false;
    const filled = cells.map((record) => record[n] ?? "").filter((cell) => cell.trim() !== "");
    return filled.length > 0 && filled.filter(belongs).length <= filled.length * LEAST_SHARE;
  });
  return {
    ...head,
    columns: head.columns.map((column, n) => (isText[n] === true ? null : column)),
    textColumns: head.names.filter((_, n) => isText[n]),
  };
}

/** By what a value of a field is recognised; undefined: by nothing. A flag that is not understood is refused: no consent is lost. */
function belongsTo(column: FileColumn): ((cell: string) => boolean) | undefined {
  if (column === "resume" || column === ERRORS_COLUMN) return undefined;
  if (column === "bio_url" || column === "avatar_url") return (cell) => url.safeParse(cell).success;
  const type = FIELDS[column].column;
  if (type === "bigint") return (cell) => id.safeParse(cell).success;
  return type === "boolean" ? (cell) => !moment.safeParse(isoMoment(cell, "UTC")).success : undefined;
}
