import { ApiError } from "../errors.ts";
import { lists, scopeFor, type ListName, type RequestName } from "../kelio.ts";
import { explanationIn, explanationOf, isHtml } from "./explanation.ts";
import type { HttpAnswer } from "../request/transport.ts";

export function isBlank({ text }: Pick<HttpAnswer, "text">): boolean {
  return text.trim() === "";
}

/** The JSON of a successful answer, of any content type. Throws an `ApiError` of kind `unreadable`. */
export function readJson(request: RequestName, answer: HttpAnswer): unknown {
  // `trim` removes a byte order mark too.
  const body = answer.text.trim();
  if (isBlank(answer)) throw unreadable(request, answer, "an empty answer");
  if (isHtml(body)) throw unreadable(request, answer, explanationIn(body));
  try {
    return JSON.parse(body);
  } catch {
    // No cause: the parser's message quotes the body, which holds personal data.
    throw unreadable(request, answer, `${answer.bytes} bytes that are not whole JSON`);
  }
}

export function unreadable({ method, path }: RequestName, { status }: HttpAnswer, what: string): ApiError {
  return new ApiError("unreadable", { method, path }, `HTTP ${status} with ${what}`, { status, sent: true });
}

/**
 * The items of a list answer (question Q16 of the reference): the array itself, the array under `data` or under the
 * resource's name (or under that name in `data`), otherwise the only array. Undefined if none fits.
 */
export function readItems(name: ListName, body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  const fields = fieldsOf(body);
  const { data } = fields;
  const named = [data, fields[name], fieldsOf(data)[name]].find((value) => Array.isArray(value));
  if (Array.isArray(named)) return named;
  const arrays = Object.entries(fields).flatMap(([key, value]) =>
    key !== "errors" && Array.isArray(value) ? [value] : [],
  );
  return arrays.length === 1 ? arrays[0] : undefined;
}

/** The object of a show answer: at the root, under the resource's name, under `data`, or both. Undefined: none fits. */
export function readItem(name: ListName, body: unknown): unknown {
  const fields = fieldsOf(body);
  const key = lists[name].one;
  const data = fieldsOf(fields.data);
  return [body, fields[key], fields.data, data[key]].find((value) => Object.hasOwn(fieldsOf(value), "id"));
}

/** Whether a record has another id than the requested one; false if it was not requested by an id. */
export function isOtherRecord(item: unknown, asked: string): boolean {
  if (!/^\d+$/.test(asked)) return false;
  const { id } = fieldsOf(item);
  const text = typeof id === "string" ? id.trim() : String(id);
  return !/^\d+$/.test(text) || BigInt(text) !== BigInt(asked);
}

/** The fields of a JSON object, none for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The code of a list that is refused, or not offered to this key. */
export const LIST_REFUSED = "api_list_refused";

/** Whether an answer says that there is nothing at its path. */
export function isNotFound(status: number): boolean {
  return status === 404;
}

/** A 404 for the first page of a list is a refusal, not an empty list. */
export function listRefused(request: RequestName, answer: HttpAnswer): ApiError {
  const { status } = answer;
  const scope = scopeFor(request.method, request.path);
  const need = scope === null ? "" : `, or that lacks the scope ${scope}`;
  const problem =
    `HTTP ${status}: ${explanationOf(answer)}. The list is refused or not offered to this key: some servers answer ${status} to a key ` +
    `that may not see it${need}. Ask the vendor, remove the scope from KELIO_SCOPES, or check KELIO_API_URL and ` +
    "KELIO_ACCOUNT_KIND. Nothing is concluded from it";
  return new ApiError("not-found", request, problem, { status, sent: true, code: LIST_REFUSED });
}

/** A record other than the requested one proves nothing about that one. */
export function otherRecord(request: RequestName, { status }: HttpAnswer): ApiError {
  const problem = `HTTP ${status} with a record of another id than the requested one. It was not used`;
  return new ApiError("unreadable", request, problem, {
    status,
    sent: true,
    code: "api_other_record",
    disposition: "fail",
  });
}
