import net from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createTransport, type HttpRequest } from "../../src/api/request/transport.ts";
import { createAuthority } from "../support/certificates.ts";
import { startConnectProxy, startTls } from "../support/connect-proxy.ts";
import { waitFor } from "../support/wait-for.ts";
import { apiErrorOf } from "./support/client.ts";
import { serve } from "./support/server.ts";

const LOGIN = "clerk:s3cret%40word";
const TARGET = "https://api.example.org:8443/v2/campaigns";

const requests: readonly [string, HttpRequest][] = (["GET", "POST"] as const).map((method) => [
  method,
  { method, path: "/campaigns", url: TARGET, headers: { authorization: "Bearer a.b.c" }, body: "{}" },
]);

/** What a request through the proxy at `port` fails with, connected as `createExchange` does. */
async function failureThrough(url: string, request: HttpRequest, timeoutMs = 20_000) {
  const transport = createTransport({ timeoutMs, maxBytes: 1000, proxy: { url, setting: "HTTPS_PROXY" } });
  onTestFinished(() => transport.close());
  const error = await apiErrorOf((async () => transport.exchange(request, await transport.connect(request)))());
  expect(error).toMatchObject({ kind: "unreachable", disposition: "retry", status: null, sent: false });
  expect(error.message).not.toMatch(/s3cret|clerk/);
  return error.message;
}

test.each(requests)(
  "a %s that the proxy gives no tunnel for was not sent, and the message says what to do",
  async (_, request) => {
    const said = [
      [
        407,
        "",
        /^\w+ \/campaigns: not sent: the proxy http:\/\/127\.0\.0\.1:\d+ \(HTTPS_PROXY\) asks for a login \(HTTP 407\): write user and password/,
      ],
      [407, `${LOGIN}@`, /refuses the login \(HTTP 407\): check user and password in HTTPS_PROXY/],
      [403, `${LOGIN}@`, /does not allow connections to api\.example\.org:8443 \(HTTP 403\)/],
      [502, "", /cannot reach api\.example\.org:8443 \(HTTP 502\)/],
      [405, "", /gives no tunnel .* \(HTTP 405\): check that HTTPS_PROXY names a proxy/],
    ] as const;
    for (const [status, login, message] of said) {
      const proxy = await startConnectProxy({ port: 1, status });
      expect(await failureThrough(`http://${login}127.0.0.1:${proxy.port}`, request)).toMatch(message);
      const basic = login === "" ? null : `Basic ${Buffer.from("clerk:s3cret@word").toString("base64")}`;
      expect(proxy.asked).toEqual([{ target: "api.example.org:8443", login: basic }]);
      expect(proxy.seen()).toBe("");
    }
  },
);

test.each(requests)("a %s through what is no proxy says so", async (_, request) => {
  expect(await failureThrough(`http://${LOGIN}@127.0.0.1:1`, request)).toMatch(
    /the proxy http:\/\/127\.0\.0\.1:1 \(HTTPS_PROXY\) cannot be reached \(ECONNREFUSED\): check HTTPS_PROXY/,
  );
  const hanging = await startConnectProxy({ port: 1, status: null });
  expect(await failureThrough(`http://127.0.0.1:${hanging.port}`, request, 200)).toMatch(
    /the proxy http\S+ \(HTTPS_PROXY\) does not answer: check HTTPS_PROXY and that it runs/,
  );
  await waitFor("the connection is closed", async () => (await hanging.open()) === 0);
  const mail = net.createServer((socket) => socket.on("error", () => {}).end("220 mail.example.org ESMTP\r\n"));
  onTestFinished(() => void mail.close());
  await new Promise<void>((resolve) => void mail.listen(0, "127.0.0.1", resolve));
  const address = mail.address();
  const port = typeof address === "object" ? address?.port : 0;
  expect(await failureThrough(`http://127.0.0.1:${port}`, request)).toMatch(/does not answer as a proxy does/);
  expect(await failureThrough(`https://127.0.0.1:${hanging.port}`, request)).toMatch(/does not speak TLS on this port/);
});

test.each(requests)("a %s that is stopped leaves no connection to a proxy that never answers", async (_, request) => {
  const hanging = await startConnectProxy({ port: 1, status: null });
  const proxy = { url: `http://127.0.0.1:${hanging.port}`, setting: "HTTPS_PROXY" };
  const transport = createTransport({ timeoutMs: 60_000, maxBytes: 1000, proxy });
  const stop = new AbortController();
  const stopped = { ...request, signal: stop.signal };
  const failed = apiErrorOf((async () => transport.exchange(stopped, await transport.connect(stopped)))());
  await waitFor("the proxy is asked", () => hanging.asked.length === 1);
  stop.abort();
  expect(await failed).toMatchObject({ sent: false, message: expect.stringContaining("the process is stopping") });
  transport.close();
  await waitFor("the connection is closed", async () => (await hanging.open()) === 0);
});

test("a certificate that is not accepted says why, and what to do, with and without a proxy", async () => {
  const api = await serve(() => ({ body: "[]" }));
  const port = Number(new URL(api.url).port);
  const authority = createAuthority();
  const { key, cert } = authority;
  const cases = [
    [authority.issue(["api.example.org"]), /authority that is not trusted here.*NODE_EXTRA_CA_CERTS/],
    [{ key, cert }, /self-signed certificate.*NODE_EXTRA_CA_CERTS/],
  ] as const;
  for (const [certificate, message] of cases) {
    const secure = await startTls(certificate, port);
    const proxy = await startConnectProxy({ port: secure });
    for (const [, request] of requests) {
      const through = await failureThrough(`http://127.0.0.1:${proxy.port}`, request);
      expect(through).toMatch(/not sent: the server at https:\/\/api\.example\.org:8443 has a/);
      expect(through).toMatch(message);
      const direct = createTransport({ timeoutMs: 20_000, maxBytes: 1000 });
      onTestFinished(() => direct.close());
      const here = { ...request, url: `https://127.0.0.1:${secure}/v2` };
      const error = await apiErrorOf((async () => direct.exchange(here, await direct.connect(here)))());
      expect(error.message).toMatch(message);
    }
  }
  expect(api.received).toEqual([]);
});
