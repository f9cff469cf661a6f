import http from "node:http";
import https from "node:https";
import { tlsFault } from "../../platform/certificates.ts";
import { connect } from "../../platform/connect.ts";
import { codeOf } from "../../platform/errors.ts";
import { redactText } from "../../platform/redact.ts";
import { plain } from "../../platform/text.ts";
import { PROXY, Tunnels, type Proxy } from "../../platform/tunnels.ts";

/** For a whole exchange. A receiver that hangs costs no more. */
const TIMEOUT_MS = 10_000;
const CONNECT_MS = 5_000;
/** Of an answer, in bytes: only its beginning is shown to anybody. */
const MOST_BYTES = 2_000;
/** In characters. */
const MOST_SHOWN = 200;

export interface WebRequest {
  readonly method: "GET" | "POST";
  /** With a login, it is sent as HTTP basic authentication. */
  readonly url: string;
  readonly proxy: Proxy | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeoutMs?: number;
}

export interface WebAnswer {
  readonly status: number;
  /** The beginning of the body. */
  readonly text: string;
  /** The header of this name, as it came. */
  readonly retryAfter: string | null;
}

/**
 * How services say with HTTP 200 that they did not take it: healthchecks with `OK (not found)` or `OK (rate limited)`, Teams with
 * `Microsoft Teams endpoint returned HTTP error 429`, others with JSON, and a proxy in between with a page.
 */
const REFUSED = /^OK \(|HTTP error \d{3}|"(?:ok|success)"\s*:\s*false|^\s*<(?:!doctype|html)\b/i;

/** For people: the status, and the beginning of what the service said. */
export function describeAnswer({ status, text }: Pick<WebAnswer, "status" | "text">): string {
  const said = plain(redactText(text.trim()), MOST_SHOWN);
  return `HTTP ${status}${said === "" ? "" : `: ${said}`}`;
}

/** Whether a service took what was sent to it. */
export function isTaken({ status, text }: Pick<WebAnswer, "status" | "text">): boolean {
  return status >= 200 && status < 300 && !REFUSED.test(text);
}

/**
 * Sends one request on a connection of its own and returns any answer. Follows no redirect. Rejects with what went wrong, in a sentence
 * without the URL, whose path is a secret.
 */
export async function exchange(request: WebRequest): Promise<WebAnswer> {
  const { timeoutMs = TIMEOUT_MS, proxy } = request;
  const url = new URL(request.url);
  const late = AbortSignal.timeout(timeoutMs);
  const signal = request.signal === undefined ? late : AbortSignal.any([request.signal, late]);
  const connectMs = Math.min(CONNECT_MS, timeoutMs);
  const tunnels = proxy === null ? null : new Tunnels(proxy, connectMs);
  try {
    const socket = await connect(url, { timeoutMs: connectMs, signal, tunnels });
    const options = { ...requestOptions(request, url), signal, createConnection: () => socket };
    return await new Promise<WebAnswer>((resolve, reject) => {
      const client = url.protocol === "https:" ? https : http;
      const sent = client.request(options, (answer) => {
        // From here on the status decides, whatever becomes of the connection.
        sent.off("error", reject).on("error", () => {});
        void read(answer).then(resolve);
      });
      // Otherwise Node closes the connection, and nothing ends the wait.
      sent.on("upgrade", (answer, stream) => {
        stream.destroy();
        resolve(answerOf(answer, ""));
      });
      sent.on("error", reject).end(request.body);
    });
  } catch (error) {
    throw new Error(late.aborted ? `no answer within ${timeoutMs} ms` : whyNot(error), { cause: error });
  } finally {
    tunnels?.destroy();
  }
}

function requestOptions({ method, headers = {}, body }: WebRequest, url: URL): https.RequestOptions {
  const { username, password } = url;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    method,
    host: url.hostname,
    port: url.port,
    // Without an agent Node knows no default port, and would name port 80 in the header `Host`.
    defaultPort: url.protocol === "https:" ? 443 : 80,
    path: `${url.pathname}${url.search}`,
    headers: {
      "user-agent": "applicant-sync",
      connection: "close",
      ...(login === ":" ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` }),
      ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
      ...headers,
    },
  };
}

/** An answer whose body breaks off or does not end in time counts by its status: who has accepted a notice is not sent it again. */
async function read(answer: http.IncomingMessage): Promise<WebAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(Buffer.from(chunk));
      bytes += chunks.at(-1)?.length ?? 0;
      if (bytes >= MOST_BYTES) break;
    }
  } catch {
    // What came is all there is.
  }
  return answerOf(answer, Buffer.concat(chunks).subarray(0, MOST_BYTES).toString());
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, text: string): WebAnswer {
  return { status: statusCode, text, retryAfter: headers["retry-after"] ?? null };
}

/** What went wrong with a connection, in a sentence. `server`: how it is named where its TLS is to blame. */
export function whyNot(error: unknown, server = "the server"): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const message = first instanceof Error ? first.message : "unknown failure";
  if (message.startsWith(PROXY)) return message;
  const fault = tlsFault(first);
  if (fault !== null) return `${server} ${fault}`;
  const code = codeOf(first) ?? "";
  return message.includes(code) ? message : `${message} (${code})`;
}
