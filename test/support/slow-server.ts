import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";

/** What stands before a sandbox and lets nobody connect until `answer`. */
export interface SlowServer {
  /** With `/v2`. */
  readonly url: string;
  /** Settings of a process that is to trust it. */
  readonly env: Readonly<Record<string, string>>;
  readonly answer: () => void;
}

/** Of `localhost` and 127.0.0.1, made for this file and used nowhere else. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYPy8EbPiMISDqLcG
ci5H/lJE8jsiyX9gS/WTulNAsFehRANCAAQ4cliD2ZzeMDtVyrjAqgvfVCLG9Kq6
mv4pZscJHROdfrWKb0xk5X9sS0cOA1vQpyADUueeN/CqO3rWPB7RBolT
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUWXlEPpkGE8k6sAp40ArCyGmyHmswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjAwMzIxNVoYDzIxMjYxMTAy
MDAzMjE1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ4cliD2ZzeMDtVyrjAqgvfVCLG9Kq6mv4pZscJHROdfrWKb0xk5X9s
S0cOA1vQpyADUueeN/CqO3rWPB7RBolTo28wbTAdBgNVHQ4EFgQUja3/HzBVWvpC
xpK877oEVx2KYCgwHwYDVR0jBBgwFoAUja3/HzBVWvpCxpK877oEVx2KYCgwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgfIo8r2TNbNmzJIp+LzLEoN2J+iNjnYMWJo8y8aToupoCIBa8
hidZzpJT5AQj+VcT9WUY27g2nUGnkIPG7gdG3KjH
-----END CERTIFICATE-----`;

/** Accepts connections, and begins their TLS handshakes with `answer`. */
export async function startSlowTls(sandboxUrl: string): Promise<SlowServer> {
  const { port: target } = new URL(sandboxUrl);
  const sockets: Socket[] = [];
  const waiting: Socket[] = [];
  let isOpen = false;
  function serve(raw: Socket): void {
    const secure = new TLSSocket(raw, { isServer: true, key: KEY, cert: CERTIFICATE });
    const on = connect(Number(target), "127.0.0.1");
    sockets.push(on);
    for (const socket of [secure, on]) socket.on("error", () => void [secure.destroy(), on.destroy()]);
    secure.pipe(on).pipe(secure);
  }
  const server = createServer((raw) => {
    raw.on("error", () => undefined);
    sockets.push(raw);
    if (isOpen) serve(raw);
    else waiting.push(raw);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-tls-"));
  const file = join(directory, "certificate.pem");
  await writeFile(file, CERTIFICATE);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(directory, { recursive: true });
  });
  const address = server.address();
  return {
    url: `https://localhost:${typeof address === "object" ? address?.port : 0}/v2`,
    env: { NODE_EXTRA_CA_CERTS: file },
    answer() {
      isOpen = true;
      for (const raw of waiting.splice(0)) serve(raw);
    },
  };
}

/** The process below: passes connections on, and has room for hardly any that it has not accepted. */
const FORWARDER = `
const net = require("node:net");
const server = net.createServer((socket) => {
  const on = net.connect(Number(process.argv[1]), "127.0.0.1");
  for (const one of [socket, on]) one.on("error", () => { socket.destroy(); on.destroy(); });
  socket.pipe(on).pipe(socket);
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));
`;

/** Is stopped, with the queue of its listening socket full: a SYN has no answer until `answer`. */
export async function startSlowTcp(sandboxUrl: string): Promise<SlowServer> {
  const child = spawn(process.execPath, ["-e", FORWARDER, new URL(sandboxUrl).port], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const fill: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of fill) socket.destroy();
    child.kill("SIGKILL");
    await once(child, "close");
  });
  const [port] = await once(createInterface(child.stdout), "line");
  child.kill("SIGSTOP");
  for (let isFull = false; !isFull;) {
    const socket = connect(Number(port), "127.0.0.1");
    fill.push(socket.on("error", () => undefined));
    isFull = await Promise.race([
      once(socket, "connect").then(() => false),
      new Promise<true>((resolve) => setTimeout(resolve, 1_000, true)),
    ]);
  }
  return { url: `http://127.0.0.1:${port}/v2`, env: {}, answer: () => void child.kill("SIGCONT") };
}
