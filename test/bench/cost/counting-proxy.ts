import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";

const READY_FOR_QUERY = 0x5a;
/** The letter of a message and its length, which counts itself and not the letter. */
const HEAD_BYTES = 5;

/** A way to a Postgres that counts round trips. */
export interface CountingProxy {
  readonly url: string;
  roundTrips(): number;
}

/**
 * Passes connections on to the Postgres at `url`, and counts the messages ReadyForQuery that come back: the server sends
 * one for each simple query and for each Sync, after which alone a client that waits goes on
 * (https://www.postgresql.org/docs/current/protocol-flow.html). Without TLS.
 */
export async function openCountingProxy(parts: Lifecycle, url: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(url);
  let roundTrips = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const count = createCounter(READY_FOR_QUERY, () => (roundTrips += 1));
    upstream.on("data", count);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true).pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => sockets.delete(from));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  parts.add("proxy", async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const through = new URL(url);
  through.port = String(address.port);
  return { url: through.href, roundTrips: () => roundTrips };
}

/** Calls `found` for each message of that letter in a stream of messages, however it is cut. */
function createCounter(letter: number, found: () => void): (chunk: Buffer) => void {
  let head = Buffer.alloc(0);
  let skip = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(skip, chunk.length - at);
      skip -= skipped;
      at += skipped;
      if (at === chunk.length) return;
      const part = chunk.subarray(at, at + HEAD_BYTES - head.length);
      head = Buffer.concat([head, part]);
      at += part.length;
      if (head.length < HEAD_BYTES) return;
      if (head[0] === letter) found();
      skip = head.readInt32BE(1) + 1 - HEAD_BYTES;
      head = Buffer.alloc(0);
    }
  };
}
