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

/** Removes the apostrophe before a cell of any other file, as spreadsheets write it. Other apostrophes belong to the text. */
export function unescapeFormula(cell: string): string {
  return cell.replace(ESCAPED_CELL, "");
}
