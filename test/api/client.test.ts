import { inspect } from "node:util";
import { jwtVerify } from "jose";
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
import { serve } from "./support/server.ts";

describe("list", () => {
  test("asks for one page with a signed token and answers items and pagination", async () => {
    const pagination = { "x-pagination": '{"total-count":2,"current-page":1,"next-page":null,"last-page":1}' };
    const server = await serve(() => ({ headers: pagination, body: [{ id: 1 }, { id: 2 }] }));
    const query = { ...firstPage, order: "created_at", sort: "desc", embed: ["applicant", "tags"] } as const;
    const filters = { "status[value]": "interview", "status[date][gte]": "2026-01-01" };

    expect(await client(server.url).list("applications", { ...query, filters }, context)).toEqual({
      items: [{ id: 1 }, { id: 2 }],
      pagination: { total: 2, currentPage: 1, nextPage: null, lastPage: 1 },
    });
    expect(server.received).toHaveLength(1);
    const [request] = server.received;
    expect(request).toMatchObject({ method: "GET", path: "/v2/applications" });
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      page: "1",
      per_page: "50",
      order: "created_at",
      sort: "desc",
      embed: "applicant,tags",
      ...filters,
    });
    const [scheme, token = ""] = (request?.headers.authorization ?? "").split(" ");
    expect(scheme).toBe("Bearer");
    await expect(
      jwtVerify(token, new TextEncoder().encode(SECRET_KEY), { issuer: PRIVATE_KEY }),
    ).resolves.toBeDefined();
  });

  test("sends no parameter that was not asked for", async () => {
    const server = await serve(() => ({ body: [] }));
    await client(server.url).list("campaigns", firstPage, context);
    expect([...(server.received[0]?.query.keys() ?? [])]).toEqual(["page", "per_page"]);
  });

  test("of a jobboard has its own prefix and two resources", async () => {
    const server = await serve(() => ({ body: [] }));
    const api = client(server.url, { kind: "jobboard" });
    await api.list("campaigns", firstPage, context);
    expect(server.received[0]?.path).toBe("/v2/jobboards/campaigns");
    expect(await errorOf(api.list("applicants", firstPage, context))).toMatchObject({ disposition: "fail" });
    expect(await errorOf(api.show("campaigns", "1", context))).toMatchObject({ disposition: "fail" });
    expect(server.received).toHaveLength(1);
  });

  test("of units is nested in that of an entity, and logged as a template", async () => {
    const log = createLog();
    const server = await serve(() => ({ body: { units: [{ id: 11 }], meta: [] } }));
    const api = client(server.url, {}, { log });
    expect((await api.list("units", { ...firstPage, parent: "7" }, context)).items).toEqual([{ id: 11 }]);
    expect(server.received[0]?.path).toBe("/v2/entities/7/units");
    expect([...(server.received[0]?.query.keys() ?? [])]).toEqual(["page", "per_page"]);
    expect(log.rows[0]?.path).toBe("/entities/:id/units");
  });

  test("with a parent where there is none, or without one where there is, sends nothing", async () => {
    const server = await serve(() => ({ body: [] }));
    const api = client(server.url);
    const calls = [
      api.list("units", firstPage, context),
      api.list("units", { ...firstPage, parent: ".." }, context),
      api.list("entities", { ...firstPage, parent: "7" }, context),
    ];
    for (const call of calls) expect(await errorOf(call)).toMatchObject({ code: "api_query", disposition: "fail" });
    expect(server.received).toHaveLength(0);
  });

  test("uses the connection again", async () => {
    const server = await serve(() => ({ body: [] }));
    const api = client(server.url);
    await api.list("campaigns", firstPage, context);
    await api.list("campaigns", { page: 2, perPage: 50 }, context);
    expect(new Set(server.received.map(({ port }) => port)).size).toBe(1);
  });

  test.each([0, 51, 1.5])("never asks for %d rows a page", async (perPage) => {
    const server = await serve(() => ({ body: [] }));
    const call = client(server.url).list("campaigns", { page: 1, perPage }, context);
    expect(await errorOf(call)).toMatchObject({ code: "api_query", disposition: "fail" });
    expect(server.received).toHaveLength(0);
  });
});

