import { describe, expect, test } from "vitest";
import { apiErrorOf, client, context, createLog, QUIET, firstPage } from "./support/client.ts";
import { serve, type Answer } from "./support/server.ts";

/** The error of a list that got this answer. */
async function errorFor(
  answer: Answer,
  deps: Parameters<typeof client>[2] = {},
  settings: Parameters<typeof client>[1] = {},
) {
  const server = await serve(() => answer);
  const error = await apiErrorOf(client(server.url, settings, deps).list("campaigns", firstPage, context));
  expect(server.received).toHaveLength(1);
  return error;
}

test.each([
  [400, "invalid", "fail"],
  [404, "not-found", "fail"],
  [405, "invalid", "fail"],
  [408, "unreachable", "retry"],
  [409, "invalid", "fail"],
  [410, "not-found", "fail"],
  [422, "invalid", "fail"],
  [429, "unreachable", "retry"],
  [500, "unreachable", "retry"],
  [502, "unreachable", "retry"],
  [503, "unreachable", "retry"],
  [304, "unreadable", "retry"],
])("HTTP %d is %s and leads to %s after one request", async (status, kind, disposition) => {
  expect(await errorFor({ status, body: status === 304 ? "" : { message: "no" } })).toMatchObject({
    kind,
    disposition,
    status,
    sent: true,
    method: "GET",
    path: "/campaigns",
  });
});

const now = () => Date.parse("2026-03-01T10:00:00Z");
test.each([
  ["seconds", "7", 7000],
  ["a date", "Sun, 01 Mar 2026 10:00:09 GMT", 9000],
])("429 with Retry-After in %s waits as long", async (_, header, delayMs) => {
  expect(await errorFor({ status: 429, headers: { "retry-after": header } }, { now })).toMatchObject({ delayMs });
});

test("503 with Retry-After waits as long", async () => {
  expect(await errorFor({ status: 503, headers: { "retry-after": "600000" } })).toMatchObject({ delayMs: 600_000 });
});

describe("403", () => {
  test("near the quota pauses for a full minute", async () => {
    const log = createLog({ recent: { lastMinute: 119 } });
    const error = await errorFor({ status: 403 }, { log });
    expect(error).toMatchObject({ kind: "quota", disposition: "pause", status: 403 });
    expect(error.delayMs).toBeGreaterThanOrEqual(60_000);
    expect(log.rows[0]).toMatchObject({ status: 403, errorKind: "quota" });
  });

  test("far below the quota is a refusal that names the scope", async () => {
    const error = await errorFor({ status: 403, body: { error: "Forbidden" } });
    expect(error).toMatchObject({ kind: "refused", disposition: "fail" });
    expect(error.message).toMatch(/GET \/campaigns: HTTP 403: Forbidden.*campaigns_read.*closed.*another program/);
  });

  test("of requests that were in flight together is one event", async () => {
    const waiting: (() => void)[] = [];
    const server = await serve(async () => {
      await new Promise<void>((resolve) => {
        if (waiting.push(resolve) === 4) for (const release of waiting) release();
      });
      return { status: 403 };
    });
    let refusedInARow = 2;
    const log = createLog();
    const recent = async () => ({
      ...QUIET,
      pathAnswered: true,
      othersAnswered: true,
      refusedInARow: refusedInARow++,
    });
    const api = client(server.url, {}, { log: { ...log, recent } });
    const errors = await Promise.all(
      [1, 2, 3, 4].map((page) => apiErrorOf(api.list("campaigns", { page, perPage: 50 }, context))),
    );
    expect(errors.map(({ kind }) => kind)).toEqual(["quota", "quota", "quota", "quota"]);
  });
});

describe("a redirect", () => {
  test.each([301, 302, 307, 308])("%d to another host is not followed and names it", async (status) => {
    const other = await serve(() => ({ body: [] }));
    const error = await errorFor({ status, headers: { location: `${other.url}/login?for=ann@example.com` } });
    expect(error).toMatchObject({ kind: "unreadable", disposition: "retry" });
    expect(error.message).toContain(`redirect to ${other.url}:`);
    expect(error.message).not.toContain("login");
    expect(other.received).toHaveLength(0);
  });

  test("that points nowhere is unreadable all the same", async () => {
    expect(await errorFor({ status: 302, headers: { location: "http://" } })).toMatchObject({ kind: "unreadable" });
  });
});

test.each([
  ["an HTML page", "<!doctype html><title>Maintenance</title>", /HTML page, Maintenance/],
  ["cut JSON", '[{"id":1,"email":"ann@exam', /not whole JSON/],
  ["JSON without a list", '{"status":"ok"}', /no list/],
])("%s in a success is unreadable", async (_, body, message) => {
  const log = createLog();
  const error = await errorFor({ body }, { log });
  expect(error).toMatchObject({ kind: "unreadable", disposition: "retry", status: 200 });
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain("ann");
  expect(log.rows[0]).toMatchObject({ status: 200, errorKind: "unreadable" });
});

describe("a list", () => {
  const listOf = async (answer: Answer, page: number) => {
    const server = await serve(() => answer);
    return client(server.url).list("campaigns", { ...firstPage, page }, context);
  };

  test.each([
    ["204", { status: 204 }, 1],
    ["an empty body", { body: "" }, 1],
    ["404 behind its first page", { status: 404, body: { status: 404, error: "Not Found" } }, 3],
    ["404 without a body behind its first page", { status: 404, body: "" }, 2],
  ])("has no rows where the answer is %s", async (_, answer, page) => {
    expect(await listOf(answer, page)).toEqual({ items: [], pagination: null });
  });

  test("keeps what the header of an empty answer tells", async () => {
    const headers = { "x-pagination": '{"total-count":300}' };
    expect(await listOf({ headers, body: "" }, 3)).toMatchObject({ items: [], pagination: { total: 300 } });
  });

  test("that answers 404 to its first page is refused or not offered, and never empty", async () => {
    const error = await errorFor({ status: 404, body: { status: 404, error: "Not Found" } });
    expect(error).toMatchObject({ code: "api_list_refused", disposition: "fail", status: 404 });
    expect(error.message).toMatch(/Not Found.*refused or not offered to this key.*campaigns_read/);
  });
});

test("JSON of any content type is read, also with a byte order mark", async () => {
  const server = await serve(() => ({ headers: { "content-type": "text/html" }, body: '\uFEFF\n[{"id":1}]\n' }));
  expect((await client(server.url).list("campaigns", firstPage, context)).items).toEqual([{ id: 1 }]);
});
