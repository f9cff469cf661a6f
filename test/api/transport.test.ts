import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTransport, type HttpRequest, type Transport } from "../../src/api/request/transport.ts";
import { apiErrorOf } from "./support/client.ts";
import { portOf, serve } from "./support/server.ts";

/** Connects and sends as `createExchange` does, without a gate between. */
function transport(options: { timeoutMs?: number; maxBytes?: number; now?: () => number } = {}) {
  const made = open(options);
  return { exchange: async (request: HttpRequest) => made.exchange(request, await made.connect(request)) };
}

function open(options: { timeoutMs?: number; maxBytes?: number; now?: () => number } = {}): Transport {
  const made = createTransport({ timeoutMs: 20_000, maxBytes: 1000, ...options });
  onTestFinished(() => made.close());
  return made;
}

const get = (url: string, signal?: AbortSignal): HttpRequest => ({
  method: "GET",
  path: "/campaigns",
  url,
  headers: {},
  signal,
});
const post = (url: string, signal?: AbortSignal): HttpRequest => ({ ...get(url, signal), method: "POST", body: "{}" });

/** A TCP server that treats each connection as the test scripts it, and does nothing else. */
async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<number> {
  const server: Server = createServer(onConnection);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return portOf(server.address());
}

describe("a machine that sleeps between the request and its connection", () => {
  test.each([3_600_000, -3_600_000])("sends nothing (%i ms)", async (jump) => {
    let arrived = 0;
    const port = await listen((socket) => socket.on("data", () => (arrived += 1)));
    let time = 0;
    const asleep = transport({ now: () => (time += jump) });
    const error = await apiErrorOf(asleep.exchange(post(`http://127.0.0.1:${port}`)));
    expect(error).toMatchObject({ kind: "unreachable", sent: false });
    expect(arrived).toBe(0);
  });
});

describe("no whole answer", () => {
  test("within the time-out is unreachable", async () => {
    const server = await serve(() => undefined);
    const error = await apiErrorOf(transport({ timeoutMs: 100 }).exchange(get(server.url)));
    expect(error).toMatchObject({ kind: "unreachable", disposition: "retry", status: null, sent: true });
    expect(error.message).toContain("100 ms");
    expect(server.received).toHaveLength(1);
  });

  test("is none either when bytes keep trickling", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 10);
      response.once("close", () => clearInterval(drip));
      return undefined;
    });
    expect(await apiErrorOf(transport({ timeoutMs: 200 }).exchange(get(server.url)))).toMatchObject({
      kind: "unreachable",
    });
  });

  test("but a reset is unreachable", async () => {
    const server = await serve((_, response) => void response.socket?.resetAndDestroy());
    const error = await apiErrorOf(transport().exchange(post(server.url)));
    expect(error).toMatchObject({ kind: "unreachable", disposition: "retry", status: null, sent: true });
    expect(error.message).toContain("ECONNRESET");
  });

  test("but a part of the announced body is unreachable", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("[", () => response.socket?.destroy());
      return undefined;
    });
    expect(await apiErrorOf(transport().exchange(get(server.url)))).toMatchObject({ kind: "unreachable", status: 200 });
  });

  test("from a port where nobody listens is unreachable, and nothing was sent", async () => {
    const error = await apiErrorOf(transport().exchange(post("http://127.0.0.1:1/v2")));
    expect(error).toMatchObject({ kind: "unreachable", disposition: "retry", sent: false });
    expect(error.message).toMatch(/ECONNREFUSED.*from http:\/\/127\.0\.0\.1:1$/);
  });

  test("to a handshake that never ends means that nothing was sent", async () => {
    const port = await listen((socket) => {
      socket.on("error", () => undefined);
      socket.resume();
    });
    const error = await apiErrorOf(transport({ timeoutMs: 200 }).exchange(post(`https://127.0.0.1:${port}`)));
    expect(error).toMatchObject({ kind: "unreachable", sent: false });
  });
});

