/**
 * Cells that a spreadsheet would run are written with an apostrophe in front, and read without it.
 *
 * A formula begins with = + - @ or one of their full-width forms, after spaces, invisible characters and quotation marks that a
 * spreadsheet may skip. It may begin inside a cell, too: behind a `;` of a file that is separated by commas, for a spreadsheet
 * that separates by semicolons.
 */
const BEGIN = String.raw`(?:(?![\t\r\n])[\s\p{C}"])*[=+\-@＝＋－＠﹦﹢﹣﹫]`;
/** A tab or a line end at the beginning of a cell is dropped by some spreadsheets, together with what stands before it. */
const CELL = String.raw`^(?='*(?:[\t\r\n]|${BEGIN}))`;
const FORMULA_START = new RegExp(String.raw`${CELL}|(?<=[;,|\t\r\n])(?='*${BEGIN})`, "gu");
const ESCAPED = new RegExp(String.raw`^'(?='*(?:[\t\r\n]|${BEGIN}))|(?<=[;,|\t\r\n])'(?='*${BEGIN})`, "gu");
const ESCAPED_CELL = new RegExp(String.raw`^'(?=[\t\r\n]|${BEGIN})`, "u");

/** Exact: `unescapeAll` returns the original text, apostrophes that stood there before included. */
export function escapeFormulas(cell: string): string {
  return cell.replaceAll(FORMULA_START, "'");
}

/** Of a cell of a file that we wrote. */
export function unescapeAll(cell: string): string {
  return cell.replaceAll(ESCAPED, "");
}

/** Of a cell of any other file: the apostrophe in front of the cell is the habit of spreadsheets, any other one is the text's own. */
export function unescapeFormula(cell: string): string {
  return cell.replace(ESCAPED_CELL, "");
}
