import { expect, it } from "vitest";
import { createAuthority } from "../support/certificates.ts";
import { startConnectProxy, startTls } from "../support/connect-proxy.ts";
import { openWorld } from "../support/world.ts";

it("doctor reaches the API through a proxy that asks for a login, and shows the proxy without its password", async () => {
  const world = await openWorld({ redisUrl: null });
  const authority = createAuthority();
  const port = Number(new URL(world.sandbox.url).port);
  const proxy = await startConnectProxy({ port: await startTls(authority.issue(["api.example.org"]), port) });
  const through = {
    KELIO_API_URL: "https://api.example.org:8443/v2",
    KELIO_TOKEN_SOURCE: "endpoint",
    https_proxy: `http://clerk:s3cret%40word@127.0.0.1:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: authority.certFile,
  };
  const { code, stdout, stderr } = await world.cli(["doctor"], through).ended;
  expect(stdout).toMatch(
    new RegExp(`^proxy +ok +http://127\\.0\\.0\\.1:${proxy.port} \\(HTTPS_PROXY\\), as user clerk$`, "m"),
  );
  expect(stdout).toMatch(/^scope campaigns_read +ok/m);
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain("s3cret");
  const login = `Basic ${Buffer.from("clerk:s3cret@word").toString("base64")}`;
  expect(proxy.asked.every((one) => one.target === "api.example.org:8443" && one.login === login)).toBe(true);
  // A token of its own connection, and lists on shared ones.
  expect(proxy.asked.length).toBeGreaterThan(1);
  expect(proxy.seen()).not.toMatch(/bearer|authorization|\/v2|secret_key/i);
  expect(world.sandbox.requests.length).toBeGreaterThanOrEqual(4);
});
