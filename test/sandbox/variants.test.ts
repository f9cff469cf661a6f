import { describe, expect, test } from "vitest";

import { writePagination } from "../../src/sandbox/requests/pagination.ts";
import { chooseVariants, VARIANTS } from "../../src/sandbox/variants.ts";
import { createRender } from "../../src/sandbox/requests/render.ts";
import { customer, jobboard, objectOf, openSandbox, rowsOf } from "./support.ts";

const FIRST = { page: 1, perPage: 50, total: 130 };
const LAST = { ...FIRST, page: 3 };

describe("X-Pagination", () => {
  test.each([
    ["json", '{"total-count":130,"last-page":3,"current-page":1,"next-page":2}'],
    ["colons", "total-count: 130, last-page: 3, current-page: 1, next-page: 2"],
    ["equals", "total-count=130, last-page=3, current-page=1, next-page=2"],
    ["arrows", '{"total-count"=>130, "last-page"=>3, "current-page"=>1, "next-page"=>2}'],
    ["unreadable", "page 1, see the guide"],
  ] as const)("is one header in the form %s", (pagination, expected) => {
    expect(writePagination(chooseVariants({ pagination }), FIRST)).toEqual({ "X-Pagination": expected });
  });

  test("is one header for each value, or absent", () => {
    expect(writePagination(chooseVariants({ pagination: "headers" }), FIRST)).toEqual({
      "X-Pagination-Total-Count": "130",
      "X-Pagination-Last-Page": "3",
      "X-Pagination-Current-Page": "1",
      "X-Pagination-Next-Page": "2",
    });
    expect(writePagination(chooseVariants({ pagination: "absent" }), FIRST)).toEqual({});
  });

  test("is one header for each value with a bare name, or a Link, which the last page of a list without a total lacks", () => {
    expect(writePagination(chooseVariants({ pagination: "bare" }), FIRST)).toEqual({
      "Total-Count": "130",
      "Last-Page": "3",
      "Current-Page": "1",
      "Next-Page": "2",
    });
    const link = chooseVariants({ pagination: "link", total: "omitted" });
    expect(writePagination(link, FIRST)).toEqual({ Link: expect.stringMatching(/page=2&per_page=50>; rel="next"$/) });
    expect(writePagination(link, LAST)).toEqual({});
  });

  test("may report by a boolean whether this is the last page, and 0 as the last page of an empty list", () => {
    const read = (position: typeof FIRST) =>
      writePagination(chooseVariants({ lastPage: "boolean", lastOfEmpty: 0 }), position)["X-Pagination"];
    expect([read(FIRST), read(LAST)]).toEqual([
      expect.stringContaining('"last-page":false'),
      expect.stringContaining('"last-page":true'),
    ]);
    const empty = writePagination(chooseVariants({ lastOfEmpty: 0 }), { ...FIRST, total: 0 });
    expect(empty["X-Pagination"]).toContain('"last-page":0');
  });

  test("may spell, quote and separate otherwise, and leave the total out", () => {
    const variants = chooseVariants({
      pagination: "equals",
      paginationNames: "camel",
      paginationNumbers: "string",
      paginationSeparator: "semicolon",
      total: "omitted",
    });
    expect(writePagination(variants, FIRST)).toEqual({ "X-Pagination": 'currentPage="1"; nextPage="2"' });
    const underscored = writePagination(chooseVariants({ paginationNames: "underscore" }), FIRST);
    expect(underscored["X-Pagination"]).toContain('"total_count":130');
  });

  test.each([
    ["null", { "next-page": null }],
    ["absent", {}],
    ["empty", { "next-page": "" }],
    ["zero", { "next-page": 0 }],
    ["same", { "next-page": 3 }],
  ] as const)("says on the last page that the next one is %s", (nextOnLast, expected) => {
    const header = writePagination(chooseVariants({ nextOnLast }), LAST)["X-Pagination"] ?? "";
    const { "next-page": next, ...rest } = objectOf(JSON.parse(header));
    expect(next === undefined ? {} : { "next-page": next }).toEqual(expected);
    expect(rest).toEqual({ "total-count": 130, "last-page": 3, "current-page": 3 });
  });
});

