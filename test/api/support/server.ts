import http from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Tells connections apart. */
  readonly port: number;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; anything but a text is sent as JSON. */
  readonly body?: unknown;
}

/** What a server does with a request: answers, or holds the raw response in its hands. */
export type Behaviour = (
  request: Received,
  response: http.ServerResponse,
) => Answer | undefined | Promise<Answer | undefined>;

export interface TestServer {
  readonly url: string;
  readonly received: readonly Received[];
}

/** A real HTTP server on a free port of 127.0.0.1, which ends with the test. */
export async function serve(behaviour: Behaviour): Promise<TestServer> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    void handle(request, response);
  });

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const entry = {
      method: request.method ?? "",
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      port: request.socket.remotePort ?? 0,
    };
    received.push(entry);
    const answer = await behaviour(entry, response);
    if (answer === undefined) return;
    const { status = 200, headers = {}, body = [] } = answer;
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  }

  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}`, received };
}

/** Answers the requests one after the other, the last answer for good. */
export function inTurn(...answers: readonly Answer[]): Behaviour {
  let turn = 0;
  return () => answers[Math.min(turn++, answers.length - 1)];
}

export function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