describe("show", () => {
  test.each([
    ["another id", { id: 12 }, "120"],
    ["an id that begins with the one asked for", { id: 1234 }, "123"],
    ["no number for an id", { id: "12abc" }, "12"],
  ])("accepts no record with %s than was asked for", async (_, body, id) => {
    const server = await serve(() => ({ body }));
    await expect(client(server.url).show("applicants", id, context)).rejects.toMatchObject({
      code: "api_other_record",
      disposition: "fail",
    });
  });

  test("accepts a record whose id is text", async () => {
    const server = await serve(() => ({ body: { id: "0012" } }));
    expect(await client(server.url).show("applicants", "12", context)).toEqual({ id: "0012" });
  });

  test("encodes an e-mail fully, dots too, and logs the template", async () => {
    const log = createLog();
    const server = await serve(() => ({ body: { applicant: { id: 9 } } }));
    const api = client(server.url, {}, { log });
    expect(await api.show("applicants", "ann.lee+a/b@example.com", context, ["pools"])).toEqual({ id: 9 });
    expect(server.received[0]?.path).toBe("/v2/applicants/ann%2Elee%2Ba%2Fb%40example%2Ecom");
    expect(server.received[0]?.query.get("embed")).toBe("pools");
    expect(log.rows[0]?.path).toBe("/applicants/:id");
  });

  test.each(["", ".", ".."])("refuses the id '%s', which would name another path", async (id) => {
    const server = await serve(() => ({ body: {} }));
    expect(await errorOf(client(server.url).show("applicants", id, context))).toMatchObject({ code: "api_query" });
    expect(server.received).toHaveLength(0);
  });

  test("of an unknown id is not-found", async () => {
    const server = await serve(() => ({ status: 404, body: { message: "Resource not found." } }));
    expect(await apiErrorOf(client(server.url).show("campaigns", "7", context))).toMatchObject({
      kind: "not-found",
      status: 404,
      disposition: "fail",
      message: "GET /campaigns/:id: HTTP 404: Resource not found.",
    });
  });
});

describe("probe", () => {
  test.each([
    ["campaigns_read", "/v2/campaigns"],
    ["managers_read", "/v2/managers"],
  ])("of %s asks %s for one row", async (scope, path) => {
    const server = await serve(() => ({ body: [] }));
    await client(server.url).probe(scope, context);
    expect(server.received.map((request) => request.path)).toEqual([path]);
    expect(server.received[0]?.query.get("per_page")).toBe("1");
  });

  test.each([
    ["applicants_write", "not_probed"],
    ["applications_write", "not_offered"],
    ["everything", "not_offered"],
  ])("of %s sends nothing", async (scope, code) => {
    const server = await serve(() => ({ body: [] }));
    expect(await errorOf(client(server.url).probe(scope, context))).toMatchObject({ code });
    expect(server.received).toHaveLength(0);
  });
});

describe("the request log", () => {
  test("has one row for each request with what came of it and no query", async () => {
    const log = createLog();
    const server = await serve(({ path }) => (path.endsWith("campaigns") ? { body: [{ id: 1 }] } : { status: 500 }));
    const api = client(server.url, {}, { log });
    await api.list("campaigns", firstPage, { job: "job-1" });
    await errorOf(api.list("applications", firstPage, context));
    expect(log.rows).toEqual([
      { method: "GET", path: "/campaigns", job: "job-1", creates: false, status: 200, bytes: 10, errorKind: null },
      {
        method: "GET",
        path: "/applications",
        job: null,
        creates: false,
        status: 500,
        bytes: 2,
        errorKind: "unreachable",
      },
    ]);
  });

  test("that finds the minute full keeps the request back", async () => {
    const server = await serve(() => ({ body: [] }));
    const api = client(server.url, {}, { log: createLog({ waitMs: 1234 }) });
    expect(await apiErrorOf(api.list("campaigns", firstPage, context))).toMatchObject({
      kind: "quota",
      disposition: "pause",
      delayMs: 1234,
      status: null,
      sent: false,
    });
    expect(server.received).toHaveLength(0);
  });

  test("that cannot be closed does not lose the answer", async () => {
    const server = await serve(() => ({ body: [{ id: 1 }] }));
    const log = { ...createLog(), close: () => Promise.reject(new Error("the database is gone")) };
    const answer = await client(server.url, {}, { log }).list("campaigns", firstPage, context);
    expect(answer.items).toHaveLength(1);
  });
});

test("no error shows a key, the token or a value of the request", async () => {
  const server = await serve((request, response) => {
    if (request.query.get("status") === "reset") response.socket?.destroy();
    else return { status: 422, body: { message: `bad ${request.headers.authorization} from ${PRIVATE_KEY}` } };
    return undefined;
  });
  const api = client(server.url);
  const search = (status: string) => ({ ...firstPage, filters: { status, keywords: "ann@example.com" } });
  for (const status of ["reset", "echo"]) {
    const error = await apiErrorOf(api.list("campaigns", search(status), context));
    const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
    for (const secret of [PRIVATE_KEY, SECRET_KEY, "eyJ", "ann@", "ann%40"]) expect(shown).not.toContain(secret);
  }
});
