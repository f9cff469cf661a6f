import { isHtml, jsonOrText } from "./explanation.ts";

/** One sentence of a refusal, and the field that it is about; null if the body does not name it. */
export interface Message {
  readonly field: string | null;
  readonly text: string;
}

const MAX_DEPTH = 5;
const MAX_MESSAGES = 100;
const MAX_LENGTH = 3_000;
/** Members that hold messages rather than name a field. */
const CONTAINERS: ReadonlySet<string> = new Set([
  "message",
  "messages",
  "error",
  "errors",
  "detail",
  "details",
  "full_messages",
  "error_description",
  "data",
  "applicant",
  "application",
]);
/** Members about the answer itself. */
const CODES: ReadonlySet<string> = new Set(["status", "code", "id", "request_id"]);

/** The sentences in the body of a refusal of any shape (question Q4 of the reference). */
export function messagesOf(body: string): readonly Message[] {
  if (isHtml(body)) return [];
  return collect(jsonOrText(body), null, 0).slice(0, MAX_MESSAGES);
}

function collect(value: unknown, field: string | null, depth: number): readonly Message[] {
  if (typeof value === "string") return [{ field, text: value.slice(0, MAX_LENGTH) }];
  if (typeof value !== "object" || value === null || depth === MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.slice(0, MAX_MESSAGES).flatMap((one) => collect(one, field, depth + 1));
  const entries: [string, unknown][] = Object.entries(value);
  // `{"field": "email", "message": "…"}`, or the pointer of JSON:API.
  const named = entries.find(([name, inner]) => NAMING.has(name) && typeof inner === "string")?.[1];
  const own = typeof named === "string" ? (named.split(/[./]/).at(-1) ?? named) : field;
  return entries
    .filter(([name]) => !CODES.has(name) && !NAMING.has(name))
    .slice(0, MAX_MESSAGES)
    .flatMap(([name, inner]) => collect(inner, CONTAINERS.has(name) ? own : (lastPart(name) ?? own), depth + 1));
}

const NAMING: ReadonlySet<string> = new Set(["field", "attribute", "param", "pointer"]);

/** `applicant.email` and `applicant[email]` name the field `email`. */
function lastPart(name: string): string | undefined {
  return name.split(/[.[\]]+/).findLast((part) => part !== "");
}
