import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import axios, { AxiosHeaders, isAxiosError } from "axios";
import { tlsFault } from "../../platform/certificates.ts";
import { ApiError, stopped } from "../errors.ts";
import { connect } from "../../platform/connect.ts";
import { describeProxy, PROXY, Tunnels, type Proxy } from "../../platform/tunnels.ts";
import type { RequestName } from "../kelio.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** Of that time, for the answer of a proxy: the rest is for TLS, and a silent proxy and a silent server have different messages. */
const TUNNEL_SHARE = 0.8;
const STOPPING = "the process is stopping";

export interface TransportOptions {
  /** For the whole request, answer included. Milliseconds. */
  readonly timeoutMs: number;
  /** The largest body accepted, unpacked. Bytes. */
  readonly maxBytes: number;
  /** Through which https goes; null: directly. Plain http never leaves this machine. */
  readonly proxy?: Proxy | null;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface HttpRequest extends RequestName {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; a repeated header is one text with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: number;
  /** The body of the request, which the server may repeat; undefined: it had none. */
  readonly submitted?: string | undefined;
}

export interface Transport {
  /**
   * Opens the connection of a POST without sending anything, so that whether the request may be sent can be decided after the
   * wait for the connection. Null for a GET, which shares connections. Rejects with an `ApiError` whose `sent` is false.
   */
  connect(request: HttpRequest): Promise<Socket | null>;
  /**
   * Sends one HTTP request, without retries or redirects. Any status is an answer; an incomplete answer is an `ApiError`.
   * `socket`: what `connect` returned; it belongs to this request alone.
   */
  exchange(request: HttpRequest, socket: Socket | null): Promise<HttpAnswer>;
  close(): void;
}

/** GETs share kept-alive connections. A POST has its own: with a reused one that is closing, its outcome would be unknown. */
export function createTransport({ timeoutMs, maxBytes, proxy = null, now = Date.now }: TransportOptions): Transport {
  const connectMs = Math.min(CONNECT_TIMEOUT_MS, timeoutMs);
  const tunnels = proxy === null ? null : new Tunnels(proxy, connectMs * TUNNEL_SHARE);
  const httpsAgent = tunnels ?? new https.Agent({ keepAlive: true });
  const agents = { httpAgent: new http.Agent({ keepAlive: true }), httpsAgent };
  const through = proxy === null ? "" : ` through ${describeProxy(proxy)}`;

  return {
    async connect(request) {
      if (request.method === "GET") return null;
      const { signal } = request;
      try {
        return await connect(new URL(request.url), { timeoutMs: connectMs, signal, tunnels });
      } catch (error) {
        if (signal?.aborted === true) throw stopped(request, false);
        throw notSent(request, error, through);
      }
    },

    async exchange(request, socket) {
      if (socket !== null && socket.readyState !== "open")
        throw notSent(request, new Error("the server closed the connection unused"), through);
      const call = watch(request, socket, { timeoutMs, connectMs, now });
      try {
        const answer = await axios.request<unknown>({
          method: request.method,
          url: request.url,
          headers: { accept: "application/json", "user-agent": "applicant-sync", ...request.headers },
          data: request.body,
          ...agents,
          signal: call.signal,
          transport: call.transport,
          maxRedirects: 0,
          maxContentLength: maxBytes,
          maxBodyLength: Infinity,
          // The agent leads through the proxy: that of axios would read the environment, which is the work of config.ts.
          proxy: false,
          responseType: "text",
          transformResponse: (body: unknown) => body,
          validateStatus: () => true,
        });
        const text = typeof answer.data === "string" ? answer.data : "";
        const { status, headers } = answer;
        return { status, headers: plain(headers), text, bytes: Buffer.byteLength(text), submitted: request.body };
      } catch (error) {
        throw failure(request, error, call, { maxBytes, through });
      } finally {
        call.end();
      }
    },

    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

interface Watch {
  readonly signal: AbortSignal;
  /** What axios sends through: Node's own client, on the socket of the request if it has one, which reports when it is connected. */
  readonly transport: { request(options: https.RequestOptions, onAnswer: OnAnswer): http.ClientRequest };
  /** Whether a byte of the request may have been sent. */
  sent(): boolean;
  /** Why we gave up before there was a whole answer, if we did: a time-out, or `STOPPING`. */
  endedBy(): string | null;
  end(): void;
}
type OnAnswer = (answer: http.IncomingMessage) => void;

/** The time-out of axios measures silence rather than the whole time, and does not report whether there was a connection. */
function watch(
  request: HttpRequest,
  own: Socket | null,
  { timeoutMs, connectMs, now }: { readonly timeoutMs: number; readonly connectMs: number; readonly now: () => number },
): Watch {
  const controller = new AbortController();
  const startedAt = now();
  let connected = false;
  let endedBy: string | null = null;
  const give = (why: string) => () => {
    endedBy ??= why;
    controller.abort();
  };
  const whole = setTimeout(give(`no whole answer within ${timeoutMs} ms`), timeoutMs);
  const connecting = setTimeout(give(`no connection within ${connectMs} ms`), connectMs);
  const onStop = give(STOPPING);
  request.signal?.addEventListener("abort", onStop, { once: true });
  if (request.signal?.aborted === true) onStop();
  const onConnected = (): void => {
    // The machine was suspended meanwhile: timers did not run, and the request is too late.
    if (Math.abs(now() - startedAt) > timeoutMs) {
      give(`a connection after ${timeoutMs} ms`)();
      return;
    }
    connected = true;
    clearTimeout(connecting);
  };
  return {
    signal: controller.signal,
    transport: {
      request(options, onAnswer) {
        const isTls = options.protocol === "https:";
        const client = isTls ? https : http;
        // Without an agent Node knows no default port, and would name port 80 in the header `Host`.
        const unshared = { agent: undefined, defaultPort: isTls ? 443 : 80, createConnection: () => own };
        const on = own === null ? options : { ...options, ...unshared };
        return client.request(on, onAnswer).once("socket", (socket: Socket) => {
          if (!socket.connecting && !isHandshaking(socket)) onConnected();
          else socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", onConnected);
        });
      },
    },
    sent: () => connected,
    endedBy: () => endedBy,
    end() {
      clearTimeout(whole);
      clearTimeout(connecting);
      request.signal?.removeEventListener("abort", onStop);
    },
  };
}

/** On a tunnel TLS begins on a connection that is open already. */
function isHandshaking(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.getPeerFinished() === undefined;
}

/** `through`: the proxy, as the end of a sentence. */
function notSent(request: HttpRequest, error: unknown, through: string): ApiError {
  const { origin } = new URL(request.url);
  const why = whyNot(error, origin) ?? `${messageOf(error)}, from ${origin}${through}`;
  return new ApiError("unreachable", request, `not sent: ${why}`, { status: null, sent: false });
}

/** What to do where the proxy gave no tunnel, or TLS with the server failed; null: only the server knows. */
function whyNot(error: unknown, origin: string): string | null {
  const message = messageOf(error);
  if (message.startsWith(PROXY)) return message;
  const fault = tlsFault(error);
  return fault === null ? null : `the server at ${origin} ${fault}`;
}

/** Where every address of a name fails, the error holds one for each and has no text of its own. */
function messageOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : "unknown failure";
}

function failure(
  request: HttpRequest,
  error: unknown,
  call: Watch,
  { maxBytes, through }: { readonly maxBytes: number; readonly through: string },
): ApiError {
  const sent = call.sent();
  if (call.endedBy() === STOPPING) return stopped(request, sent);
  const status = (isAxiosError(error) ? error.response?.status : undefined) ?? null;
  const message = error instanceof Error ? error.message : "unknown failure";
  if (message.startsWith("maxContentLength")) {
    return new ApiError("unreadable", request, `the answer is larger than ${maxBytes} bytes`, { status, sent });
  }
  const endedBy = call.endedBy();
  if (!sent) return notSent(request, endedBy === null ? error : new Error(endedBy), through);
  const code = isAxiosError(error) ? (error.code ?? "") : "";
  const broke = [message, message.includes(code) ? "" : code].filter((part) => part !== "").join(", ");
  // The error of axios is not kept as the cause: it carries the headers of the request, and with them the token.
  const problem = `${endedBy ?? `no whole answer: ${broke}`}, from ${new URL(request.url).origin}`;
  return new ApiError("unreachable", request, problem, { status, sent });
}

function plain(headers: unknown): Readonly<Record<string, string>> {
  const entries = headers instanceof AxiosHeaders ? Object.entries(headers.toJSON(true)) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
