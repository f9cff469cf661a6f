import { expect, test } from "vitest";

import { parseSandboxOptions, runSandbox } from "../../src/commands/sandbox.ts";
import { UsageError } from "../../src/platform/errors.ts";
import { describeSandbox } from "../../src/sandbox/server.ts";
import { call, openSandbox } from "./support.ts";

test("the .env lines point at the sandbox with the first key live and the others commented out", async () => {
  const sandbox = await openSandbox();
  const lines = describeSandbox(sandbox).split("\n");
  expect(lines.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
    "KELIO_ACCOUNT_KIND=customer",
    `KELIO_API_URL=${sandbox.url}`,
    `KELIO_AUDIENCE=${sandbox.audience}`,
    `KELIO_PRIVATE_KEY=${sandbox.keys[0]?.privateKey}`,
    `KELIO_SECRET_KEY=${sandbox.keys[0]?.secretKey}`,
  ]);
  expect(lines).toContain(`# KELIO_PRIVATE_KEY=${sandbox.keys[1]?.privateKey}`);
});

test("the sandbox listens on the loopback address only", async () => {
  const sandbox = await openSandbox();
  expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
  expect(sandbox.audience).toBe(new URL(sandbox.url).origin);
});

test("the command serves until its signal aborts", async () => {
  const stop = new AbortController();
  const printed: string[] = [];
  const status = new Promise<number>((resolve, reject) => {
    void runSandbox(
      { applications: 100 },
      {
        signal: stop.signal,
        print(text) {
          printed.push(text);
          const url = /KELIO_API_URL=(\S+)/.exec(text)?.[1];
          if (url !== undefined) call(`${url}/campaigns`).then((reply) => resolve(reply.status), reject);
        },
      },
    ).then(() => printed.push("closed"), reject);
  });
  expect(await status).toBe(401);
  expect(printed[0]).toContain("100 applications");
  stop.abort();
  await expect.poll(() => printed.at(-1)).toBe("closed");
});

test("a port in use is a usage error that says what to do", async () => {
  const { url } = await openSandbox();
  const port = Number(new URL(url).port);
  const failure: unknown = await runSandbox(
    { port },
    { signal: new AbortController().signal, print: () => undefined },
  ).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect(failure).toMatchObject({ code: "port_in_use", message: expect.stringContaining("--port") });
});

const DEFAULTS = {
  port: "0",
  seed: "1",
  campaigns: "60",
  applications: "3000",
  latency: "0",
  quota: "120",
  window: "rolling",
};

test.each([
  ["port", "65536"],
  ["seed", "one"],
  ["latency", "400-100"],
  ["latency", "soon"],
  ["quota", "0"],
  ["window", "sliding"],
])("--%s %s is a usage error that names the option", (option, value) => {
  expect(() => parseSandboxOptions({ ...DEFAULTS, [option]: value })).toThrow(new RegExp(`^--${option}: `));
});

test("a latency is one time or a range of them", () => {
  expect(parseSandboxOptions({ ...DEFAULTS, latency: "300" })).toMatchObject({ latency: { min: 300, max: 300 } });
  expect(parseSandboxOptions({ ...DEFAULTS, latency: "100-400" })).toMatchObject({ latency: { min: 100, max: 400 } });
});
