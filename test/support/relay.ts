import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What stands between a program and its Postgres or Redis. While it hangs, it accepts connections and what is sent, and answers nothing. */
export interface Relay {
  readonly url: string;
  hang(): void;
  goOn(): void;
  /** Leads connections from now on to another server. */
  redirect(target: string): void;
  /** Breaks every connection: the program sees `ECONNRESET`. */
  reset(): void;
}

/** Ends with the test. */
export async function startRelay(target: string): Promise<Relay> {
  let to = new URL(target);
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  let isHanging = false;

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    return socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  }
  function join(socket: Socket): void {
    const on = keep(connect(Number(to.port), to.hostname));
    socket.on("close", () => on.destroy()).pipe(on);
    on.on("close", () => socket.destroy()).pipe(socket);
  }
  const server = createServer((socket) => {
    keep(socket);
    if (isHanging) waiting.push(socket);
    else join(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The relay has no port.");
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    redirect: (other) => void (to = new URL(other)),
    reset: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    hang() {
      isHanging = true;
      for (const socket of sockets) socket.pause();
    },
    goOn() {
      isHanging = false;
      for (const socket of sockets) socket.resume();
      for (const socket of waiting.splice(0)) if (!socket.destroyed) join(socket);
    },
  };
}
