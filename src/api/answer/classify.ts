import { ApiError, NOT_FOUND_PAGE, type ApiErrorKind } from "../errors.ts";
import { scopeFor, type RequestName } from "../kelio.ts";
import { classifyForbidden, quotaAdvice, refusalAdvice, type RecentRequests } from "../../quota/forbidden.ts";
import { explanationOf, isHtml } from "./explanation.ts";
import type { HttpAnswer } from "../request/transport.ts";
import { readUrl } from "../../platform/url.ts";

const CLOCK_TOLERANCE_MS = 60_000;
export const JWT_PATH = "/jwt";

export interface ClassificationFacts {
  readonly requestsPerMinute: number;
  readonly audience: string;
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Called only for a 403. */
  readonly recent: () => Promise<RecentRequests>;
  /** Records a 403 that is not about the request itself. Returns how long no request may be sent, in milliseconds. */
  readonly pause: () => Promise<number>;
  /** Whether the API may refuse the request for its content. */
  readonly mayBeAlone: boolean;
  /** Whether this process has received a quota 403 since the request was sent: then this one is about the same minute. */
  readonly sameMinute: boolean;
}

/** Classifies an answer by its status (section 13 of the reference). Returns null for a success. A 401 counts as final here. */
export async function classify(
  request: RequestName,
  answer: HttpAnswer,
  facts: ClassificationFacts,
): Promise<ApiError | null> {
  const { status } = answer;
  const kind = kindOf(request, status);
  if (kind === null) return null;
  const fault = (as: ApiErrorKind, advice: string, delayMs = 0): ApiError => {
    const said = as === "unreadable" ? "" : `: ${explanationOf(answer)}`;
    const code = as === "not-found" && isHtml(answer.text) ? { code: NOT_FOUND_PAGE } : {};
    return new ApiError(as, request, `HTTP ${status}${said}${advice}`, { status, sent: true, delayMs, ...code });
  };

  if (kind === "refused") {
    const recent = await facts.recent();
    const verdict = facts.sameMinute ? "quota" : classifyForbidden(recent, facts.requestsPerMinute, facts.mayBeAlone);
    if (verdict === "quota") {
      const delayMs = await facts.pause();
      return fault("quota", `. ${quotaAdvice(recent, facts.requestsPerMinute)}`, delayMs);
    }
    if (verdict === "alone") return fault("refused-alone", ", while other requests are answered");
    return fault(
      "refused",
      `. This is ${refusalAdvice(scopeFor(request.method, request.path), recent, facts.requestsPerMinute)}.`,
    );
  }
  if (kind === "unreachable") return fault(kind, "", retryAfterMs(answer.headers["retry-after"], facts.now));
  if (kind === "unauthorised") return fault(kind, `. ${notFoundAdvice(request, status)}${keyAdvice(answer, facts)}`);
  if (kind === "unreadable") return fault(kind, redirectAdvice(answer, facts.origin));
  return fault(kind, "");
}

function kindOf({ method, path }: RequestName, status: number): ApiErrorKind | null {
  if (status >= 200 && status < 300) return null;
  if (status < 400) return "unreadable";
  if (status === 401 || (path === JWT_PATH && [400, 404, 422].includes(status))) return "unauthorised";
  if (status === 403) return "refused";
  if (status === 413 && method === "POST") return "refused-alone";
  if (status === 404 || status === 410) return "not-found";
  if (status === 408 || status === 425 || status === 429 || status >= 500) return "unreachable";
  return "invalid";
}

/** Some servers answer 404 to keys that they do not know. */
function notFoundAdvice({ path }: RequestName, status: number): string {
  return path === JWT_PATH && status === 404 ? "The keys are refused, or KELIO_API_URL is wrong. " : "";
}

function keyAdvice(answer: HttpAnswer, { origin, audience, now }: ClassificationFacts): string {
  const ahead = now - Date.parse(answer.headers["date"] ?? "");
  const skew = Math.abs(ahead) > CLOCK_TOLERANCE_MS ? `, ${Math.round(ahead / 1000)} s apart from the server's` : "";
  return (
    `Check KELIO_PRIVATE_KEY and KELIO_SECRET_KEY, that they belong to the environment of ${origin}, ` +
    `that its audience is ${audience}, and the clock of this machine${skew}.`
  );
}

function redirectAdvice(answer: HttpAnswer, origin: string): string {
  const location = answer.headers["location"] ?? "";
  const target = readUrl(location, origin)?.origin ?? "nowhere that can be read";
  return `, a redirect to ${target}: not followed, and the token was not sent there. Check KELIO_API_URL.`;
}

const MAX_DELAY_MS = 10 * 60_000;

/**
 * The wait that the server asks for, in milliseconds, from `Retry-After` in seconds or as an HTTP date: 0 if it is not
 * readable, at most ten minutes. `now`: milliseconds since the epoch.
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  const text = header?.trim() ?? "";
  const asked = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(asked) ? Math.min(Math.max(Math.ceil(asked), 0), MAX_DELAY_MS) : 0;
}
