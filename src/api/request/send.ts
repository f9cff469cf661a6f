import { AppError } from "../../platform/errors.ts";
import { ApiError } from "../errors.ts";
import type { AccountKind, RequestName } from "../kelio.ts";
import { createExchange, type CallContext, type Exchange } from "./exchange.ts";
import { JWT_PATH } from "../answer/classify.ts";
import { expiryOf, readToken, signToken, type IssuedToken } from "./jwt.ts";
import { isHtml, explanationIn } from "../answer/explanation.ts";
import { unreadable } from "../answer/body.ts";
import type { RequestLog } from "../../quota/request-gate.ts";
import { createTokens } from "./token.ts";
import { createTransport, type HttpAnswer } from "./transport.ts";
import type { Proxy } from "../../platform/tunnels.ts";

export interface ApiSettings {
  /** With `/v2`, e.g. `https://sandbox.talentview.fr/v2`. */
  readonly url: string;
  /** The origin alone, e.g. `https://sandbox.talentview.fr`. */
  readonly audience: string;
  readonly kind: AccountKind;
  readonly privateKey: string;
  readonly secretKey: string;
  /** `sign`: tokens are made here and cost nothing. `endpoint`: `POST /jwt`, which costs a request of the quota. */
  readonly tokenSource: "sign" | "endpoint";
  readonly requestsPerMinute: number;
  /** Through which https goes; null: directly. */
  readonly proxy?: Proxy | null;
  /** For a whole request, in milliseconds; 30 s. */
  readonly timeoutMs?: number;
  /** The largest answer accepted: 64 MB, which is more than 50 rows with a text of 1 MB each. */
  readonly maxBytes?: number;
}

interface SendRequest extends RequestName {
  readonly method: "GET" | "POST";
  /** A template; `:id` stands for `id`. */
  readonly path: string;
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The statuses for which `read` classifies the answer itself. For 2xx it always does. */
  readonly reads?: (status: number) => boolean;
  /** Why the API may refuse this request while it answers others. */
  readonly about?: "offer" | "size";
}

/** One authorised request, at most one of HTTP. `read` turns a 2xx into what the caller wants, or throws. */
export type Send = <T>(request: SendRequest, context: CallContext, read: (answer: HttpAnswer) => T) => Promise<T>;

export function createSend(
  settings: ApiSettings,
  { log, now }: { readonly log: RequestLog; readonly now: () => number },
): { readonly send: Send; readonly close: () => void } {
  const { timeoutMs = 30_000, maxBytes = 64_000_000, requestsPerMinute, audience, proxy = null } = settings;
  const transport = createTransport({ timeoutMs, maxBytes, proxy });
  const exchange = createExchange({ transport, log, now, requestsPerMinute, audience });
  const base = settings.url.replace(/\/+$/, "");
  const issueSends = settings.tokenSource === "endpoint";
  const tokens = createTokens({
    issue: (context) => (issueSends ? fetchToken(exchange, base, settings, context, now) : signToken(settings, now())),
    issueSends,
    now,
  });

  return {
    async send({ method, path, id, query = {}, body, reads, about }, context, read) {
      const url = base + fill(path, id) + search(query);
      const { beforeSend: _, ...forToken } = context;
      const token = await tokens.get(forToken);
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const headers = { authorization: `Bearer ${token.value}`, ...type };
      try {
        return await exchange(
          { method, path, url, headers, ...json, ...(reads === undefined ? {} : { reads }), ...(about && { about }) },
          context,
          (answer) => {
            tokens.accepted(token);
            return read(answer);
          },
        );
      } catch (error) {
        if (error instanceof ApiError && error.kind === "unauthorised" && tokens.rejected(token) === "retry") {
          throw again(error);
        }
        throw error;
      }
    },
    close: () => transport.close(),
  };
}

/** Way A of the reference (4.2). */
async function fetchToken(
  exchange: Exchange,
  base: string,
  { privateKey, secretKey }: ApiSettings,
  context: CallContext,
  now: () => number,
): Promise<IssuedToken> {
  const request = { method: "POST", path: JWT_PATH } as const;
  const body = JSON.stringify({ private_key: privateKey, secret_key: secretKey });
  const headers = { "content-type": "application/json" };
  const requestedAt = now();
  return exchange({ ...request, url: base + JWT_PATH, headers, body }, context, (answer) => {
    if (isHtml(answer.text)) throw unreadable(request, answer, explanationIn(answer.text));
    const read = readToken(answer.text);
    if (!("token" in read)) throw noToken(request, answer, read.fields);
    const expiresAt = expiryOf(read.token, requestedAt);
    if (expiresAt > now()) return { value: read.token, expiresAt };
    const problem = "HTTP 200 with a token that has ended already. Check the clock of this machine.";
    throw new ApiError("unauthorised", request, problem, { status: answer.status, sent: true });
  });
}

function noToken(request: RequestName, answer: HttpAnswer, fields: readonly string[]): ApiError {
  const problem =
    `HTTP ${answer.status} without a token that can be read; fields received: ${fields.join(", ") || "none"}. ` +
    "Set KELIO_TOKEN_SOURCE=sign to do without this request.";
  return new ApiError("unreadable", request, problem, { status: answer.status, sent: true, disposition: "fail" });
}

function again(error: ApiError): ApiError {
  const { status, sent } = error;
  const problem = "the token was not accepted (HTTP 401) and has been dropped; the next attempt uses a new one";
  return new ApiError("unauthorised", error, problem, { status, sent, disposition: "retry" });
}

function fill(path: string, id: string | undefined): string {
  if (id === undefined) return path;
  // An id of dots would name another path, however it is encoded.
  if (/^\.*$/.test(id)) throw new AppError("api_query", `No such id for ${path}.`, { disposition: "fail" });
  // A raw dot in an e-mail may be read as the beginning of a format (question Q17).
  return path.replace(":id", () => encodeURIComponent(id).replaceAll(".", "%2E"));
}

function search(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
}
