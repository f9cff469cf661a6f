import { expect, test } from "vitest";

import { KEY_SCOPES, type SandboxKey } from "../../src/sandbox/requests/keys.ts";
import { VARIANTS } from "../../src/sandbox/variants.ts";
import { call, callerOf, customer, jobboard, keyOf, objectOf, openSandbox, signToken } from "./support.ts";

const login = (url: string, key: Pick<SandboxKey, "privateKey" | "secretKey">) =>
  call(`${url}/jwt`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ private_key: key.privateKey, secret_key: key.secretKey }),
  });

test("a token that the caller signed opens its own kind of account only", async () => {
  const sandbox = await openSandbox();
  expect((await customer(sandbox).get("/applications")).status).toBe(200);
  expect((await jobboard(sandbox).get("/jobboards/applications")).status).toBe(200);
  expect((await customer(sandbox).get("/jobboards/applications")).status).toBe(403);
  expect((await jobboard(sandbox).get("/applications")).status).toBe(403);
});

test("a wrong secret, key, audience, type, expiry or header is refused with 401", async () => {
  const sandbox = await openSandbox();
  const key = keyOf(sandbox, "customer");
  const past = Math.floor(Date.now() / 1_000) - 10;
  const bad = [
    `Bearer ${await signToken(sandbox, { ...key, secretKey: "anotherSecretAltogether01" })}`,
    `Bearer ${await signToken(sandbox, { ...key, privateKey: "nobody" })}`,
    `Bearer ${await signToken(sandbox, key, { aud: sandbox.url })}`,
    `Bearer ${await signToken(sandbox, key, { typ: "JOSE" })}`,
    `Bearer ${await signToken(sandbox, key, { exp: past })}`,
    `Token ${await signToken(sandbox, key)}`,
    "Bearer not.a.token",
    "",
  ];
  for (const authorization of bad) {
    const { status } = await call(`${sandbox.url}/campaigns`, { headers: { authorization } });
    expect([authorization.slice(0, 20), status]).toEqual([authorization.slice(0, 20), 401]);
  }
  expect(sandbox.requests.map((request) => request.refusedBy)).toEqual(bad.map(() => "auth"));
});

test.each(VARIANTS.jwtAnswer)("POST /jwt answers in the form %s with a token that works", async (jwtAnswer) => {
  const sandbox = await openSandbox({ variants: { jwtAnswer } });
  const reply = await login(sandbox.url, keyOf(sandbox, "customer"));
  const token = /[\w-]+\.[\w-]+\.[\w-]+/.exec(reply.text)?.[0];
  expect(reply.status).toBe(200);
  const authorization = `Bearer ${token}`;
  expect((await call(`${sandbox.url}/campaigns`, { headers: { authorization } })).status).toBe(200);
});

test("POST /jwt refuses unknown secrets with 401", async () => {
  const sandbox = await openSandbox();
  expect((await login(sandbox.url, { privateKey: "nobody", secretKey: "nothing" })).status).toBe(401);
  expect((await call(`${sandbox.url}/jwt`, { method: "POST" })).status).toBe(401);
});

test.each(VARIANTS.jwtExpiry)("an issued token ends after its life, whether its expiry is %s", async (jwtExpiry) => {
  let now = Date.now();
  const sandbox = await openSandbox({ variants: { jwtExpiry }, tokenLife: 60, now: () => now });
  const { token } = objectOf((await login(sandbox.url, keyOf(sandbox, "customer"))).json);
  const read = () => call(`${sandbox.url}/campaigns`, { headers: { authorization: `Bearer ${String(token)}` } });
  expect((await read()).status).toBe(200);
  now += 61_000;
  expect((await read()).status).toBe(401);
});

test.each(VARIANTS.scopeStatus)("a missing scope is refused with %i", async (scopeStatus) => {
  const key: SandboxKey = {
    kind: "customer",
    privateKey: "half-a-key",
    secretKey: "halfASecretForAHalfKey001",
    scopes: KEY_SCOPES.customer.filter((scope) => scope !== "applications_read"),
  };
  const sandbox = await openSandbox({ keys: [key], variants: { scopeStatus } });
  expect((await callerOf(sandbox, key).get("/campaigns")).status).toBe(200);
  expect((await callerOf(sandbox, key).get("/applications")).status).toBe(scopeStatus);
  expect(sandbox.requests.map((request) => request.refusedBy)).toEqual([null, "scope"]);
});

test("the bodies of a quota 403 and of a scope 403 differ only if the variants say so", async () => {
  for (const forbiddenBody of VARIANTS.forbiddenBody) {
    const sandbox = await openSandbox({ variants: { forbiddenBody }, quota: { limit: 1, window: "rolling" } });
    const scope = await jobboard(sandbox).get("/applicants");
    const quota = await jobboard(sandbox).get("/jobboards/campaigns");
    expect([scope.status, quota.status]).toEqual([403, 403]);
    expect(scope.text === quota.text).toBe(forbiddenBody === "alike");
  }
});
