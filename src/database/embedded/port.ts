import { once } from "node:events";
import { createServer } from "node:net";

// Below the range from which systems assign the ports of outgoing connections, so that it is free again at the next start.
const LOWEST = 20_000;
const COUNT = 10_000;

/** A free TCP port on 127.0.0.1; `preferred` if it is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  return bindOnce(0);
}

async function isFree(port: number): Promise<boolean> {
  return bindOnce(port).then(
    () => true,
    () => false,
  );
}

async function bindOnce(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await once(server.close(), "close");
  return typeof address === "object" && address !== null ? address.port : wanted;
}
