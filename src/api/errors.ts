import { AppError, type AppErrorOptions, type Disposition } from "../platform/errors.ts";
import type { RequestName } from "./kelio.ts";

/**
 * Why a request failed. `quota`: the quota of the minute is used up. `refused`: a scope is missing, or the access is closed.
 * `unauthorised`: the token is not accepted. `refused-alone`: refused for its content (a resume, an offer), while others are
 * answered. `not-found`: no such id. `invalid`: the API rejects the submitted data. `unreachable`: no complete answer, or 408,
 * 425, 429 or 5xx. `unreadable`: not an answer of the API (HTML, empty, truncated, a redirect, too large).
 */
export type ApiErrorKind =
  "quota" | "refused" | "refused-alone" | "unauthorised" | "not-found" | "invalid" | "unreachable" | "unreadable";

const dispositions: Readonly<Record<ApiErrorKind, Disposition>> = {
  quota: "pause",
  refused: "fail",
  "refused-alone": "fail",
  unauthorised: "fail",
  "not-found": "fail",
  invalid: "fail",
  unreachable: "retry",
  unreadable: "retry",
};

/** The code of a 404 that is a web page: it may be a proxy's, or that of a server under maintenance. */
export const NOT_FOUND_PAGE = "api_not_found_page";

/** The code of a request that creates, and was kept here by the kill switch. */
export const IMPORTS_HELD = "imports_held";

export interface ApiErrorFacts extends AppErrorOptions {
  /** HTTP status, or null where no answer came. */
  readonly status: number | null;
  /** Whether the request may have reached the server. A POST with `sent: true` is looked up before it is sent again. */
  readonly sent: boolean;
  readonly code?: string;
}

/** Every failure of a request to the API. Its message holds no token, key, query value or personal data. */
export class ApiError extends AppError {
  readonly kind: ApiErrorKind;
  readonly status: number | null;
  readonly method: string;
  readonly path: string;
  readonly sent: boolean;

  constructor(kind: ApiErrorKind, { method, path }: RequestName, problem: string, facts: ApiErrorFacts) {
    const { status, sent, code = `api_${kind.replace("-", "_")}`, ...options } = facts;
    super(code, `${method} ${path}: ${problem}`, { disposition: dispositions[kind], ...options });
    this.kind = kind;
    this.status = status;
    this.method = method;
    this.path = path;
    this.sent = sent;
  }
}

/** The request was abandoned because the process is stopping. The job goes back to the queue and spends no attempt. */
export function stopped(request: RequestName, sent: boolean): ApiError {
  return new ApiError("unreachable", request, "abandoned, because the process is stopping", {
    status: null,
    sent,
    code: "api_stopped",
    disposition: "requeue",
  });
}
