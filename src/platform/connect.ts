import net, { Socket } from "node:net";
import tls from "node:tls";
import type { Tunnels } from "./tunnels.ts";

/**
 * Opens a connection to the server of `url`: TCP, or a tunnel where there are `tunnels`, and for https a TLS handshake in which the
 * server proves who it is. Rejects with what went wrong, after `timeoutMs`, and as soon as `signal` aborts; then the socket, or
 * the request for the tunnel, is destroyed.
 */
export function connect(
  url: URL,
  { timeoutMs, signal, tunnels }: { timeoutMs: number; signal: AbortSignal | undefined; tunnels: Tunnels | null },
): Promise<Socket> {
  const isTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(url.port) || (isTls ? 443 : 80);
  const secure = { host, port, servername: net.isIP(host) === 0 ? host : "", ALPNProtocols: ["http/1.1"] };
  return new Promise((resolve, reject) => {
    let socket: Socket | null = null;
    const failing = new AbortController();
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (error: Error): void => {
      settle();
      socket?.destroy();
      failing.abort();
      reject(error);
    };
    const onAbort = (): void => fail(new Error("aborted"));
    const timer = setTimeout(() => fail(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
    const open = (opened: Socket): void => {
      socket = opened;
      // It stays: a socket that breaks before it is used must not end the process.
      socket.on("error", fail);
      if (isSettled) socket.destroy();
      socket.once(isTls ? "secureConnect" : "connect", () => {
        settle();
        resolve(opened);
      });
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    else if (!isTls) open(net.connect({ host, port }));
    else if (tunnels === null) open(tls.connect(secure));
    else
      tunnels.createConnection({ ...secure, signal: failing.signal }, (error, stream) =>
        stream instanceof Socket ? open(stream) : fail(error ?? new Error("no tunnel")),
      );
  });
}
