/** Cells that a spreadsheet would run are written with an apostrophe before them, and read without it. */
const RUNS = /^[=+\-@\t\r]/;
const ESCAPED = /^'[=+\-@\t\r]/;

export function escapeFormula(cell: string): string {
  return RUNS.test(cell) ? `'${cell}` : cell;
}

export function unescapeFormula(cell: string): string {
  return ESCAPED.test(cell) ? cell.slice(1) : cell;
}
