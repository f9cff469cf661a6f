import { once } from "node:events";
import net from "node:net";
import { onTestFinished } from "vitest";
import { portOf } from "../../api/support/server.ts";

export interface Gate {
  readonly url: string;
  /** Resolves when somebody has connected. */
  readonly knocked: () => Promise<void>;
  /** From here on, connections lead to the server. */
  readonly open: () => void;
}

/** Stands before a server, and hands it nothing of what comes until it is opened. */
export async function gateBefore(url: string): Promise<Gate> {
  let isOpen = false;
  const sockets = new Set<net.Socket>();
  const gate = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    if (!isOpen) return;
    const onward = net.connect(Number(new URL(url).port), "127.0.0.1");
    sockets.add(onward);
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  const first = once(gate, "connection");
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    gate.close();
  });
  return {
    url: `http://127.0.0.1:${portOf(gate.address())}`,
    knocked: async () => void (await first),
    open: () => void (isOpen = true),
  };
}
