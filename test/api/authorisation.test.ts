import { describe, expect, test } from "vitest";
import {
  apiErrorOf,
  client,
  context,
  createLog,
  errorOf,
  firstPage,
  PRIVATE_KEY,
  SECRET_KEY,
} from "./support/client.ts";
import { inTurn, serve, type Answer } from "./support/server.ts";

const TOKEN = "aaaa.bbbb.cccc";
const endpoint = { tokenSource: "endpoint" } as const;

/** An API that hands out tokens as `jwt` says and answers everything else with `other`. */
const api = (jwt: Answer, other: Answer = { body: [] }) => serve(({ path }) => (path === "/v2/jwt" ? jwt : other));

describe("a token from the endpoint", () => {
  test("uses the one request of the call that finds none, which then comes back", async () => {
    const log = createLog();
    const server = await api({ status: 201, body: { jwt: TOKEN } });
    const { list } = client(server.url, { ...endpoint, kind: "jobboard" }, { log });

    expect(await errorOf(list("campaigns", firstPage, context))).toMatchObject({
      code: "token_renewed",
      disposition: "requeue",
    });
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /v2/jwt"]);
    expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({ private_key: PRIVATE_KEY, secret_key: SECRET_KEY });
    expect(server.received[0]?.headers).not.toHaveProperty("authorization");
    expect(log.rows[0]).toMatchObject({ method: "POST", path: "/jwt", status: 201 });

    await list("campaigns", firstPage, context);
    expect(server.received[1]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  test("is fetched once for all who wait, and they use their own request", async () => {
    const server = await api({ body: JSON.stringify(`Bearer ${TOKEN}`) });
    const { list } = client(server.url, endpoint);
    const calls = [1, 2, 3, 4].map((page) => list("campaigns", { page, perPage: 50 }, context));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
    const paths = server.received.map(({ path }) => path);
    expect(paths).toEqual(["/v2/jwt", "/v2/campaigns", "/v2/campaigns", "/v2/campaigns"]);
  });

  test("that fails fails for all who wait", async () => {
    const server = await api({ status: 500 });
    const { list } = client(server.url, endpoint);
    const kinds = await Promise.all([1, 2].map(() => apiErrorOf(list("campaigns", firstPage, context))));
    expect(kinds.map(({ kind, path }) => [kind, path])).toEqual([
      ["unreachable", "/jwt"],
      ["unreachable", "/jwt"],
    ]);
    expect(server.received).toHaveLength(1);
  });

  test("waits for the quota like any request", async () => {
    const server = await api({ body: TOKEN });
    const { list } = client(server.url, endpoint, { log: createLog({ waitMs: 50 }) });
    expect(await apiErrorOf(list("campaigns", firstPage, context))).toMatchObject({
      kind: "quota",
      path: "/jwt",
      delayMs: 50,
    });
    expect(server.received).toHaveLength(0);
  });

  test.each([400, 401, 422])("refused with %d says which settings to check", async (status) => {
    const server = await api({ status, body: { error: "bad keys" } });
    const error = await apiErrorOf(client(server.url, endpoint).list("campaigns", firstPage, context));
    expect(error).toMatchObject({ kind: "unauthorised", disposition: "fail", path: "/jwt" });
    expect(error.message).toMatch(/KELIO_PRIVATE_KEY.*KELIO_SECRET_KEY.*clock/);
  });

  test("that cannot be found names the fields received and no value", async () => {
    const server = await api({ body: { session: "secret-value", data: { user: "ann" } } });
    const error = await apiErrorOf(client(server.url, endpoint).list("campaigns", firstPage, context));
    expect(error).toMatchObject({ kind: "unreadable", disposition: "fail" });
    expect(error.message).toContain("session, data, data.user");
    expect(error.message).not.toMatch(/secret-value|ann/);
  });

  test("hidden behind an HTML page is tried again", async () => {
    const server = await api({ body: "<html><title>Maintenance</title>" });
    const error = await apiErrorOf(client(server.url, endpoint).list("campaigns", firstPage, context));
    expect(error).toMatchObject({ kind: "unreadable", disposition: "retry" });
  });

  test("that has ended when it arrives points at the clock", async () => {
    const ended = `e30.${Buffer.from('{"exp":1000}').toString("base64url")}.c2ln`;
    const server = await api({ body: ended });
    const error = await apiErrorOf(client(server.url, endpoint).list("campaigns", firstPage, context));
    expect(error).toMatchObject({ kind: "unauthorised", disposition: "fail" });
    expect(error.message).toContain("clock");
  });
});

describe("a 401", () => {
  test("is retried with a new token, and a second one in a row is final", async () => {
    let clock = Date.now();
    const server = await serve(() => ({ status: 401, body: { message: "Invalid audience" } }));
    const { list } = client(server.url, {}, { now: () => (clock += 1000) });
    expect(await apiErrorOf(list("campaigns", firstPage, context))).toMatchObject({
      kind: "unauthorised",
      disposition: "retry",
    });
    const final = await apiErrorOf(list("campaigns", firstPage, context));
    expect(final).toMatchObject({ kind: "unauthorised", disposition: "fail", status: 401 });
    expect(final.message).toMatch(
      /Invalid audience.*KELIO_PRIVATE_KEY.*audience is https:\/\/sandbox\.example\.com.*clock/,
    );
    const [first, second] = server.received.map(({ headers }) => headers.authorization);
    expect(first).not.toBe(second);
    expect(server.received).toHaveLength(2);
  });

  test("counts from the start after a success", async () => {
    const server = await serve(inTurn({ status: 401 }, { body: [] }, { status: 401 }));
    const { list } = client(server.url);
    await errorOf(list("campaigns", firstPage, context));
    await list("campaigns", firstPage, context);
    expect(await apiErrorOf(list("campaigns", firstPage, context))).toMatchObject({ disposition: "retry" });
  });

  test("of a token fetched from the endpoint leads to a new fetch", async () => {
    const others = inTurn({ status: 401 }, { body: [] });
    const server = await serve((request, response) =>
      request.path === "/v2/jwt" ? { body: { token: TOKEN } } : others(request, response),
    );
    const { list } = client(server.url, endpoint);
    const outcomes = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      outcomes.push(
        await list("campaigns", firstPage, context).then(
          () => "done",
          (error: { code: string }) => error.code,
        ),
      );
    }
    expect(outcomes).toEqual(["token_renewed", "api_unauthorised", "token_renewed", "done"]);
  });

  test("tells how far the clocks are apart", async () => {
    const server = await serve(() => ({ status: 401, headers: { date: "Sun, 01 Mar 2026 10:00:00 GMT" } }));
    const now = () => Date.parse("2026-03-01T10:10:00Z");
    const { list } = client(server.url, {}, { now });
    await errorOf(list("campaigns", firstPage, context));
    expect((await apiErrorOf(list("campaigns", firstPage, context))).message).toContain("600 s apart");
  });
});

test("keys that the endpoint does not find, a 404 without a body, are refused keys or a wrong base URL", async () => {
  const server = await api({ status: 404, body: "" });
  const error = await apiErrorOf(client(server.url, { tokenSource: "endpoint" }).list("campaigns", firstPage, context));
  expect(error).toMatchObject({ kind: "unauthorised", disposition: "fail", path: "/jwt", status: 404 });
  expect(error.message).toMatch(/The keys are refused, or KELIO_API_URL is wrong/);
});

test.each([401, 403])("a %d without a body is explained by WWW-Authenticate", async (status) => {
  const challenge = 'Bearer error="invalid_token", error_description="iat is in the future"';
  const server = await serve(() => ({ status, headers: { "www-authenticate": challenge }, body: "" }));
  const { list } = client(server.url);
  // The first 401 says only that the token is renewed.
  await apiErrorOf(list("campaigns", firstPage, context));
  const error = await apiErrorOf(list("campaigns", firstPage, context));
  expect(error.message).toMatch(/invalid_token: iat is in the future/);
});

test("every request accepts JSON and has a User-Agent", async () => {
  const server = await api({ status: 201, body: { jwt: TOKEN } });
  const asking = client(server.url, { tokenSource: "endpoint" });
  await apiErrorOf(asking.list("campaigns", firstPage, context)).catch(() => undefined);
  await asking.list("campaigns", firstPage, context);
  expect(server.received.map(({ path }) => path)).toEqual(["/v2/jwt", "/v2/campaigns"]);
  for (const { headers } of server.received) {
    expect(headers).toMatchObject({
      accept: "application/json",
      "user-agent": expect.stringMatching(/applicant-sync/),
    });
  }
});
