/** How many connections the HTTP server keeps, and which it gives up for a new caller. */
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Beyond those that are kept: connections that arrive in the same instant. */
const SPARE = 100;

/**
 * Keeps at most `most` connections. A new one replaces the one that has been without a request for the longest, whether it
 * never sent one, sends its headers byte by byte, or was kept alive. Connections with a request in progress are kept.
 */
export function boundConnections(server: Server, most: number): void {
  /** Requests in progress. Those without any come first in `silent`, the longest silent first. */
  const open = new Map<Socket, number>();
  const silent = new Set<Socket>();
  server.maxConnections = most + SPARE;

  function drop(socket: Socket): void {
    open.delete(socket);
    silent.delete(socket);
  }

  function change(socket: Socket, by: 1 | -1): void {
    const before = open.get(socket);
    if (before === undefined) return;
    open.set(socket, before + by);
    if (before + by === 0) silent.add(socket);
    else silent.delete(socket);
  }

  server.on("connection", (socket) => {
    open.set(socket, 0);
    silent.add(socket);
    socket.once("close", () => drop(socket));
    const [longest] = silent;
    if (open.size <= most || longest === undefined) return;
    drop(longest);
    longest.destroy();
  });
  server.on("request", ({ socket }, response) => {
    change(socket, 1);
    response.once("close", () => change(socket, -1));
  });
}
