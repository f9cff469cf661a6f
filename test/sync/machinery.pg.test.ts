/** The lists of an API behind common frameworks, proxies and firewalls (section 16 of the reference): each row is a variant of the sandbox. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/database/client.ts";
import type { AccountKind } from "../../src/api/kelio.ts";
import { KEY_SCOPES, WELL_KNOWN_KEYS } from "../../src/sandbox/requests/keys.ts";
import type { Variants } from "../../src/sandbox/variants.ts";
import type { ResourceName } from "../../src/sync/resources.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { openWorld, type WorldOptions } from "../support/world.ts";

/** Two full pages and a part, or two of which the second is the last. */
const ROWS: Readonly<Record<AccountKind, number>> = { customer: 120, jobboard: 100 };
const RESOURCES: Readonly<Record<AccountKind, readonly ResourceName[]>> = {
  customer: ["campaigns", "applications", "applicants", "managers", "entities", "units"],
  jobboard: ["campaigns", "applications"],
};
const KINDS = ["customer", "jobboard"] as const;

type Chosen = Partial<Variants>;

const READ_WHOLE: readonly Chosen[] = [
  { nextOnLast: "null" },
  { lastPage: "boolean" },
  { lastPage: "boolean", nextOnLast: "absent" },
  { lastPage: "boolean", nextOnLast: "same" },
  { lastPage: "boolean", paginationNumbers: "string", paginationNames: "underscore" },
  { pagination: "arrows" },
  { pagination: "arrows", lastPage: "boolean" },
  { pagination: "bare" },
  { pagination: "bare", lastPage: "boolean" },
  { pagination: "bare", total: "omitted" },
  { pagination: "link" },
  { pagination: "link", total: "omitted" },
  { emptyPage: "no-content" },
  { pagination: "absent", emptyPage: "no-content" },
  { pagination: "absent", emptyPage: "not-found" },
  { pagination: "unreadable", emptyPage: "not-found", errorBody: "rails" },
  { largestPage: 25 },
  { largestPage: 20 },
  { largestPage: 20, pagination: "arrows", lastPage: "boolean" },
  { largestPage: 20, pagination: "absent" },
  { largestPage: 25, pagination: "absent", emptyPage: "not-found" },
  { largestPage: 20, total: "omitted" },
  { commentIds: "hex" },
  { commentIds: "oid" },
];

let shared: TestDatabase;
beforeAll(async () => {
  shared = await createTestDatabase();
});
afterAll(() => shared.drop());

const open = (options: WorldOptions) => openWorld({ databaseUrl: shared.url, ...options });

const cases = (all: readonly Chosen[]) =>
  all.flatMap((variants) =>
    KINDS.map((kind): [string, AccountKind, Chosen] => [JSON.stringify(variants), kind, variants]),
  );

describe("a full sync mirrors every row and proves it", () => {
  it.each(cases(READ_WHOLE))("where the variant is %s, for a %s", async (_, kind, variants) => {
    const world = await open({ kind, sandbox: { applications: ROWS[kind], variants } });
    const runs = await world.sync(RESOURCES[kind]);
    expect(runs.map(({ resource, state }) => `${resource} ${state}`)).toEqual(
      RESOURCES[kind]
        .map((resource) => `${resource} proven`)
        .toSorted()
        .toReversed(),
    );
    expect(await world.mirror()).toEqual(world.source(RESOURCES[kind]));
    expect(await world.database.quarantine.count({ where: { account: world.account } })).toBe(0);
  });
});

describe("an empty list is proven to be empty", () => {
  const empty: readonly Chosen[] = [
    { lastOfEmpty: 0 },
    { lastOfEmpty: 0, lastPage: "boolean" },
    { lastOfEmpty: 0, pagination: "arrows" },
    { lastOfEmpty: 0, pagination: "bare" },
    { pagination: "link" },
    { emptyPage: "no-content" },
    { pagination: "absent", emptyPage: "no-content" },
  ];
  it.each(cases(empty))("where the variant is %s, for a %s", async (_, kind, variants) => {
    const world = await open({ kind, sandbox: { applications: 0, variants } });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 0 }]);
    expect(world.requestsFor("applications").length).toBeLessThanOrEqual(2);
  });
});

describe("a list that grows shorter while it is read", () => {
  it.each<[string, Chosen]>([
    ["tells of a current page above the last one", {}],
    ["tells so with a boolean", { lastPage: "boolean" }],
    ["answers 204", { emptyPage: "no-content" }],
    ["answers 404", { pagination: "absent", emptyPage: "not-found" }],
  ])("%s behind its end, and every row that lived through the run is mirrored", async (_, variants) => {
    const world = await open({ sandbox: { applications: 120, variants } });
    const onPageThree = ({ query }: { readonly query: Readonly<Record<string, string>> }) => query["page"] === "3";
    world.sandbox.script.before({ path: "/applications", where: onPageThree }, ({ applications }) => {
      for (const id of applications.ids().slice(0, 40)) applications.remove(id);
    });
    await world.sync("applications");
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "proven", rows: 80 });
    const alive = { account: world.account, deleted_at: null };
    const left = world.sandbox.data.applications.all().map(({ id }) => BigInt(id));
    expect(await world.database.application.count({ where: { ...alive, id: { in: left } } })).toBe(80);
  });
});

