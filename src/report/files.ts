/** Answers as files that a spreadsheet opens. */
import writeExcel from "write-excel-file/node";
import { hasCode, UsageError } from "../platform/errors.ts";
import { writeNew } from "../platform/files.ts";
import type { Answer, Cell } from "./ask.ts";

/** As French spreadsheets read it with a double click: UTF-8 with its mark, semicolons, decimal commas. `line` writes one line. */
export async function writeCsv(
  path: string,
  { heads, rows }: Answer,
  line: (cells: readonly string[], delimiter: string) => string,
): Promise<void> {
  const lines = [heads, ...rows.map((row) => row.map(csvCell))].map((cells) => line(cells, ";"));
  await writeNew(path, `\uFEFF${lines.join("")}`, unwritable(path, "csv"));
}

function csvCell(cell: Cell): string {
  return typeof cell === "number" ? String(cell).replace(".", ",") : String(cell ?? "");
}

const WIDEST = 60;
/** A workbook with a longer cell is broken to Excel. */
const LONGEST = 32_767;

/** As a workbook of one sheet. No cell is a formula, whatever its text begins with. */
export async function writeXlsx(path: string, { heads, areDays, rows }: Answer): Promise<void> {
  const head = heads.map((value) => ({ value, type: String, fontWeight: "bold" as const }));
  const widths = heads.map((name, i) => ({
    width: Math.min(WIDEST, 2 + Math.max(name.length, ...rows.map((row) => String(row[i] ?? "").length))),
  }));
  const content = await writeExcel([head, ...rows.map((row) => row.map((cell, i) => xlsxCell(cell, areDays[i])))], {
    columns: widths,
    stickyRowsCount: 1,
  }).toBuffer();
  await writeNew(path, content, unwritable(path, "xlsx"));
}

function xlsxCell(cell: Cell, isDay = false) {
  if (cell === null) return null;
  if (typeof cell === "number") return { value: cell, type: Number };
  if (typeof cell === "boolean") return { value: cell, type: Boolean };
  return isDay
    ? { value: new Date(`${cell}T00:00:00Z`), type: Date, format: "yyyy-mm-dd" }
    : { value: cell.slice(0, LONGEST), type: String };
}

function unwritable(path: string, kind: "csv" | "xlsx"): (cause: unknown) => UsageError {
  const there = {
    en: `--${kind} ${path}: there is a file already. Name another, or remove it.`,
    fr: `--${kind} ${path} : ce fichier existe déjà. Indiquez-en un autre, ou supprimez-le.`,
  };
  const closed = {
    en: `--${kind} ${path} cannot be written there.`,
    fr: `--${kind} ${path} ne peut pas y être écrit.`,
  };
  return (cause) =>
    hasCode(cause, "EEXIST")
      ? new UsageError(`${kind}_exists`, there, { cause })
      : new UsageError(`${kind}_unwritable`, closed, { cause });
}
