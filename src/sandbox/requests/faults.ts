import { setTimeout as delay } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import { HTML_PAGE, type SandboxAnswer, textAnswer } from "./answer.ts";
import type { Refusals } from "./refusals.ts";

/** `after`: the request is executed although its answer is lost. By default it is not executed. */
interface Timing {
  readonly effect?: "before" | "after";
}

/** A fault of one request that has passed authentication and has been counted in the quota. */
export type Fault =
  /**
   * Any status, with a refusal's body in the chosen variant, or with `body`. `retryAfter` is the header's value: seconds or a date.
   */
  | ({
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: number | string;
      readonly body?: string;
    } & Timing)
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
  /** A list returns the previous page under the number of the requested one. */
  | { readonly kind: "repeat" }
  /** A list omits the last rows of the page. */
  | { readonly kind: "shrink"; readonly rows: number };

export interface ListDistortion {
  readonly pagesBack: number;
  readonly rowsLess: number;
}

export const distortionOf = (fault: Fault | null): ListDistortion => ({
  pagesBack: fault?.kind === "repeat" ? 1 : 0,
  rowsLess: fault?.kind === "shrink" ? fault.rows : 0,
});

/** Whether the fault replaces the handler, so that the request has no effect. */
export const preventsEffect = (fault: Fault | null): boolean =>
  fault !== null &&
  ["status", "quota", "refusal", "html", "reset", "hang"].includes(fault.kind) &&
  !("effect" in fault && fault.effect === "after");

/** Applies a fault to an answer; null: no answer is sent. */
export function applyFault(
  answer: SandboxAnswer | null,
  fault: Fault | null,
  refusals: Refusals,
): SandboxAnswer | null {
  switch (fault?.kind) {
    case "status": {
      const refusal = refusals.invalid({ base: [`Scripted status ${fault.status}`] }, fault.status);
      const wait = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
      return { ...refusal, headers: { ...refusal.headers, ...wait }, body: fault.body ?? refusal.body };
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

const half = (body: string): string => body.slice(0, Math.floor(body.length / 2));

/** Sends an answer in the way of the fault. Without an answer the connection is reset, or left open. */
export async function sendAnswer(
  reply: FastifyReply,
  answer: SandboxAnswer | null,
  fault: Fault | null,
  closing: AbortSignal,
): Promise<void> {
  if (answer === null) {
    reply.hijack();
    if (fault?.kind === "reset") reply.raw.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "truncated" && fault.cut === "connection") return breakOff(reply, answer);
  if (fault?.kind === "slow") return trickle(reply, answer, fault, closing);
  await reply.code(answer.status).headers(answer.headers).send(answer.body);
}

/** Announces the whole body and closes the connection after half of it. */
function breakOff(reply: FastifyReply, answer: SandboxAnswer): void {
  reply.hijack();
  reply.raw.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
  reply.raw.write(half(answer.body), () => reply.raw.socket?.destroy());
}

async function trickle(
  reply: FastifyReply,
  answer: SandboxAnswer,
  { pieces, pauseMs }: Extract<Fault, { kind: "slow" }>,
  closing: AbortSignal,
): Promise<void> {
  reply.hijack();
  reply.raw.writeHead(answer.status, answer.headers);
  reply.raw.flushHeaders();
  const size = Math.ceil(answer.body.length / pieces);
  for (let sent = 0; sent < answer.body.length; sent += size) {
    await pause(pauseMs, closing);
    if (closing.aborted || reply.raw.destroyed) return;
    reply.raw.write(answer.body.slice(sent, sent + size));
  }
  reply.raw.end();
}

/** Ends early, without an error, when the sandbox closes. */
export async function pause(ms: number, closing: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal: closing }).catch(() => undefined);
}
