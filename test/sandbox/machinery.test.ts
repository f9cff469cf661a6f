/** What frameworks, proxies and firewalls commonly do (section 16 of the reference), as the sandbox offers it. */
import { describe, expect, test } from "vitest";

import { call, customer, jobboard, keyOf, openSandbox, signToken } from "./support.ts";

describe("a barrier in front of the API", () => {
  const large = (bytes: number) => ({ applicant: { email: "nina@example.org", bio_url: "x".repeat(bytes) } });

  test("answers 403 to a request without User-Agent and to a body above 8 KB", async () => {
    const sandbox = await openSandbox({ variants: { barrier: "firewall" } });
    const refused = await customer(sandbox).post("/applicants", large(9_000));
    expect([refused.status, refused.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
    expect((await customer(sandbox).post("/applicants", large(1_000))).status).toBe(201);
    expect((await call(`${sandbox.url}/campaigns`, { headers: { "user-agent": "" } })).status).toBe(403);
    expect(sandbox.requests.map(({ refusedBy }) => refusedBy)).toEqual(["barrier", null, "barrier"]);
  });

  test("answers 413 to a body above 1 MB", async () => {
    const sandbox = await openSandbox({ variants: { barrier: "body-limit" } });
    const refused = await customer(sandbox).post("/applicants", large(1_100_000));
    expect([refused.status, refused.text]).toEqual([
      413,
      expect.stringContaining("<title>413 Request Entity Too Large"),
    ]);
    expect((await customer(sandbox).post("/applicants", large(900_000))).status).toBe(201);
  });
});

describe("the quota", () => {
  test.each([
    ["banned", "text/plain; charset=utf-8", /^Forbidden$/m],
    ["firewall", "text/html; charset=utf-8", /<title>403 Forbidden/],
  ] as const)("%s answers 403 as %s", async (overQuota, type, body) => {
    const sandbox = await openSandbox({ variants: { overQuota }, quota: { limit: 1, window: "rolling" } });
    const get = () => customer(sandbox).get("/campaigns");
    await get();
    const refused = await get();
    expect([refused.status, refused.headers.get("content-type")]).toEqual([403, type]);
    expect(refused.text).toMatch(body);
    expect((await jobboard(sandbox).get("/jobboards/campaigns")).status).toBe(overQuota === "firewall" ? 403 : 200);
  });

  test("may ban for longer than a minute, in spite of requests meanwhile", async () => {
    let now = Date.now();
    const quota = { limit: 1, window: "fixed", banMs: 150_000 } as const;
    const sandbox = await openSandbox({ variants: { overQuota: "banned" }, quota, now: () => now });
    const after = async (ms: number) => {
      now += ms;
      return (await customer(sandbox).get("/campaigns")).status;
    };
    expect([await after(0), await after(0), await after(61_000), await after(61_000), await after(30_000)]).toEqual([
      200, 403, 403, 403, 200,
    ]);
  });
});

test("a body that is no JSON or lacks its object is answered with 400 if the variants say so", async () => {
  const { post } = customer(await openSandbox({ variants: { malformedBody: 400, errorBody: "rails" } }));
  expect(await post("/applicants", {})).toMatchObject({ status: 400 });
  expect(await post("/applicants", { applicant: { email: "no address" } })).toMatchObject({
    status: 422,
    json: { "applicant.email": [expect.any(String)] },
  });
});

test.each([
  ["en", "has already been taken"],
  ["fr", "n'est pas disponible"],
  ["fr-used", "est déjà utilisé(e)"],
  ["es", "ya está en uso"],
] as const)("a value that is in use is refused in the language %s", async (duplicateText, text) => {
  const { post } = customer(await openSandbox({ variants: { duplicateText, errorBody: "rails" } }));
  const create = () => post("/applicants", { applicant: { email: "nina@example.org" } });
  await create();
  expect(await create()).toMatchObject({ status: 422, json: { email: [text] } });
});

test("a duplicate that only the database notices is a 500, and leaves nothing", async () => {
  const sandbox = await openSandbox({ variants: { duplicateNoticedBy: "database" } });
  const create = () => customer(sandbox).post("/applicants", { applicant: { email: "nina@example.org" } });
  expect([(await create()).status, (await create()).status]).toEqual([201, 500]);
  expect(sandbox.effects).toHaveLength(1);
});

test("a resume may be dropped after the answer", async () => {
  const sandbox = await openSandbox({ variants: { resumes: "dropped" } });
  const applicant = { email: "nina@example.org", resume: { base64: "JVBERi0=", mime_type: "pdf" } };
  expect((await customer(sandbox).post("/applicants", { applicant })).status).toBe(201);
  expect(sandbox.effects).toMatchObject([{ resume: null }]);
});

test("unknown keys may be answered with an empty 404, and tokens of the future may be refused", async () => {
  const sandbox = await openSandbox({
    variants: { refusedKeys: 404, futureTokens: "refused", errorBody: "challenge" },
  });
  expect(await call(`${sandbox.url}/jwt`, { method: "POST" })).toMatchObject({ status: 404, text: "" });
  const key = keyOf(sandbox, "customer");
  const read = async (iat: number) => {
    const authorization = `Bearer ${await signToken(sandbox, key, { iat })}`;
    return call(`${sandbox.url}/campaigns`, { headers: { authorization } });
  };
  const now = Math.floor(Date.now() / 1_000);
  expect((await read(now - 5)).status).toBe(200);
  const refused = await read(now + 60);
  expect([refused.status, refused.text]).toEqual([401, ""]);
  expect(refused.headers.get("www-authenticate")).toMatch(/error="invalid_token"/);
});
