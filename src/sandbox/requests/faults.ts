import { type SandboxAnswer, HTML_PAGE, textAnswer } from "./answer.ts";
import type { Refusals } from "./refusals.ts";

/** Whether the request is executed although its answer is lost. By default it does not. */
interface Timing {
  readonly effect?: "before" | "after";
}

/** What can go wrong with one request, after it passed authentication and was counted in the quota. */
export type Fault =
  /** Any status, with a refusal's body in the chosen variant. `retryAfter` is the header's value: seconds or a date. */
  | ({ readonly kind: "status"; readonly status: number; readonly retryAfter?: number | string } & Timing)
  /** The 403 of the quota, and the 403 of a missing scope or a closed access. */
  | ({ readonly kind: "quota" | "refusal" } & Timing)
  /** An HTML page, as a proxy or a maintenance page would give. */
  | ({ readonly kind: "html"; readonly status: number } & Timing)
  /** The connection is reset before any byte of an answer. */
  | ({ readonly kind: "reset" } & Timing)
  /** No answer, ever; `close()` cuts the connection. */
  | ({ readonly kind: "hang" } & Timing)
  /** Half of the JSON: as a whole answer (`body`), or cut off by a closed connection (`connection`). */
  | { readonly kind: "truncated"; readonly cut: "body" | "connection" }
  | { readonly kind: "content-type"; readonly contentType: string }
  /** The right status without a body. */
  | { readonly kind: "empty" }
  /** The body in pieces with pauses between them. */
  | { readonly kind: "slow"; readonly pieces: number; readonly pauseMs: number }
  /** A list gives the page before the one asked for, under the number asked for. */
  | { readonly kind: "repeat" }
  /** A list leaves out the last rows of the page. */
  | { readonly kind: "shrink"; readonly rows: number };

export interface ListDistortion {
  readonly pagesBack: number;
  readonly rowsLess: number;
}

export function distortionOf(fault: Fault | null): ListDistortion {
  return {
    pagesBack: fault?.kind === "repeat" ? 1 : 0,
    rowsLess: fault?.kind === "shrink" ? fault.rows : 0,
  };
}

/** Whether the fault answers instead of the handler. */
export const preventsEffect = (fault: Fault | null): boolean =>
  fault !== null && ["status", "quota", "refusal", "html", "reset", "hang"].includes(fault.kind) && !isAfter(fault);

const isAfter = (fault: Fault): boolean => "effect" in fault && fault.effect === "after";

/** The answer as the fault leaves it; null for a fault that leaves none. */
export function applyFault(
  answer: SandboxAnswer | null,
  fault: Fault | null,
  refusals: Refusals,
): SandboxAnswer | null {
  switch (fault?.kind) {
    case "status": {
      const refusal = refusals.invalid({ base: [`Scripted status ${fault.status}`] }, fault.status);
      const wait = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
      return { ...refusal, headers: { ...refusal.headers, ...wait } };
    }
    case "quota":
      return refusals.quota();
    case "refusal":
      return refusals.scope("access closed");
    case "html":
      return textAnswer(fault.status, HTML_PAGE, "text/html");
    case "reset":
    case "hang":
      return null;
    case "empty":
      return answer === null ? null : { ...answer, body: "" };
    case "content-type":
      return answer === null ? null : { ...answer, headers: { ...answer.headers, "content-type": fault.contentType } };
    case "truncated":
      return answer === null || fault.cut === "connection" ? answer : { ...answer, body: half(answer.body) };
    default:
      return answer;
  }
}

export const half = (body: string): string => body.slice(0, Math.floor(body.length / 2));
