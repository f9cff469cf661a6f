import { ERRORS_COLUMN } from "./columns.ts";
import { LONGEST_LINE, type Line } from "./lines.ts";
import type { FileRow } from "./rows.ts";

/** One line of JSONL: an object with the field names of the reference. */
export function readJsonLine({ number: line, text }: Line): FileRow {
  if (text === null) {
    return broken(line, null, `is longer than ${LONGEST_LINE.toLocaleString("en")} characters: it is left out`);
  }
  const value = parseJson(text);
  if (value === undefined) return broken(line, text, "is not JSON");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return broken(line, text, 'must be an object, such as {"email": …}');
  }
  const { resume = null, [ERRORS_COLUMN]: _, ...given }: { readonly [name: string]: unknown } = { ...value };
  return { line, given, resume, faults: [], original: { object: value } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(line: number, text: string | null, reason: string): FileRow {
  return { line, given: null, resume: null, faults: [{ field: "line", reason }], original: { text } };
}
