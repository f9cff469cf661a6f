import { STATUS_CODES } from "node:http";
import type { Variants } from "../variants.ts";
import { barrierAnswer, emptyAnswer, HTML_PAGE, jsonAnswer, type SandboxAnswer, textAnswer } from "./answer.ts";

/** What is wrong, by parameter: `{ email: ["has already been taken"] }`. */
export type Complaints = Readonly<Record<string, readonly string[]>>;

const FIREWALL_BYTES = 8 * 1_024;
const NGINX_BYTES = 1_024 * 1_024;

/** Refusals in the chosen variants of Q4, Q5 and section 16. */
export function createRefusals(variants: Variants) {
  const refuse = (status: number, complaints: Complaints, extra: object = {}): SandboxAnswer =>
    writeRefusal(variants.errorBody, status, complaints, extra);
  const forbidden = (status: number, distinct: string): SandboxAnswer =>
    refuse(status, { base: [variants.forbiddenBody === "alike" ? "Forbidden" : distinct] });

  return {
    /** The answer of a proxy in front of the API, which checks no key; null if it passes the request on. */
    barrier(userAgent: string | undefined, body: string): SandboxAnswer | null {
      const bytes = Buffer.byteLength(body);
      if (variants.barrier === "firewall" && (bytes > FIREWALL_BYTES || (userAgent ?? "") === ""))
        return barrierAnswer(403, "Forbidden");
      const isTooLarge = variants.barrier === "body-limit" && bytes > NGINX_BYTES;
      return isTooLarge ? barrierAnswer(413, "Request Entity Too Large") : null;
    },
    unauthorised: (message: string) => refuse(401, { base: [message] }),
    /** `POST /jwt` with unknown keys. */
    unknownKeys: (message: string) =>
      variants.refusedKeys === 404 ? emptyAnswer(404) : refuse(401, { base: [message] }),
    quota(): SandboxAnswer {
      if (variants.overQuota === "banned") return textAnswer(403, "Forbidden\n", "text/plain");
      if (variants.overQuota === "firewall") return barrierAnswer(403, "Forbidden");
      return forbidden(403, "Request quota exceeded");
    },
    scope: (scope: string) => forbidden(variants.scopeStatus, `Missing scope: ${scope}`),
    notFound: () => refuse(404, { base: ["Resource not found."] }),
    /** A body that is not JSON, or that lacks the object that is required. */
    malformed: (complaints: Complaints) => refuse(variants.malformedBody, complaints),
    /** `extra` is merged into a JSON object body. */
    invalid: (complaints: Complaints, status = 422, extra: object = {}) => refuse(status, complaints, extra),
  };
}

export type Refusals = ReturnType<typeof createRefusals>;

function writeRefusal(
  form: Variants["errorBody"],
  status: number,
  complaints: Complaints,
  extra: object,
): SandboxAnswer {
  const lines = Object.entries(complaints).flatMap(([name, texts]) =>
    texts.map((text) => (name === "base" ? text : `${name} ${text}`)),
  );
  const message = lines.join(", ");
  const json = (body: object) => jsonAnswer(status, { ...body, ...extra });
  const rails = "base" in complaints ? { status, error: STATUS_CODES[status] ?? "Error" } : complaints;
  const challenge = (error: string) =>
    emptyAnswer(status, {
      "www-authenticate": `Bearer realm="api", error="${error}", error_description="${message.replaceAll('"', "'")}"`,
    });
  const forms: Record<Variants["errorBody"], () => SandboxAnswer> = {
    message: () => json({ message }),
    error: () => json({ error: message }),
    "error-object": () => json({ error: { code: status, message } }),
    "errors-text": () => json({ errors: message }),
    "errors-list": () => json({ errors: lines }),
    "errors-map": () => json({ errors: complaints }),
    detail: () => json({ detail: message }),
    text: () => textAnswer(status, message, "text/plain"),
    html: () => textAnswer(status, HTML_PAGE, "text/html"),
    empty: () => emptyAnswer(status),
    rails: () => json(rails),
    challenge: () =>
      status === 401 ? challenge("invalid_token") : status === 403 ? challenge("insufficient_scope") : json(rails),
  };
  return forms[form]();
}
