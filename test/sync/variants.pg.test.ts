import { describe, expect, it } from "vitest";
import { VARIANTS, type Variants } from "../../src/sandbox/variants.ts";
import { openWorld } from "../support/world.ts";

const APPLICATIONS = 130;
const PAGES = 3;
const HEAD = 1;

type Chosen = Partial<Variants>;

const each = (name: keyof typeof VARIANTS): readonly Chosen[] => VARIANTS[name].map((value) => ({ [name]: value }));

function nameOf(chosen: Chosen): string {
  return Object.entries(chosen)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

const named = (all: readonly Chosen[]): readonly (readonly [string, Chosen])[] =>
  all.map((chosen) => [nameOf(chosen), chosen]);

const reported: readonly Chosen[] = [
  ...each("pagination").filter(({ pagination }) => pagination !== "absent" && pagination !== "unreadable"),
  ...(["colons", "equals", "arrows"] as const).map((pagination): Chosen => ({
    pagination,
    paginationSeparator: "semicolon",
    paginationNames: "underscore",
    paginationNumbers: "string",
  })),
  ...each("paginationNames"),
  ...each("paginationNumbers"),
  ...each("nextOnLast"),
  ...each("total"),
];

const shapes: readonly Chosen[] = [
  ...each("envelope"),
  ...each("ids"),
  ...each("dates"),
  ...each("emptyFields"),
  ...each("relationIds"),
  ...each("listEmbeds"),
  ...each("unknownParameters"),
];

describe("a sync reads the whole list with one request a page, whatever the pagination looks like", () => {
  it.each(named(reported))("%s", async (_, variants) => {
    const world = await openWorld({ sandbox: { applications: APPLICATIONS, variants } });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: APPLICATIONS }]);
    expect(world.requestsFor("applications")).toHaveLength(PAGES + HEAD);
  });
});

describe("a sync finds the end of a list that tells nothing about its pages", () => {
  const silent: readonly Chosen[] = [{ pagination: "absent" }, { pagination: "unreadable" }];

  it.each(named(silent))("%s", async (_, variants) => {
    const world = await openWorld({ sandbox: { applications: APPLICATIONS, variants } });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: APPLICATIONS, total: null }]);
    expect(world.requestsFor("applications")).toHaveLength(PAGES + HEAD);
  });

  it("that ends with a full page, by the empty page behind it", async () => {
    const world = await openWorld({ sandbox: { applications: 100, variants: { pagination: "absent" } } });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 100 }]);
    expect(world.requestsFor("applications")).toHaveLength(2 + 1 + HEAD);
  });
});

describe("a sync reads the whole list of an API that ignores the size of page asked for", () => {
  const sizes: readonly Chosen[] = [20, 100].flatMap((fixedPageSize): Chosen[] => [
    { fixedPageSize },
    { fixedPageSize, pagination: "absent" },
    { fixedPageSize, total: "omitted" },
  ]);

  it.each(named(sizes))("%s, and proves it only by a total", async (_, variants) => {
    const world = await openWorld({ sandbox: { applications: APPLICATIONS, variants } });
    const tellsTotal = variants.pagination === undefined && variants.total === undefined;
    const state = tellsTotal ? "proven" : "unproven";
    expect(await world.sync("applications")).toMatchObject([{ state, rows: APPLICATIONS }]);
  });
});

describe("the mirror holds what the API tells, in whatever shape it tells it", () => {
  it.each(named(shapes))("%s", async (_, variants) => {
    // What a list leaves out is not asked for row by row: that is tried elsewhere.
    const env = { DETAIL_REQUESTS_PER_RUN: "0" };
    const world = await openWorld({ env, sandbox: { applications: APPLICATIONS, variants } });
    await world.sync();
    expect(await world.mirror()).toEqual(world.source());
  });

  it.each(named([...each("jobboardCampaigns"), ...each("jobboardStatus")]))(
    "%s, to a jobboard",
    async (_, variants) => {
      const world = await openWorld({ kind: "jobboard", sandbox: { applications: APPLICATIONS, variants } });
      await world.sync();
      expect(await world.mirror()).toEqual(world.source());
    },
  );
});

describe("a token comes from the endpoint in whatever form it has", () => {
  const forms: readonly Chosen[] = [
    ...each("jwtAnswer").filter(({ jwtAnswer }) => jwtAnswer !== "unknown"),
    { jwtStatus: 201 },
    { jwtExpiry: "silent" },
  ];
  const byEndpoint = { KELIO_TOKEN_SOURCE: "endpoint" };

  it.each(named(forms))("%s", async (_, variants) => {
    const world = await openWorld({ env: byEndpoint, sandbox: { applications: 60, variants } });
    expect(await world.sync("applications")).toMatchObject([{ state: "proven", rows: 60 }]);
    expect(world.sandbox.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /jwt",
      ...Array.from({ length: 3 }, () => "GET /applications"),
    ]);
  });

  it("and where no token is found, the run fails and names the fields that came, without their values", async () => {
    const world = await openWorld({ env: byEndpoint, sandbox: { variants: { jwtAnswer: "unknown" } } });
    const [run] = await world.sync("applications");
    expect(run).toMatchObject({ state: "failed", error: { code: "api_unreadable" } });
    expect(run?.error?.message).toMatch(/credentials/);
    expect(run?.error?.message).toMatch(/KELIO_TOKEN_SOURCE=sign/);
    expect(run?.error?.message).not.toMatch(/eyJ/);
    expect(world.sandbox.requests).toHaveLength(1);
  });
});
