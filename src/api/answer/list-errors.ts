import { ApiError } from "../errors.ts";
import type { RequestName } from "../../kelio.ts";
import { explanationOf } from "./explanation.ts";
import { scopeFor } from "../../kelio.ts";
import type { HttpAnswer } from "../request/transport.ts";

/** The code of a list that is refused, or not offered to this key. */
export const LIST_REFUSED = "api_list_refused";

/** Whether an answer says that there is nothing at its path. */
export function isNotFound(status: number): boolean {
  return status === 404;
}

/** A list exists or is hidden, but is never "not there": a 404 for its first page is a refusal, not an empty list. */
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

/** Another record than the one that was asked for tells nothing about that one. */
export function otherRecord(request: RequestName, { status }: HttpAnswer): ApiError {
  const problem = `HTTP ${status} with a record of another id than the one asked for. It was not used`;
  return new ApiError("unreadable", request, problem, {
    status,
    sent: true,
    code: "api_other_record",
    disposition: "fail",
  });
}
