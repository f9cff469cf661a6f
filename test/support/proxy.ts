import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Sandbox } from "../../src/sandbox/server.ts";

/** Changes the items of one answer; `page` is the number that was asked for. */
export type Rewrite = (items: readonly unknown[], page: number) => readonly unknown[];

/**
 * A server that passes every request on to the sandbox and rewrites the lists that come back and what X-Pagination tells of
 * them, for answers that no sandbox gives. Returns its base URL; the audience stays that of the sandbox.
 */
export async function startProxy(
  sandbox: Pick<Sandbox, "audience">,
  rewrite: Rewrite,
  header: (page: number, original: string) => string = (_, original) => original,
): Promise<string> {
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", sandbox.audience);
    const authorization = request.headers.authorization ?? "";
    const answer = await fetch(url, { headers: { authorization } });
    const items = z.array(z.unknown()).parse(await answer.json());
    response.setHeader("content-type", "application/json");
    const page = Number(url.searchParams.get("page"));
    response.setHeader("x-pagination", header(page, answer.headers.get("x-pagination") ?? ""));
    response.end(JSON.stringify(rewrite(items, page)));
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
