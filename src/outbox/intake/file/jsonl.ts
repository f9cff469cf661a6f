import { ERRORS_COLUMN } from "./columns.ts";
import { LONGEST_LINE, type Line } from "./lines.ts";
import type { FileRow } from "./row.ts";

const MOST_DEPTH = 8;

/** One line of JSONL: an object with the field names of the reference. */
export function readJsonLine({ number: line, text }: Line): FileRow {
  if (text === null) {
    return broken(line, null, `is longer than ${LONGEST_LINE.toLocaleString("en")} characters: it is left out`);
  }
  if (isTooDeep(text)) return broken(line, text, "is nested too deep: an import is one object of plain values");
  const value = parseJson(text);
  if (value === undefined) return broken(line, text, "is not JSON");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return broken(line, text, 'must be an object, such as {"email": …}');
  }
  const { resume = null, [ERRORS_COLUMN]: _, ...submitted }: { readonly [name: string]: unknown } = { ...value };
  return { line, submitted, resume, faults: [], original: { json: text } };
}

/** What reads or writes JSON calls itself for each level, and ends the process at some ten thousand of them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0, inString = false; at < text.length; at += 1) {
    const character = text[at];
    if (inString && character === "\\") at += 1;
    else if (character === '"') inString = !inString;
    else if (!inString && (character === "[" || character === "{")) depth += 1;
    else if (!inString && (character === "]" || character === "}")) depth -= 1;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(line: number, text: string | null, reason: string): FileRow {
  return { line, submitted: null, resume: null, faults: [{ field: "line", reason }], original: { text } };
}
