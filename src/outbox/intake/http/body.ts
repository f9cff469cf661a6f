/** Turns the body of POST /imports into rows. It is bounded before it is parsed, because it may need much more memory then. */
import { excessOf } from "../json-size.ts";
import { refusal } from "../../../platform/http/problem.ts";

/** The most rows that one transaction writes without making single imports wait for long. */
export const MOST_ROWS = 1_000;
/** The most commas, colons, brackets and strings: 200 for each row, because an import has two dozen fields. */
const MOST_PARTS = 200 * MOST_ROWS;

/** Returns the rows of a body: one import, an array, or an object with `imports` alone. Throws a ProblemError. */
export function rowsOf(body: Uint8Array): readonly unknown[] {
  const submitted = parse(body);
  const rows = isBatch(submitted) ? submitted.imports : submitted;
  if (typeof rows !== "object" || rows === null) {
    throw refusal(422, "not_imports", 'Send one import, an array of imports, or {"imports": [...]}.');
  }
  const list: readonly unknown[] = Array.isArray(rows) ? rows : [rows];
  if (list.length === 0) throw refusal(422, "no_imports", "There is no import in the body.");
  if (list.length > MOST_ROWS) {
    throw refusal(413, "too_many_imports", `A request may hold ${MOST_ROWS} imports at most: send several.`);
  }
  return list;
}

function isBatch(submitted: unknown): submitted is { readonly imports: unknown } {
  return (
    typeof submitted === "object" &&
    submitted !== null &&
    Object.hasOwn(submitted, "imports") &&
    Object.keys(submitted).length === 1
  );
}

function parse(body: Uint8Array): unknown {
  if (body.byteLength === 0) throw refusal(400, "empty_body", "The body is empty.");
  const excess = excessOf(body, MOST_PARTS);
  if (excess === "depth") throw refusal(422, "nested_too_deep", "No import is nested that deep.");
  if (excess === "parts") {
    throw refusal(413, "too_many_values", `The body holds more values than ${MOST_ROWS} imports can have.`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The message of the error would repeat a part of the body.
    throw refusal(400, "malformed_json", "The body is not JSON in UTF-8.");
  }
}
