/** Turns the body of POST /imports into rows. It is bounded before it is parsed, because it may need much more memory then. */
import { refusal } from "../../../platform/http/problem.ts";

/** The most rows that one transaction writes without making single imports wait for long. */
export const MOST_ROWS = 1_000;
const MOST_DEPTH = 8;
/** The most commas, colons, brackets and strings: 200 for each row, because an import has two dozen fields. */
const MOST_PARTS = 200 * MOST_ROWS;

/** The bytes that structure JSON. */
const BYTE = { brace: 0x7b, bracket: 0x5b, endBrace: 0x7d, endBracket: 0x5d, comma: 0x2c, colon: 0x3a } as const;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
  refuseBomb(body);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The message of the error would repeat a part of the body.
    throw refusal(400, "malformed_json", "The body is not JSON in UTF-8.");
  }
}

/** Refuses a body that would need far more memory once parsed, such as a few megabytes of brackets. */
function refuseBomb(body: Uint8Array): void {
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) at = endOfString(body, at);
    else if (byte === BYTE.brace || byte === BYTE.bracket) depth += 1;
    else if (byte === BYTE.endBrace || byte === BYTE.endBracket) depth -= 1;
    else if (byte !== BYTE.comma && byte !== BYTE.colon) continue;
    parts += 1;
    if (depth > MOST_DEPTH) throw refusal(422, "nested_too_deep", "No import is nested that deep.");
    if (parts > MOST_PARTS) {
      throw refusal(413, "too_many_values", `The body holds more values than ${MOST_ROWS} imports can have.`);
    }
  }
}

/** Returns where the string that begins at `start` ends. */
function endOfString(body: Uint8Array, start: number): number {
  for (let at = body.indexOf(QUOTE, start + 1); at !== -1; at = body.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (body[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return body.length;
}
