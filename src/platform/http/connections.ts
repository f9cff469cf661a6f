/** Limits the open connections of the HTTP server. */
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Connections beyond the limit that may arrive at the same moment. */
const SPARE = 100;

/**
 * Keeps at most `most` connections. A new one replaces the one that has been idle for the longest, whether it never sent a request,
 * sends its headers byte by byte, or was kept alive. Connections with a request in progress are kept.
 */
export function boundConnections(server: Server, most: number): void {
  /** The requests in progress of each connection. */
  const open = new Map<Socket, number>();
  /** Connections without any, the longest idle first. */
  const idle = new Set<Socket>();
  server.maxConnections = most + SPARE;

  function drop(socket: Socket): void {
    open.delete(socket);
    idle.delete(socket);
  }

  function change(socket: Socket, by: 1 | -1): void {
    const before = open.get(socket);
    if (before === undefined) return;
    open.set(socket, before + by);
    if (before + by === 0) idle.add(socket);
    else idle.delete(socket);
  }

  server.on("connection", (socket) => {
    open.set(socket, 0);
    idle.add(socket);
    socket.once("close", () => drop(socket));
    const [longest] = idle;
    if (open.size <= most || longest === undefined) return;
    drop(longest);
    longest.destroy();
  });
  server.on("request", ({ socket }, response) => {
    change(socket, 1);
    response.once("close", () => change(socket, -1));
  });
}
