import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { channelsOf } from "../../../src/ops/notices/channels.ts";
import { exchange } from "../../../src/ops/notices/http.ts";
import { serve } from "../../api/support/server.ts";
import { createAuthority } from "../../support/certificates.ts";
import { startConnectProxy, startTls } from "../../support/connect-proxy.ts";
import { configWith } from "./support.ts";

/** A server that answers with these bytes and hangs up. Returns its URL. */
async function answering(bytes: string): Promise<string> {
  const server = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end(bytes)));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const request = (url: string) => ({ method: "POST", url, proxy: null, body: "é" }) as const;

describe("a request of a notice", () => {
  it("has its length in bytes, the login of the URL as a header, and its query", async () => {
    const server = await serve(() => ({ status: 201, headers: { "retry-after": "7" }, body: "taken" }));
    const url = server.url.replace("//", "//me:p%40ss@");
    expect(await exchange(request(`${url}/a/b?c=d`))).toEqual({ status: 201, text: "taken", retryAfter: "7" });
    const [received] = server.received;
    expect(received).toMatchObject({
      path: "/a/b",
      body: "é",
      headers: { "content-length": "2", authorization: `Basic ${btoa("me:p@ss")}` },
    });
    expect(received?.query.get("c")).toBe("d");
  });

  it("ends in time where the receiver hangs", async () => {
    const silent = await serve(() => undefined);
    await expect(exchange({ ...request(silent.url), timeoutMs: 150 })).rejects.toThrow("no answer within 150 ms");
  });

  it("is answered by the status, whatever becomes of the body: what was accepted is not sent again", async () => {
    const slow = await serve((_, response) => void response.writeHead(200).write("a"));
    expect(await exchange({ ...request(slow.url), timeoutMs: 150 })).toMatchObject({ status: 200, text: "a" });
    const cut = await answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab");
    expect(await exchange(request(cut))).toMatchObject({ status: 200, text: "ab" });
    const garbled = await answering("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    expect(await exchange(request(garbled))).toMatchObject({ status: 202, text: "" });
  });

  it("ends when the receiver wants another protocol", async () => {
    const upgrading = await answering("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    expect(await exchange(request(upgrading))).toEqual({ status: 101, text: "", retryAfter: null });
  });

  it("reads no more than the beginning of an answer without end", async () => {
    const endless = await serve((_, response) => {
      const pour = (): void =>
        void (response.write("x".repeat(65_536)) ? setImmediate(pour) : response.once("drain", pour));
      response.writeHead(200);
      pour();
      return undefined;
    });
    expect((await exchange(request(endless.url))).text).toHaveLength(2_000);
  });

  it("says what went wrong without the path of the URL", async () => {
    const refused = exchange(request("http://127.0.0.1:9/secret-path"));
    await expect(refused).rejects.toThrow(/ECONNREFUSED/);
    await expect(refused).rejects.not.toThrow(/secret-path/);
    const authority = createAuthority();
    const server = await serve(() => ({}));
    const port = await startTls(authority.issue(["127.0.0.1"]), Number(new URL(server.url).port));
    await expect(exchange(request(`https://127.0.0.1:${port}/secret-path`))).rejects.toThrow(
      /authority that is not trusted here.*NODE_EXTRA_CA_CERTS/,
    );
  });
});

describe("the proxy of HTTPS_PROXY", () => {
  it("leads to https alone, and not to what NO_PROXY names", async () => {
    const proxy = await startConnectProxy({ port: 9, status: 403 });
    const env = { HTTPS_PROXY: `http://u:p@127.0.0.1:${proxy.port}`, NO_PROXY: "localhost" };
    const send = async (url: string) => {
      const [channel] = channelsOf(configWith({ ...env, NOTIFY_URL: url }));
      const notice = { id: crypto.randomUUID(), kind: "test", code: null, items: [], occurredAt: new Date() } as const;
      return channel?.send(notice, { at: new Date() });
    };
    await expect(send("https://hooks.example.org/x")).rejects.toThrow(
      /the proxy .*HTTPS_PROXY.* does not allow connections to hooks\.example\.org:443/,
    );
    expect(proxy.asked).toEqual([{ target: "hooks.example.org:443", login: `Basic ${btoa("u:p")}` }]);
    const server = await serve(() => ({}));
    await expect(send(`${server.url}/x`)).resolves.toMatchObject({ isDelivered: true });
    await expect(send("https://localhost:9/x")).rejects.toThrow(/ECONNREFUSED/);
    expect(proxy.asked).toHaveLength(1);
  });
});
