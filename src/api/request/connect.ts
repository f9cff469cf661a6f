import net, { type Socket } from "node:net";
import tls from "node:tls";

/**
 * Opens a connection to the server of `url`: TCP, and for https a TLS handshake in which the server proves who it is. Rejects with
 * what went wrong, after `timeoutMs`, and as soon as `signal` aborts; then the socket is destroyed.
 */
export function connect(
  url: URL,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<Socket> {
  const isTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(url.port) || (isTls ? 443 : 80);
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? tls.connect({ host, port, servername: net.isIP(host) === 0 ? host : "", ALPNProtocols: ["http/1.1"] })
      : net.connect({ host, port });
    const onAbort = (): void => void socket.destroy(new Error("aborted"));
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    // It stays: a socket that breaks before it is used must not end the process.
    socket.on("error", (error) => {
      settle();
      reject(error);
    });
    socket.once(isTls ? "secureConnect" : "connect", () => {
      settle();
      resolve(socket);
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
}
