import { describe, expect, onTestFinished, test } from "vitest";
import type { ApiClient, ApiSettings } from "../../src/api/client.ts";
import { hasNext } from "../../src/api/answer/pagination.ts";
import { parseUnit } from "../../src/api/schemas/organisation.ts";
import { parseApplication, parseCampaign } from "../../src/api/schemas/hiring.ts";
import { VARIANTS, type Variants } from "../../src/sandbox/variants.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/server.ts";
import { apiErrorOf, client, context, createLog, errorOf, firstPage } from "./support/client.ts";

const APPLICATIONS = 130;

async function open(variants: Partial<Variants> = {}, options: SandboxOptions = {}): Promise<Sandbox> {
  const size = { campaigns: 12, applications: APPLICATIONS, quota: null };
  const sandbox = await startSandbox({ ...size, variants, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function clientOf(sandbox: Sandbox, settings: Partial<ApiSettings> = {}, log = createLog()): ApiClient {
  const kind = settings.kind ?? "customer";
  const { privateKey = "", secretKey = "" } = sandbox.keys.find((key) => key.kind === kind) ?? {};
  const own = { url: sandbox.url, audience: sandbox.audience, privateKey, secretKey };
  return client("", { ...own, ...settings }, { log });
}

/** Reads a list of applications to its end, as a walk does, and returns their ids and how many pages that needed. */
async function walk(api: ApiClient, embed: readonly string[] = []) {
  const ids: string[] = [];
  let previousReceived: number | null = null;
  for (let page = 1; page <= 100; page += 1) {
    const query = { page, perPage: 50, order: "created_at", sort: "asc", embed } as const;
    const { items, pagination } = await api.list("applications", query, context);
    ids.push(...items.map((item) => parseApplication(item).id));
    if (!hasNext(pagination, { page, perPage: 50, received: items.length, previousReceived }))
      return { ids, pages: page };
    previousReceived = items.length;
  }
  throw new Error("the walk found no end");
}

/** Every combination of some variants. */
function combine(...names: readonly (keyof typeof VARIANTS)[]): Partial<Variants>[] {
  return names.reduce<Partial<Variants>[]>(
    (rows, name) => rows.flatMap((row) => VARIANTS[name].map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}

describe("a list is read to its end", () => {
  const forms = VARIANTS.pagination.filter((form) => form !== "absent" && form !== "unreadable");

  test.each(forms)("and no further, with pagination as %s", async (pagination) => {
    const spellings = [
      ...combine("paginationSeparator", "paginationNames"),
      ...combine("paginationNumbers", "nextOnLast", "total"),
    ];
    for (const spelling of spellings) {
      const sandbox = await open({ pagination, ...spelling });
      const { ids, pages } = await walk(clientOf(sandbox));
      expect({ ...spelling, rows: new Set(ids).size, pages }).toEqual({ ...spelling, rows: APPLICATIONS, pages: 3 });
      await sandbox.close();
    }
  });

  test.each([
    [{ pagination: "absent" }],
    [{ pagination: "unreadable" }],
    [{ pagination: "absent", fixedPageSize: 20 }],
    [{ fixedPageSize: 20 }],
    [{ fixedPageSize: 20, total: "omitted" }],
    ...combine("envelope", "ids").map((row) => [row] as const),
    ...combine("dates", "emptyFields", "relationIds", "listEmbeds").map((row) => [row] as const),
    [{ unknownParameters: "refused" }],
  ] as const)("with %j", async (variants) => {
    const { ids } = await walk(clientOf(await open(variants)), ["applicant"]);
    expect(ids).toHaveLength(APPLICATIONS);
    expect(new Set(ids).size).toBe(APPLICATIONS);
  });

  test("by a jobboard", async () => {
    const { ids } = await walk(clientOf(await open(), { kind: "jobboard" }));
    expect(ids.length).toBeGreaterThan(0);
  });
});

const tokens = combine("jwtAnswer", "jwtStatus", "jwtExpiry").filter(({ jwtAnswer }) => jwtAnswer !== "unknown");

test.each(tokens)("a token is read with %j", async (variants) => {
  const api = clientOf(await open(variants), { tokenSource: "endpoint" });
  expect(await errorOf(api.list("campaigns", firstPage, context))).toMatchObject({ code: "token_renewed" });
  expect((await api.list("campaigns", firstPage, context)).items).toHaveLength(12);
});

test("an answer without a token is abandoned at once", async () => {
  const api = clientOf(await open({ jwtAnswer: "unknown" }), { tokenSource: "endpoint" });
  const error = await apiErrorOf(api.list("campaigns", firstPage, context));
  expect(error).toMatchObject({ kind: "unreadable", disposition: "fail" });
});

test.each(VARIANTS.errorBody)("an error that explains itself by %s is read", async (errorBody) => {
  const error = await apiErrorOf(clientOf(await open({ errorBody })).show("campaigns", "999999999", context));
  expect(error).toMatchObject({ kind: "not-found", status: 404 });
  expect(error.message.length).toBeGreaterThan("GET /campaigns/:id: HTTP 404: ".length);
});

test("the quota's 403 pauses, and one for a missing scope fails", async () => {
  const limited = await open({}, { quota: { limit: 3, window: "rolling" } });
  const log = createLog({ recent: { lastMinute: 4 } });
  const api = clientOf(limited, { requestsPerMinute: 3 }, log);
  for (const page of [1, 2, 3]) await api.list("applications", { page, perPage: 50 }, context);
  expect(await apiErrorOf(api.list("applications", firstPage, context))).toMatchObject({ kind: "quota", status: 403 });

  const narrow = await open();
  const keys = narrow.keys.map((key) => ({ ...key, scopes: ["campaigns_read"] }));
  const refusing = await open({}, { keys });
  const error = await apiErrorOf(clientOf(refusing).probe("applications_read", context));
  expect(error).toMatchObject({ kind: "refused", status: 403, disposition: "fail" });
  expect(error.message).toContain("applications_read");
});

test("wrong keys and a wrong audience are unauthorised at the second attempt", async () => {
  const sandbox = await open();
  for (const wrong of [
    { secretKey: "another-secret" },
    { privateKey: "nobody" },
    { audience: "https://example.com" },
  ]) {
    const api = clientOf(sandbox, wrong);
    expect(await apiErrorOf(api.list("campaigns", firstPage, context))).toMatchObject({ disposition: "retry" });
    const error = await apiErrorOf(api.list("campaigns", firstPage, context));
    expect(error).toMatchObject({ kind: "unauthorised", disposition: "fail" });
  }
});

test("the units of an entity are its own and no other's", async () => {
  const api = clientOf(await open({ relationIds: "shown", envelope: "resource" }));
  const { items } = await api.list("units", { ...firstPage, parent: "2" }, context);
  expect(items.map((item) => parseUnit(item).entity_id)).toEqual(["2", "2", "2"]);
});

test("a campaign shown by its id is the one listed", async () => {
  const api = clientOf(await open());
  const [listed] = (await api.list("campaigns", firstPage, context)).items;
  const { id } = parseCampaign(listed);
  expect(parseCampaign(await api.show("campaigns", id, context, ["address", "tags"]))).toMatchObject({ id });
});