describe("the connection of a POST", () => {
  test("is open before anything is sent on it", async () => {
    const server = await serve(() => ({ body: "[]" }));
    const made = open();
    const socket = await made.connect(post(server.url));
    const port = socket?.localPort;
    expect(server.received).toHaveLength(0);
    expect(await made.exchange(post(server.url), socket)).toMatchObject({ text: "[]" });
    expect(server.received.map((request) => request.port)).toEqual([port]);
  });

  test("names no port to the server that the URL does not have", async () => {
    const server = await serve(() => ({ body: "[]" }));
    const made = open();
    const socket = await made.connect(post(server.url));
    await made.exchange(post("http://127.0.0.1/v2"), socket);
    expect(server.received[0]?.headers.host).toBe("127.0.0.1");
  });

  test("that the server closes unused sends nothing", async () => {
    const port = await listen((socket) => socket.end());
    const made = open();
    const socket = await made.connect(post(`http://127.0.0.1:${port}`));
    if (socket !== null && !socket.destroyed) await once(socket, "close");
    const error = await apiErrorOf(made.exchange(post(`http://127.0.0.1:${port}`), socket));
    expect(error).toMatchObject({ kind: "unreachable", disposition: "retry", sent: false });
  });

  test("is abandoned when the process stops", async () => {
    const stop = new AbortController();
    const port = await listen((socket) => {
      socket.on("error", () => undefined);
      stop.abort();
    });
    const error = await apiErrorOf(open().connect(post(`https://127.0.0.1:${port}`, stop.signal)));
    expect(error).toMatchObject({ code: "api_stopped", disposition: "requeue", sent: false });
  });
});

describe("an answer larger than allowed", () => {
  test("is unreadable", async () => {
    const server = await serve(() => ({ body: "x".repeat(1001) }));
    const error = await apiErrorOf(transport().exchange(get(server.url)));
    expect(error).toMatchObject({ kind: "unreadable", disposition: "retry" });
    expect(error.message).toContain("1000 bytes");
  });

  test("is unreadable when it is small only while packed", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(1_000_000)));
      return undefined;
    });
    expect(await apiErrorOf(transport().exchange(get(server.url)))).toMatchObject({ kind: "unreadable" });
  });

  test("is read to the last allowed byte", async () => {
    const server = await serve(() => ({ body: "é".repeat(500) }));
    expect(await transport().exchange(get(server.url))).toMatchObject({ status: 200, bytes: 1000 });
  });
});

describe("stopping", () => {
  test.each([
    ["GET", get],
    ["POST", post],
  ])("gives a %s in flight back to the queue", async (_, request) => {
    const stop = new AbortController();
    const server = await serve(() => {
      stop.abort();
      return undefined;
    });
    const error = await apiErrorOf(transport().exchange(request(server.url, stop.signal)));
    expect(error).toMatchObject({ code: "api_stopped", disposition: "requeue", sent: true });
  });

  test("before a request sends nothing", async () => {
    const server = await serve(() => ({ body: "" }));
    const error = await apiErrorOf(transport().exchange(get(server.url, AbortSignal.abort())));
    expect(error).toMatchObject({ disposition: "requeue", sent: false });
    expect(server.received).toHaveLength(0);
  });
});

test("every POST has a connection of its own", async () => {
  const server = await serve(() => ({ body: "" }));
  const made = transport();
  await made.exchange(get(server.url));
  await made.exchange(post(server.url));
  await made.exchange(post(server.url));
  expect(new Set(server.received.map(({ port }) => port)).size).toBe(3);
});

test("a GET on a connection that the server has just closed is unreachable and is not repeated", async () => {
  let requests = 0;
  const port = await listen((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => {
      requests += 1;
      if (requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]");
      else socket.destroy();
    });
  });
  const made = transport();
  await made.exchange(get(`http://127.0.0.1:${port}`));
  expect(await apiErrorOf(made.exchange(get(`http://127.0.0.1:${port}`)))).toMatchObject({
    kind: "unreachable",
    sent: true,
  });
  expect(requests).toBe(2);
});

test("a proxy in the environment receives no request", async () => {
  const proxy = await serve(() => ({ body: "" }));
  const server = await serve(() => ({ body: "[]" }));
  const before = process.env["http_proxy"];
  process.env["http_proxy"] = proxy.url;
  onTestFinished(() => {
    if (before === undefined) delete process.env["http_proxy"];
    else process.env["http_proxy"] = before;
  });
  expect(await transport().exchange(get(server.url))).toMatchObject({ text: "[]" });
  expect(proxy.received).toHaveLength(0);
});
