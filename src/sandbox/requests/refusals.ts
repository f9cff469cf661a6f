import { STATUS_CODES } from "node:http";

import { type SandboxAnswer, barrierAnswer, HTML_PAGE, jsonAnswer, textAnswer } from "./answer.ts";
import type { Variants } from "../variants.ts";

/** What is wrong, by parameter: `{ email: ["has already been taken"] }`. */
export type Complaints = Readonly<Record<string, readonly string[]>>;

export interface Refusals {
  readonly unauthorised: (message: string) => SandboxAnswer;
  /** `POST /jwt` with keys that nobody has. */
  readonly unknownKeys: (message: string) => SandboxAnswer;
  readonly quota: () => SandboxAnswer;
  readonly scope: (scope: string) => SandboxAnswer;
  readonly notFound: () => SandboxAnswer;
  /** A body that is not JSON, or that lacks the object asked for. */
  readonly malformed: (complaints: Complaints) => SandboxAnswer;
  /** 422 by default; `extra` is merged into a JSON object body. */
  readonly invalid: (
    complaints: Complaints,
    status?: number,
    extra?: Readonly<Record<string, unknown>>,
  ) => SandboxAnswer;
}

/** Refusals in the chosen variants of Q4 and Q5. */
export function createRefusals(
  variants: Pick<
    Variants,
    "errorBody" | "forbiddenBody" | "scopeStatus" | "refusedKeys" | "malformedBody" | "overQuota"
  >,
): Refusals {
  const refuse = (
    status: number,
    complaints: Complaints,
    extra: Readonly<Record<string, unknown>> = {},
  ): SandboxAnswer => writeRefusal(variants.errorBody, status, complaints, extra);
  const forbidden = (status: number, distinct: string): SandboxAnswer =>
    refuse(status, { base: [variants.forbiddenBody === "alike" ? "Forbidden" : distinct] });
  return {
    unauthorised: (message) => refuse(401, { base: [message] }),
    unknownKeys: (message) =>
      variants.refusedKeys === 404 ? { status: 404, headers: {}, body: "" } : refuse(401, { base: [message] }),
    quota: () => {
      if (variants.overQuota === "banned") return textAnswer(403, "Forbidden\n", "text/plain");
      if (variants.overQuota === "firewall") return barrierAnswer(403, "Forbidden");
      return forbidden(403, "Request quota exceeded");
    },
    scope: (scope) => forbidden(variants.scopeStatus, `Missing scope: ${scope}`),
    notFound: () => refuse(404, { base: ["Resource not found."] }),
    malformed: (complaints) => refuse(variants.malformedBody, complaints),
    invalid: (complaints, status = 422, extra = {}) => refuse(status, complaints, extra),
  };
}

function writeRefusal(
  form: Variants["errorBody"],
  status: number,
  complaints: Complaints,
  extra: Readonly<Record<string, unknown>>,
): SandboxAnswer {
  const lines = Object.entries(complaints).flatMap(([name, texts]) =>
    texts.map((text) => (name === "base" ? text : `${name} ${text}`)),
  );
  const message = lines.join(", ");
  const rails = "base" in complaints ? { status, error: STATUS_CODES[status] ?? "Error" } : complaints;
  const bodies: Record<Exclude<Variants["errorBody"], "text" | "html" | "empty">, object> = {
    message: { message },
    error: { error: message },
    "error-object": { error: { code: status, message } },
    "errors-text": { errors: message },
    "errors-list": { errors: lines },
    "errors-map": { errors: complaints },
    detail: { detail: message },
    rails,
    challenge: rails,
  };
  if (form === "text") return textAnswer(status, message, "text/plain");
  if (form === "html") return textAnswer(status, HTML_PAGE, "text/html");
  if (form === "challenge" && (status === 401 || status === 403)) {
    const error = status === 401 ? "invalid_token" : "insufficient_scope";
    const challenge = `Bearer realm="api", error="${error}", error_description="${message.replaceAll('"', "'")}"`;
    return { status, headers: { "www-authenticate": challenge }, body: "" };
  }
  if (form === "empty") return { status, headers: {}, body: "" };
  return jsonAnswer(status, { ...bodies[form], ...extra });
}
