import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { blockImports } from "../../support/import-gate.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openImports, TOKEN, type ImportServer } from "./support.ts";

const database = useDatabase();

interface Caller {
  readonly socket: Socket;
  readonly said: () => string;
  readonly isClosed: () => boolean;
}

async function call({ port }: ImportServer, text: string): Promise<Caller> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let [said, isClosed] = ["", false];
  socket.setEncoding("utf8").on("data", (some: string) => (said += some));
  socket.on("error", () => {}).on("close", () => (isClosed = true));
  await once(socket, "connect");
  socket.write(text);
  return { socket, said: () => said, isClosed: () => isClosed };
}

function callAll(server: ImportServer, count: number, text: string): Promise<readonly Caller[]> {
  return Promise.all(Array.from({ length: count }, () => call(server, text)));
}

/** A POST of so many bytes, nearly all of them spaces. */
function post(email: string, bytes: number, headers = ""): string {
  const body = JSON.stringify({ email }).padEnd(bytes);
  const defaults = `Host: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`;
  return `POST /imports HTTP/1.1\r\n${defaults}${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The answer to a caller that comes again, as the answer asks, where a connection or a lock was not free within 700 ms. */
async function answerOf({ said }: Caller, again: () => Promise<Caller>): Promise<string> {
  await waitFor("the whole answer", () => /\r\n\r\n.*}$/s.test(said()));
  return said().includes("Another transaction holds a lock") ? answerOf(await again(), again) : said();
}

async function shutGate() {
  const gate = await blockImports(database());
  onTestFinished(gate.remove);
  return gate;
}

const emails = async (account: string) =>
  (
    await database().applicantImport.findMany({
      where: { account },
      select: { email: true },
      orderBy: { email: "asc" },
    })
  ).map(({ email }) => email);

/** Two of these are most of what all bodies together may hold. */
const stay = (n: number) => post(`stayed${n}@example.org`, 19_000_000);

describe("callers who leave while their request waits for its turn", () => {
  it("are not executed, release what they held, and block nobody", async () => {
    const server = await openImports(database());
    const block = await shutGate();
    const first = await call(server, post("first@example.org", 100, "Idempotency-Key: first\r\n"));
    await waitFor("the first import to wait", async () => (await block.waiting()) > 0);

    const crowd = await Promise.all(
      Array.from({ length: 40 }, (_, n) => call(server, post(`gone${n}@example.org`, 12_000_000))),
    );
    // The budget admits a few; the others are asked to come again.
    await waitFor("most of them to be refused", () => crowd.filter(({ said }) => said() !== "").length >= 35);
    expect(crowd.every(({ said }) => said() === "" || said().startsWith("HTTP/1.1 503 "))).toBe(true);
    for (const { socket } of crowd) socket.resetAndDestroy();
    await waitFor("all of them to be gone", async () => (await server.connections()) === 1);

    // What they held is free again, for two that hold most of it together.
    const stayed = await Promise.all([28, 29].map((n) => call(server, stay(n))));
    // The one that has begun leaves as well: it commits, and its key gives the answer.
    first.socket.resetAndDestroy();
    await waitFor("the first to be gone", async () => (await server.connections()) === 2);
    await block.release();
    const answers = await Promise.all(stayed.map((caller, n) => answerOf(caller, () => call(server, stay(28 + n)))));
    expect(answers.map((said) => said.slice(0, 13))).toEqual(["HTTP/1.1 202 ", "HTTP/1.1 202 "]);
    expect(await emails(server.account)).toEqual(["first@example.org", "stayed28@example.org", "stayed29@example.org"]);
    const again = await server.post({ email: "first@example.org" }, { "idempotency-key": "first" });
    expect(again.status).toBe(202);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });
});

describe("connections without a request", () => {
  const HEADERS = "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ";
  it.each([
    ["send nothing", ""],
    ["send their headers byte by byte", HEADERS],
    ["are kept alive", "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"],
  ])("are dropped for new callers, the longest silent first: those that %s", async (_, text) => {
    const server = await openImports(database(), { limits: { connections: 50 } });
    const idle = await callAll(server, 50, text);
    if (text.endsWith("\r\n\r\n")) await waitFor("their answers", () => idle.every(({ said }) => said() !== ""));
    await waitFor("all to be open", async () => (await server.connections()) === 50);
    for (let n = 0; n < 10; n += 1) {
      const response = await fetch(`${server.url}/health`, { headers: { connection: "close" } });
      expect(response.status).toBe(200);
    }
    expect(await server.connections()).toBeLessThanOrEqual(50);
    await waitFor("the first to be dropped", () => idle.some(({ isClosed }) => isClosed()));
    expect(idle.filter(({ isClosed }) => isClosed()).length).toBeLessThanOrEqual(10);
  });

  it("never replace a request in progress, however many are opened", async () => {
    const server = await openImports(database(), { limits: { connections: 20 } });
    const block = await shutGate();
    const caller = await call(server, post("patient@example.org", 100));
    await waitFor("the import to wait", async () => (await block.waiting()) > 0);
    for (let n = 0; n < 5; n += 1) await callAll(server, 40, "");
    await block.release();
    await waitFor("the answer", () => caller.said().includes("\r\n\r\n"));
    expect(caller.said()).toMatch(/^HTTP\/1.1 202 /);
  });
});

describe("every answer", () => {
  const defaults = `Host: x\r\nAuthorization: Bearer ${TOKEN}\r\n`;
  it.each([
    ["200", `GET /health HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["200", `HEAD /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["202", post("a@example.org", 100)],
    ["400", `GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["400", `GET /health HTTP/1.1\r\n\r\n`],
    ["400", "nonsense\r\n\r\n"],
    ["401", `POST /imports HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`],
    ["404", `GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["404", `GET /imports/1 HTTP/1.1\r\n${defaults}\r\n`],
    ["405", `DELETE /imports HTTP/1.1\r\n${defaults}\r\n`],
    ["408", `GET /health HTTP/1.1\r\n`],
    ["413", `POST /imports HTTP/1.1\r\n${defaults}Content-Type: application/json\r\nContent-Length: 999999999\r\n\r\n`],
    ["415", `POST /imports HTTP/1.1\r\n${defaults}Content-Type: text/csv\r\nContent-Length: 2\r\n\r\n{}`],
    ["417", `GET /health HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\n\r\n`],
    ["422", post("nobody", 100)],
    ["431", `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(100_000)}\r\n\r\n`],
  ])("says that it is kept by no cache, and is what its type says: %s to %j", async (status, text) => {
    const server = await openImports(database(), { limits: { headersMs: 400 } });
    const caller = await call(server, text);
    await waitFor("an answer", () => caller.said().includes("\r\n\r\n"));
    expect(caller.said()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [head = ""] = caller.said().toLowerCase().split("\r\n\r\n");
    expect(
      head
        .split("\r\n")
        .filter((line) => /^(x-content-type|cache-control)/.test(line))
        .toSorted(),
    ).toEqual(["cache-control: no-store", "x-content-type-options: nosniff"]);
  });
});
