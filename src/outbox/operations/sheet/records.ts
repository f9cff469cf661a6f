/** Reads back a file of `imports list --csv`, as a spreadsheet has left it. */
import { CsvError, parse } from "csv-parse/sync";
import { UsageError } from "../../../platform/errors.ts";
import type { Text } from "../../../platform/language.ts";
import type { Encoding } from "../../intake/file/decoder.ts";
import { unescapeFormula } from "../../intake/file/csv.ts";
import { inspectFile, readLines } from "../../intake/file/text.ts";
import { SHEET_COLUMNS } from "./write.ts";

/** The cells of a line by the names of their columns. */
export type Cells = ReadonlyMap<string, string>;

export interface SheetRecord {
  readonly line: number;
  readonly cells: Cells;
}

/** Reads the lines that are not blank. Throws `UsageError` `bad_sheet`, and those of `inspectFile`, but for its encoding. */
export async function readRecords(path: string): Promise<readonly SheetRecord[]> {
  return parseRecords(path, await textOf(path));
}

/** The error for a file that cannot be used. */
export function unusable(path: string, { en, fr }: Text): UsageError {
  return new UsageError("bad_sheet", {
    en: `--from ${path} cannot be used, and nothing was done: ${en}`,
    fr: `--from ${path} n'est pas utilisable, et rien n'a été fait : ${fr}`,
  });
}

async function textOf(path: string): Promise<string> {
  const encoding = await encodingOf(path);
  const all: string[] = [];
  for await (const lines of readLines(path, encoding)) {
    for (const { number, text } of lines) {
      if (text === null) {
        throw unusable(path, { en: `line ${number} is too long.`, fr: `la ligne ${number} est trop longue.` });
      }
      all.push(text);
    }
  }
  return all.join("\n");
}

/** Ids and words of ASCII are the same in all encodings of one byte: where the names do not show which it is, any of them will do. */
async function encodingOf(path: string): Promise<Encoding> {
  try {
    return (await inspectFile(path)).encoding;
  } catch (error) {
    if (error instanceof UsageError && error.code === "unclear_encoding") return "windows-1252";
    throw error;
  }
}

const COLUMNS: readonly string[] = SHEET_COLUMNS;
const DELIMITERS = [";", ",", "\t"] as const;

function parseRecords(path: string, text: string): readonly SheetRecord[] {
  const declared = /^sep=(.)\n/i.exec(text);
  const body = declared === null ? text : text.slice(declared[0].length);
  const shift = declared === null ? 0 : 1;
  const first = body.trimStart().split("\n", 1)[0] ?? "";
  const delimiter =
    declared?.[1] ?? DELIMITERS.toSorted((a, b) => first.split(b).length - first.split(a).length)[0] ?? DELIMITERS[0];
  const records: { readonly line: number; readonly cells: readonly string[] }[] = [];
  try {
    const onRecord = (cells: string[], line: number) => void records.push({ line: line + shift, cells });
    const options = { delimiter, skip_empty_lines: true, relax_column_count: true } as const;
    parse(body, { ...options, on_record: (cells: string[], { lines }) => (onRecord(cells, lines), null) });
  } catch (error) {
    if (error instanceof CsvError) {
      throw unusable(path, {
        en: `it is not a CSV as imports list --csv writes it (${error.code}).`,
        fr: `ce n'est pas un CSV comme l'écrit imports list --csv (${error.code}).`,
      });
    }
    throw error;
  }
  const [head, ...rest] = records;
  if (head === undefined) throw unusable(path, { en: "it is empty.", fr: "il est vide." });
  const names = namesOf(path, head.cells);
  return rest.flatMap(({ line, cells }): readonly SheetRecord[] => {
    if (cells.every((cell) => cell.trim() === "")) return [];
    if (cells.slice(names.length).some((cell) => cell.trim() !== "")) {
      throw unusable(path, {
        en: `line ${line} has ${cells.length} cells where the first has ${names.length}.`,
        fr: `la ligne ${line} a ${cells.length} cellules, et la première ${names.length}.`,
      });
    }
    return [{ line, cells: new Map(names.map((name, n) => [name, unescapeFormula(cells[n] ?? "").trim()])) }];
  });
}

function namesOf(path: string, cells: readonly string[]): readonly string[] {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const unknown = names.filter((name) => name !== "" && !COLUMNS.includes(name));
  if (!names.includes("id")) {
    throw unusable(path, {
      en: "its first line names no column id. It must be a file of imports list --csv, completed.",
      fr: "sa première ligne ne nomme pas de colonne id. Il faut un fichier de imports list --csv, complété.",
    });
  }
  if (unknown.length > 0) {
    throw unusable(path, {
      en: `it has columns of no meaning here: ${unknown.join(", ")}. Remove or rename them.`,
      fr: `il a des colonnes sans signification ici : ${unknown.join(", ")}. Supprimez-les ou renommez-les.`,
    });
  }
  const twice = names.find((name, n) => name !== "" && names.indexOf(name) !== n);
  if (twice !== undefined) {
    throw unusable(path, { en: `it has two columns ${twice}.`, fr: `il a deux colonnes ${twice}.` });
  }
  return names;
}
