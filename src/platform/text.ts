import { spellDuration } from "./duration.ts";
import { plain } from "./plain-text.ts";

type Cell = string | number;

/** Of a cell in a list of many. */
const LONGEST_CELL = 200;

/** Columns side by side: numbers to the right, words to the left. Cells are made safe for a terminal, and cut at `longest`. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], longest = LONGEST_CELL): string {
  const all = [head, ...rows].map((row) => row.map((cell) => plain(String(cell), longest)));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d/]+$/.test(String(row[column]))),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** How long ago, in the unit a person would say. */
export function ago(seconds: number): string {
  return `${spellDuration(seconds)} ago`;
}
