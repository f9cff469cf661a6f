import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import net, { type Socket } from "node:net";
import tls from "node:tls";
import { onTestFinished } from "vitest";
import type { Certificate } from "./certificates.ts";

export interface ConnectProxy {
  readonly port: number;
  /** Every `CONNECT`: where to, and with which `Proxy-Authorization`. */
  readonly asked: readonly { readonly target: string; readonly login: string | null }[];
  /** What the proxy itself could read of the tunnels, and of anything else that was sent to it. */
  readonly seen: () => string;
  /** How many connections to it are open. */
  readonly open: () => Promise<number>;
}

/**
 * A real HTTP proxy on 127.0.0.1. It answers CONNECT with `status`, or not at all where that is null; every tunnel leads to
 * `port` of this machine, whatever host it was asked for.
 */
export async function startConnectProxy(to: {
  readonly port: number;
  readonly status?: number | null;
}): Promise<ConnectProxy> {
  const { port, status = 200 } = to;
  const asked: { target: string; login: string | null }[] = [];
  let seen = "";
  const server = http.createServer((request, response) => {
    seen += `${request.method} ${request.url}\n${request.rawHeaders.join("\n")}\n`;
    response.writeHead(400).end();
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push({ target: request.url ?? "", login: request.headers["proxy-authorization"] ?? null });
    client.on("error", () => {});
    if (status !== 200) {
      if (status === null) client.resume().on("end", () => client.end());
      else client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = net.connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.on("data", (bytes: Buffer) => (seen += bytes.toString("latin1")));
      client.pipe(upstream).pipe(client);
    });
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
  });
  const own = await listening(server);
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  return { port: own, asked, seen: () => seen, open };
}

/** Speaks TLS with this certificate, and passes on what comes to a port of this machine. */
export function startTls({ key, cert }: Pick<Certificate, "key" | "cert">, port: number): Promise<number> {
  const server = tls.createServer({ key, cert }, (client) => {
    const upstream = net.connect(port, "127.0.0.1");
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
    client.on("close", () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  return listening(server);
}

async function listening(server: net.Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => void sockets.add(socket.on("close", () => sockets.delete(socket))));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