describe("a key without the scope of a list", () => {
  const withoutScope = (kind: AccountKind) =>
    WELL_KNOWN_KEYS.map((key) => ({
      ...key,
      scopes: KEY_SCOPES[key.kind].filter((scope) => scope !== "applications_read"),
    })).filter((key) => key.kind === kind);

  it.each(
    KINDS.flatMap((kind) =>
      (["rails", "empty", "html", "challenge"] as const).map((errorBody) => [kind, errorBody] as const),
    ),
  )("reads a %s's 404 with the body %s as a refused list, never as an empty one", async (kind, errorBody) => {
    const sandbox = { keys: withoutScope(kind), variants: { scopeStatus: 404, errorBody } } as const;
    const world = await open({ kind, sandbox });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "failed", error: { code: "api_list_refused" } });
    expect(run?.error?.message).toMatch(/applications_read/);
  });

  it.each(KINDS)("learns the cause from WWW-Authenticate where a %s's 403 has no body", async (kind) => {
    const sandbox = { keys: withoutScope(kind), variants: { errorBody: "challenge" } } as const;
    const [run] = await (await open({ kind, sandbox })).sync("applications");
    expect(run).toMatchObject({ state: "failed", error: { code: "api_refused" } });
    expect(run?.error?.message).toMatch(/insufficient_scope.*applications_read/);
  });
});

describe("a ban in the middle of a sync", () => {
  it("is waited out, also by a list that nobody has read before, and every run is proven", async () => {
    let requests: Sandbox["requests"] = [];
    // Each refusal is waited out, half a ban at a time by the clock of the API.
    const now = () => Date.now() + requests.filter(({ status }) => status === 403).length * 150_000;
    const quota = { limit: 5, window: "rolling", banMs: 240_000 } as const;
    const world = await openWorld({ sandbox: { quota, now, variants: { overQuota: "banned" } } });
    requests = world.sandbox.requests;
    await letPausesPass(world.database);
    const runs = await world.sync(["campaigns", "applications", "applicants"]);
    expect(runs.map(({ state, error }) => ({ state, error }))).toEqual(
      Array.from({ length: 3 }, () => ({ state: "proven", error: null })),
    );
    const refused = requests.filter(({ status }) => status === 403);
    expect(refused.length).toBeGreaterThan(1);
  });
});

/** Has a pause of this database be over, a quarter of an hour ago, as soon as it is recorded. */
async function letPausesPass(database: Database): Promise<void> {
  await database.$executeRaw`alter function public.note_api_refusal(text, bigint) rename to note_api_refusal_now`;
  await database.$executeRaw`
    create function public.note_api_refusal(text, bigint) returns integer language plpgsql as $$
    begin
      perform public.note_api_refusal_now($1, $2);
      update public.api_pause set noted_at = noted_at - interval '15 minutes', until = until - interval '15 minutes'
        where account = $1 and until > clock_timestamp();
      return 1;
    end $$`;
}

describe("a token", () => {
  it.each(["sign", "endpoint"])(
    "from %s is accepted by a server without leeway for clocks",
    async (KELIO_TOKEN_SOURCE) => {
      const variants = { futureTokens: "refused", jwtAnswer: "jwt", jwtStatus: 201 } as const;
      const world = await open({ env: { KELIO_TOKEN_SOURCE }, sandbox: { applications: 60, variants } });
      expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 60 }]);
    },
  );

  it("is refused with an empty 404 where the keys are unknown, and the run says that it is the keys", async () => {
    const env = { KELIO_TOKEN_SOURCE: "endpoint", KELIO_SECRET_KEY: "nobodysSecret000000000001" };
    const world = await open({ env, sandbox: { variants: { refusedKeys: 404 } } });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "failed", error: { code: "api_unauthorised" } });
    expect(run?.error?.message).toMatch(/keys are refused, or KELIO_API_URL is wrong.*KELIO_SECRET_KEY/);
  });

  it.each(["empty", "challenge", "rails"] as const)(
    "of a wrong key is refused with 401 and the body %s, and the run names the settings",
    async (errorBody) => {
      const env = { KELIO_TOKEN_SOURCE: "sign", KELIO_SECRET_KEY: "nobodysSecret000000000001" };
      const world = await open({ env, sandbox: { variants: { errorBody } } });
      const [run] = await world.sync("applications");
      expect(run).toMatchObject({ state: "failed", error: { code: "api_unauthorised" } });
      expect(run?.error?.message).toMatch(/KELIO_SECRET_KEY/);
    },
  );
});
