import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { answered, openImports, TOKEN, type Answered } from "./support.ts";
import { MALFORMED, RIGHT, type Malformed } from "./malformed.ts";

const database = useDatabase();

function send(
  url: string,
  { method = "POST", path = "/imports", headers = {}, body = RIGHT }: Malformed,
): Promise<Answered> {
  const defaults = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const entries = Object.entries({ ...defaults, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return fetch(url + path, { method, headers: Object.fromEntries(entries), body }).then(answered);
}

const stored = (account: string) => database().applicantImport.count({ where: { account } });

/** The fields that the rejected rows of an answer name. */
function fieldsOf({ body }: Answered): readonly string[] {
  const {
    rejected = [],
  }: { readonly rejected?: readonly { readonly errors: readonly { readonly field: string }[] }[] } = JSON.parse(
    JSON.stringify(body),
  );
  return rejected.flatMap(({ errors }) => errors.map(({ field }) => field));
}

describe("a malformed request", () => {
  it.for(MALFORMED)("is refused with its reason: $name", async (request) => {
    const server = await openImports(database());
    const answer = await send(server.url, request);
    expect(answer).toMatchObject({ status: request.status, body: { code: request.code, status: request.status } });
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.headers.has("www-authenticate")).toBe(request.status === 401);
    expect(answer.headers.has("allow")).toBe(request.status === 405);
    expect(fieldsOf(answer).filter((field) => field === request.field)).toEqual([request.field].filter(Boolean));
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|person@|a-token|zz|drop/);
    expect(await stored(server.account)).toBe(0);
    // It harms none that comes after it.
    expect(await server.post(RIGHT)).toMatchObject({ status: 202 });
  });

  it("does not hold back good rows: every bad row in one request, with a good one between each", async () => {
    const server = await openImports(database());
    const bad = MALFORMED.flatMap(({ field, body }) =>
      field !== undefined && typeof body === "string" && !body.startsWith("[") ? [body] : [],
    );
    const rows = bad.flatMap((body, n) => [body, `{"email":"good${n}@example.org"}`]);
    const answer = await server.post(`[${rows.join(",")}]`);
    expect(answer.status).toBe(202);
    expect(answer.body["rejected"]).toHaveLength(bad.length);
    expect(answer.body["imports"]).toHaveLength(bad.length);
    expect(await stored(server.account)).toBe(bad.length);
  });

  it("is cut off if its body never ends", async () => {
    const server = await openImports(database());
    const client = await open(server.port, "Transfer-Encoding: chunked");
    const piece = Buffer.from(`100000\r\n${" ".repeat(0x100000)}\r\n`);
    let sent = 0;
    while (sent < 100 && (await written(client.socket, piece))) sent += 1;
    await client.closed;
    // The reset that ends it may overtake the answer.
    expect(client.said()).toMatch(/^$|^HTTP\/1.1 413 /);
    // 20 MB and what lies in the buffers of both ends.
    expect(sent).toBeLessThan(40);
    expect(await stored(server.account)).toBe(0);
  });

  it("is refused before its body if that announces 100 MB", async () => {
    const server = await openImports(database());
    const client = await open(server.port, "Content-Length: 100000000");
    await client.closed;
    expect(client.said()).toMatch(/^HTTP\/1.1 413 [^]*body_too_large/);
  });

  it("is refused before its body if the token is wrong", async () => {
    const server = await openImports(database());
    const client = await open(server.port, "Content-Length: 1000000", "Bearer wrong");
    await client.closed;
    expect(client.said()).toMatch(/^HTTP\/1.1 401 [^]*token_wrong/);
  });

  it("leaves nothing if its body is cut off", async () => {
    const server = await openImports(database());
    const client = await open(server.port, "Content-Length: 1000");
    client.socket.end(RIGHT);
    await client.closed;
    expect(client.said()).not.toContain("202");
    expect(await stored(server.account)).toBe(0);
    expect(await server.post(RIGHT)).toMatchObject({ status: 202 });
  });

  it("is refused if its chunks are malformed", async () => {
    const server = await openImports(database());
    const client = await open(server.port, "Transfer-Encoding: chunked");
    client.socket.write("no chunk at all\r\n");
    await client.closed;
    expect(client.said()).toMatch(/^HTTP\/1.1 400 /);
    expect(await stored(server.account)).toBe(0);
  });

  it("is refused if it is not HTTP, or its headers never end", async () => {
    const server = await openImports(database());
    const garbage = await openSocket(server.port);
    garbage.socket.write("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n");
    await garbage.closed;
    expect(garbage.said()).toMatch(/^HTTP\/1.1 400 [^]*unreadable/);
    const headers = await openSocket(server.port);
    headers.socket.write(`GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(100_000)}\r\n\r\n`);
    await headers.closed;
    expect(headers.said()).toMatch(/^HTTP\/1.1 431 [^]*headers_too_large/);
  });

  it("is ended if its headers or its body arrive too slowly", async () => {
    const server = await openImports(database(), { limits: { headersMs: 400, requestMs: 800 } });
    const headers = await openSocket(server.port);
    headers.socket.write("POST /imports HTTP/1.1\r\nHost: x\r\n");
    const body = await open(server.port, "Content-Length: 1000");
    const trickle = async (letter: string, client: Client) => {
      while (!client.isClosed()) {
        client.socket.write(letter);
        await sleep(20);
      }
    };
    await Promise.all([trickle("X-A: b\r\n", headers), trickle(" ", body)]);
    expect(headers.said()).toMatch(/^HTTP\/1.1 408 [^]*too_slow/);
    expect(body.said()).toMatch(/^HTTP\/1.1 408 [^]*too_slow/);
    expect(await stored(server.account)).toBe(0);
  });

  it("counts a field once that it names twice", async () => {
    const server = await openImports(database());
    const answer = await server.post(`[${RIGHT},{"email":" RIGHT@Example.org "},${RIGHT}]`);
    expect(answer.body["imports"]).toMatchObject([{ outcome: "queued" }, { outcome: "known" }, { outcome: "known" }]);
    expect(await stored(server.account)).toBe(1);
  });
});

interface Client {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  readonly isClosed: () => boolean;
  readonly said: () => string;
}

/** The head of a POST on a bare connection; the body is the caller's. */
async function open(port: number, header: string, authorization = `Bearer ${TOKEN}`): Promise<Client> {
  const client = await openSocket(port);
  client.socket.write(
    `POST /imports HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n${header}\r\n\r\n`,
  );
  return client;
}

/** Whether the whole piece left this process. */
function written(socket: Socket, piece: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve(false));
    socket.write(piece, (error) => resolve(error === null || error === undefined));
  });
}

async function openSocket(port: number): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  let said = "";
  let isClosed = false;
  socket.setEncoding("utf8").on("data", (text: string) => (said += text));
  // A reset is an end as good as any.
  socket.on("error", () => {}).setMaxListeners(0);
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      isClosed = true;
      resolve();
    });
  });
  await once(socket, "connect");
  return { socket, closed, isClosed: () => isClosed, said: () => said };
}
