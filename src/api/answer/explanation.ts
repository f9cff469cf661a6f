import type { HttpAnswer } from "../request/transport.ts";
import { knownWordsOf } from "./known-words.ts";

const MAX_LENGTH = 300;
/** How much of a body is read, because matching a huge one takes long. */
const MAX_READ = 3000;
const MAX_DEPTH = 4;

/** Where the API may put its explanation, in order (question Q4 of the reference). */
const EXPLAINING: ReadonlySet<string> = new Set(["message", "error", "errors", "detail", "error_description"]);

/**
 * The explanation of an error: in its body, else in `WWW-Authenticate`, where a server that answers 401 or 403 without a
 * body puts it.
 */
export function explanationOf({
  text,
  headers,
  submitted,
}: Pick<HttpAnswer, "text" | "headers" | "submitted">): string {
  const challenge = headers["www-authenticate"]?.trim() ?? "";
  return text.trim() === "" && challenge !== ""
    ? shortened(knownWordsOf(withoutPersonalData(challengeOf(challenge))))
    : explanationIn(text, submitted);
}

/** `Bearer realm="api", error="invalid_token", error_description="…"` as `invalid_token: …`; any other as it is. */
function challengeOf(challenge: string): string {
  const said = ["error", "error_description"].map((name) =>
    new RegExp(`(?<![\\w-])${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]+))`, "i").exec(challenge.slice(0, MAX_READ)),
  );
  const parts = said.flatMap((match) => match?.[1] ?? match?.[2] ?? []).filter((part) => part !== "");
  return parts.length > 0 ? parts.join(": ") : challenge;
}

/**
 * The explanation in the body of an error, at most 300 characters, fit for logs: e-mails, long numbers, opaque strings
 * (tokens, keys), quoted values, and whatever the request itself submitted are cut out; where it submitted nothing, every word that is not
 * known to be no name. Accepts text, JSON of any shape and HTML; never fails.
 */
export function explanationIn(text: string, submitted?: string): string {
  const body = text.trim();
  if (body === "") return "no explanation";
  const said = isHtml(body) ? titleOf(body.slice(0, MAX_READ)) : explain(jsonOrText(body));
  return shortened(
    submitted === undefined
      ? knownWordsOf(withoutPersonalData(said))
      : withoutPersonalData(withoutSubmitted(said, submitted)),
  );
}

/** The names of a person have no form that sets them apart from other words: a server that repeats them repeats what it was sent. */
function withoutSubmitted(text: string, submitted: string): string {
  const words = textsIn(jsonOrText(submitted))
    .flatMap((value) => [value, ...value.split(/[\s'’-]+/)])
    .map((word) => word.normalize("NFC"));
  const longestFirst = [...new Set(words)].filter((word) => word.length > 1).toSorted((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return text;
  const any = longestFirst.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  const repeated = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, "giu");
  return text.slice(0, MAX_READ).normalize("NFC").replaceAll(repeated, "…");
}

/** The texts of a person in a document, none as long as a file. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.length > MAX_LENGTH ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function shortened(reason: string): string {
  return reason.length > MAX_LENGTH ? `${reason.slice(0, MAX_LENGTH - 1)}…` : reason;
}

export function isHtml(text: string): boolean {
  return /^\s*(?:<!--[^]*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i.test(text);
}

function titleOf(html: string): string {
  const title = /<title[^>]*>([^<]{1,120})/i.exec(html)?.[1]?.trim();
  return title === undefined || title === "" ? "an HTML page" : `an HTML page, ${title}`;
}

/** The value of a JSON text; any other text as it is. */
export function jsonOrText(text: string): unknown {
  const body = text.trim();
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function explain(body: unknown): string {
  if (typeof body !== "object" || body === null) return scalar(body);
  if (Array.isArray(body)) return sentences(body, 0);
  const said = fieldsOf(body)
    .map(([name, value]) => {
      if (EXPLAINING.has(name)) return sentences(value, 0);
      return isMessages(value) ? labelled(name, sentences(value, 0)) : "";
    })
    .filter((part) => part !== "");
  if (said.length > 0) return [...new Set(said)].join("; ");
  const names = fieldsOf(body).map(([name]) => name);
  return names.length > 0 ? `no explanation, fields ${names.join(", ")}` : "no explanation";
}

/** The messages of a validation about a field at the root, `{"email": ["has already been taken"]}`. A bare text may be the value sent. */
function isMessages(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

/** A text, a list of them, a map of field to messages, or an object that explains itself. */
function sentences(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null || depth === MAX_DEPTH) return scalar(value);
  const parts = Array.isArray(value)
    ? value.map((inner) => sentences(inner, depth + 1))
    : fieldsOf(value).map(([name, inner]) => labelled(name, sentences(inner, depth + 1)));
  return parts.filter((part) => part !== "").join(", ");
}

function labelled(name: string, text: string): string {
  return text === "" || EXPLAINING.has(name) ? text : `${name}: ${text}`;
}

function fieldsOf(value: object): [string, unknown][] {
  return Object.entries(value);
}

function scalar(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** Each replaces what may be personal data or a secret. The order matters: an e-mail contains what later patterns match. */
const cuts: readonly (readonly [RegExp, string])[] = [
  [/[^\s"'<>(),;:]+(?:@|%40)[^\s"'<>(),;:]+/gi, "[e-mail]"],
  [/"[^"]*"|“[^”]*”|«[^»]*»|`[^`]*`|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu, '"…"'],
  [/[\w-]+\.[\w-]+\.[\w-]{8,}/g, "[token]"],
  [/(?=[A-Za-z-]*\d)[A-Za-z\d-]{16,}/g, "[redacted]"],
  [/[A-Za-z\d+/]{40,}={0,2}/g, "[redacted]"],
  [/\+?\d(?:[\s./()-]{0,2}\d){5,}/g, "[number]"],
  [/\s+/g, " "],
];

function withoutPersonalData(text: string): string {
  // Up to the last whole word, because half an e-mail address could not be distinguished from a word.
  const start = text.length > MAX_READ ? text.slice(0, MAX_READ).replace(/\s\S*$/, "") : text;
  return cuts.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), start).trim();
}