describe("lists", () => {
  test("sit bare, under data or under the resource's name", async () => {
    const read = async (envelope: "array" | "data" | "resource") =>
      (await customer(await openSandbox({ variants: { envelope } })).get("/campaigns")).json;
    const bare = await read("array");
    expect(await read("data")).toEqual({ data: bare });
    expect(await read("resource")).toEqual({ campaigns: bare });
  });

  test("may ignore per_page", async () => {
    const { get } = customer(await openSandbox({ variants: { fixedPageSize: 20 } }));
    const reply = await get("/applications?per_page=50");
    expect(rowsOf(reply)).toHaveLength(20);
    expect(reply.headers.get("x-pagination")).toContain('"last-page":12');
  });

  test("may lower per_page silently", async () => {
    const { get } = customer(await openSandbox({ variants: { largestPage: 25 } }));
    expect(rowsOf(await get("/applications?per_page=50"))).toHaveLength(25);
    expect(rowsOf(await get("/applications?per_page=10"))).toHaveLength(10);
  });

  test("after the last are empty, have no content, or are not found", async () => {
    const read = async (emptyPage: "list" | "no-content" | "not-found") => {
      const sandbox = await openSandbox({ applications: 0, variants: { emptyPage } });
      const replies = [1, 2].map((page) => customer(sandbox).get(`/applications?page=${page}`));
      return (await Promise.all(replies)).map(({ status }) => status);
    };
    expect(await read("list")).toEqual([200, 200]);
    expect(await read("no-content")).toEqual([204, 204]);
    expect(await read("not-found")).toEqual([200, 404]);
  });

  test("give comments the ids of another store if the variants say so", async () => {
    const idsOfComments = async (commentIds: "none" | "hex" | "oid") => {
      const { get } = customer(await openSandbox({ variants: { commentIds } }));
      const rows = rowsOf(await get("/applications?embed=comments"));
      return rows
        .flatMap(({ comments }) => (Array.isArray(comments) ? comments : []))
        .map((one) => objectOf(one)["id"]);
    };
    const hex = await idsOfComments("hex");
    expect(hex[0]).toMatch(/^[0-9a-f]{24}$/);
    expect(await idsOfComments("oid")).toEqual(hex.map(($oid) => ({ $oid })));
    expect(await idsOfComments("none")).toEqual(hex.map(() => undefined));
  });

  test("may refuse a page above 50 and parameters that the reference does not name", async () => {
    const { get } = customer(
      await openSandbox({ variants: { overlongPage: "refused", unknownParameters: "refused" } }),
    );
    expect((await get("/applications?per_page=51")).status).toBe(422);
    expect((await get("/applications?updated_since=2026-01-01")).status).toBe(422);
    expect((await get("/applications?per_page=50&embed=tags&source=carriere")).status).toBe(200);
  });

  test("show a jobboard all campaigns or no status if the variants say so", async () => {
    const sandbox = await openSandbox({ variants: { jobboardCampaigns: "all", jobboardStatus: "hidden" } });
    expect(rowsOf(await jobboard(sandbox).get("/jobboards/campaigns"))).toHaveLength(12);
    expect(rowsOf(await jobboard(sandbox).get("/jobboards/applications"))[0]).not.toHaveProperty("status");
  });
});

describe("shows", () => {
  test("may or may not exist", async () => {
    const likeliest = await openSandbox();
    expect((await jobboard(likeliest).get("/jobboards/campaigns/1001")).status).toBe(404);
    expect((await customer(likeliest).get("/applications/100001")).status).toBe(200);
    const other = await openSandbox({ variants: { jobboardShow: "exists", applicationShow: "missing" } });
    expect((await jobboard(other).get("/jobboards/campaigns/1001")).status).toBe(200);
    expect((await customer(other).get("/applications/100001")).status).toBe(404);
  });

  test("may read the end of an e-mail address as a format", async () => {
    const sandbox = await openSandbox({ variants: { emailInPath: "cut-at-dot" } });
    const email = sandbox.data.applicants.all()[0]?.email ?? "";
    expect((await customer(sandbox).get(`/applicants/${encodeURIComponent(email)}`)).status).toBe(404);
  });
});

describe("a path", () => {
  const look = async (
    emailInPath: "cut-at-raw-dot" | "leading-number",
    reference: (id: number, email: string) => string,
  ) => {
    const sandbox = await openSandbox({ variants: { emailInPath } });
    const [row] = sandbox.data.applicants.all();
    return customer(sandbox).get(`/applicants/${reference(row?.id ?? 0, row?.email ?? "")}`);
  };

  test("may be cut at a dot unless it is encoded", async () => {
    expect((await look("cut-at-raw-dot", (_, email) => email)).status).toBe(404);
    expect((await look("cut-at-raw-dot", (_, email) => email.replaceAll(".", "%2E"))).status).toBe(200);
  });

  test("may be read as the number that it begins with, which shows another record", async () => {
    const reply = await look("leading-number", (id) => `${id}abc@example.org`);
    expect([reply.status, objectOf(reply.json)["email"] === undefined]).toEqual([200, false]);
    expect((await look("leading-number", (_, email) => email)).status).toBe(200);
  });
});

describe("values", () => {
  const row = { id: 7, campaign_id: 8, level: 3, created_at: 1_700_000_000_123, status: { date: 0 }, note: null };
  const render = (chosen: Parameters<typeof chooseVariants>[0]) => createRender(chooseVariants(chosen))(row);

  test("are numbers, ISO dates with milliseconds and nulls in the default variant", () => {
    expect(render({})).toEqual({
      ...row,
      created_at: "2023-11-14T22:13:20.123Z",
      status: { date: "1970-01-01T00:00:00.000Z" },
    });
  });

  test("may have ids in quotes, other dates, and no empty fields", () => {
    expect(render({ ids: "string", dates: "seconds", emptyFields: "absent", relationIds: "hidden" })).toEqual({
      id: "7",
      level: 3,
      created_at: "2023-11-14T22:13:20Z",
      status: { date: "1970-01-01T00:00:00Z" },
    });
    expect(render({ dates: "day" })).toMatchObject({ created_at: "2023-11-14" });
  });
});

test.each(VARIANTS.errorBody)("a refusal has its text where the variant %s puts it", async (errorBody) => {
  const bodies: Record<typeof errorBody, unknown> = {
    message: { message: "Resource not found." },
    error: { error: "Resource not found." },
    "error-object": { error: { code: 404, message: "Resource not found." } },
    "errors-text": { errors: "Resource not found." },
    "errors-list": { errors: ["Resource not found."] },
    "errors-map": { errors: { base: ["Resource not found."] } },
    detail: { detail: "Resource not found." },
    text: undefined,
    html: undefined,
    empty: undefined,
    rails: { status: 404, error: "Not Found" },
    challenge: { status: 404, error: "Not Found" },
  };
  const reply = await customer(await openSandbox({ variants: { errorBody } })).get("/nowhere");
  expect(reply.status).toBe(404);
  expect(reply.json).toEqual(bodies[errorBody]);
});
