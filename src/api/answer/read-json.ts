import { ApiError } from "../errors.ts";
import type { RequestName } from "../../kelio.ts";
import { isHtml, explanationIn } from "./explanation.ts";
import type { HttpAnswer } from "../request/transport.ts";

/** Whether an answer has no body: 204, or a server that writes nothing where there is nothing. */
export function isBlank({ text }: Pick<HttpAnswer, "text">): boolean {
  return text.replace(/^\uFEFF/, "").trim() === "";
}

/** The JSON of a successful answer, whatever its content type says. Throws an `ApiError` of kind `unreadable`. */
export function readJson(request: RequestName, answer: HttpAnswer): unknown {
  const body = answer.text.replace(/^\uFEFF/, "").trim();
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
