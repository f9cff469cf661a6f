import type { ClientRequestArgs } from "node:http";
import type { Duplex } from "node:stream";
import { HttpsProxyAgent } from "hpagent";
import { tlsFault } from "./certificates.ts";
import { codeOf } from "./errors.ts";

/** The proxy through which a server is reached. */
export interface Proxy {
  /** `http://` or `https://`, with user and password if it asks for them. */
  readonly url: string;
  /** The variable that names it. */
  readonly setting: string;
}

type Connected = (error: Error | null, stream: Duplex) => void;

/**
 * Connections that lead through a proxy: it is asked for a tunnel (CONNECT), in which TLS begins with the server itself, so that
 * the proxy sees neither token nor content. Where there is no tunnel nothing was sent: the error says why, and shows no login.
 */
export class Tunnels extends HttpsProxyAgent {
  readonly #proxy: Proxy;
  readonly #timeoutMs: number;
  /** Options of the next CONNECT: hpagent reads them as it begins one, and there is no other way to it. */
  proxyRequestOptions: { readonly signal?: AbortSignal } = {};
  /** Each ends a CONNECT that has no answer yet. */
  readonly #pending = new Set<() => void>();

  /** `timeoutMs`: how long the proxy may take to answer. */
  constructor(proxy: Proxy, timeoutMs: number) {
    super({ keepAlive: true, proxy: proxy.url, timeout: timeoutMs });
    this.#proxy = proxy;
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(options: ClientRequestArgs, callback?: Connected): Duplex | null | undefined {
    // The signal is of the wait for the tunnel alone, not of the socket that comes of it.
    const { signal, ...target } = options;
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const timer = setTimeout(end, this.#timeoutMs);
    this.#pending.add(end);
    signal?.addEventListener("abort", end, { once: true });
    this.proxyRequestOptions = { signal: ending.signal };
    return super.createConnection(target, (error, stream) => {
      clearTimeout(timer);
      this.#pending.delete(end);
      signal?.removeEventListener("abort", end);
      callback?.(error === null ? null : this.#explain(error, `${target.host}:${target.port}`), stream);
    });
  }

  override destroy(): void {
    for (const end of this.#pending) end();
    super.destroy();
  }

  #explain(error: Error, target: string): Error {
    return new Error(`${describeProxy(this.#proxy)} ${whyNoTunnel(error, target, this.#proxy)}`);
  }
}

/** How the message begins where the proxy is to blame. */
export const PROXY = "the proxy ";

/** `the proxy http://proxy.example.org:3128 (HTTPS_PROXY)`: without its login. */
export function describeProxy({ url, setting }: Proxy): string {
  return `${PROXY}${new URL(url).origin} (${setting})`;
}

function whyNoTunnel(error: Error, target: string, { url, setting }: Proxy): string {
  const status = Number(/^Bad response: (\d+)$/.exec(error.message)?.[1]);
  if (status === 407) {
    return new URL(url).username === ""
      ? `asks for a login (HTTP 407): write user and password into ${setting}, as in http://user:password@proxy:3128`
      : `refuses the login (HTTP 407): check user and password in ${setting}; special characters are percent-encoded, and the proxy must accept Basic authentication`;
  }
  if (status === 403) {
    return `does not allow connections to ${target} (HTTP 403): ask those who run it to allow them`;
  }
  if (status >= 500 && status !== 501) return `cannot reach ${target} (HTTP ${status}): ask those who run it`;
  if (status > 0) return `gives no tunnel to ${target} (HTTP ${status}): check that ${setting} names a proxy`;
  const tls = tlsFault(error);
  if (tls !== null) return tls;
  const code = codeOf(error) ?? "";
  if (code.startsWith("HPE_")) return `does not answer as a proxy does: check address and port in ${setting}`;
  if (code === "ABORT_ERR" || error.message === "Proxy timeout")
    return `does not answer: check ${setting} and that it runs`;
  if (code === "ECONNRESET")
    return `closed the connection without an answer: check address, port and http:// or https:// in ${setting}`;
  return `cannot be reached (${code || error.message}): check ${setting} and that it runs`;
}
