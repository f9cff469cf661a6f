import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Sandbox } from "../../src/sandbox/server.ts";

/** Changes the items of one answer; `page` is the number that was asked for. */
export type Rewrite = (items: readonly unknown[], page: number) => readonly unknown[];

/**
 * A server that passes every request on to the sandbox and rewrites the lists that come back, for answers that no
 * sandbox gives. Returns its base URL; the audience stays that of the sandbox.
 */
export async function startProxy(sandbox: Pick<Sandbox, "audience">, rewrite: Rewrite): Promise<string> {
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", sandbox.audience);
    const authorization = request.headers.authorization ?? "";
    const answer = await fetch(url, { headers: { authorization } });
    const items = z.array(z.unknown()).parse(await answer.json());
    response.setHeader("content-type", "application/json");
    response.setHeader("x-pagination", answer.headers.get("x-pagination") ?? "");
    response.end(JSON.stringify(rewrite(items, Number(url.searchParams.get("page")))));
  }

  const server = createServer((request, response) => void pass(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  return `http://127.0.0.1:${address.port}/v2`;
}
