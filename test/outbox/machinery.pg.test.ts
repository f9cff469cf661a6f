/** Creations at an API behind common frameworks, proxies and firewalls (section 16 of the reference): each row is a variant of the sandbox. */
import { describe, expect, it } from "vitest";
import type { Variants } from "../../src/sandbox/variants.ts";
import type { SandboxOptions } from "../../src/sandbox/server.ts";
import { useDatabase } from "../support/database.ts";
import { importPeople, type Person } from "../support/imports.ts";
import { statesOf } from "../support/outbox.ts";
import { openOutpost, type Outpost } from "../support/outpost.ts";
import { wrongsOf } from "../support/truth.ts";

const database = useDatabase();
type Chosen = Partial<Variants>;

const WRITES: readonly Chosen[] = [
  { duplicateText: "en" },
  { duplicateText: "fr" },
  { duplicateText: "fr-used" },
  { duplicateText: "es" },
  { duplicateText: "fr", errorBody: "rails" },
  { duplicateText: "fr-used", errorBody: "errors-map" },
  { duplicateText: "es", errorBody: "rails" },
  { duplicateText: "en", errorBody: "challenge" },
  { duplicateText: "fr", errorBody: "text" },
  { duplicateNoticedBy: "database" },
  { duplicateNoticedBy: "database", errorBody: "rails" },
  { duplicateNoticedBy: "database", errorBody: "html" },
  { duplicateNoticedBy: "database", errorBody: "empty" },
  { emailInPath: "cut-at-dot", errorBody: "rails" },
  { emailInPath: "cut-at-raw-dot" },
  { emailInPath: "leading-number" },
  { malformedBody: 400, emptyPage: "no-content" },
  { emptyPage: "no-content", pagination: "link" },
  { largestPage: 20, lastPage: "boolean" },
  { pagination: "bare", commentIds: "oid" },
];
const NAMED = WRITES.map((variants): [string, Chosen] => [JSON.stringify(variants), variants]);

const NEW = "new@example.org";
const THERE = "there@example.org";
const LOST = "lost@example.org";

/** The answer to the creation of somebody is lost although it was done. */
const loseAnswerTo = ({ sandbox }: Outpost, email: string) =>
  sandbox.script.fault(
    { kind: "reset", effect: "after" },
    { method: "POST", where: (_, body) => body.includes(email) },
  );

describe("a customer's people are created once, whoever was there before", () => {
  it.each(NAMED)("where the variant is %s", async (_, variants) => {
    const outpost = await openOutpost({ database: database(), kind: "customer", sandbox: { variants } });
    const { applicants } = outpost.sandbox.data;
    const known = applicants.insert({ email: THERE });
    loseAnswerTo(outpost, LOST);
    await importPeople(outpost, [{ email: NEW }, { email: THERE }, { email: LOST }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "done", "done"]);
    expect(await wrongsOf(outpost, 3)).toEqual([]);
    expect(outpost.sandbox.effects.map(({ email }) => email).toSorted()).toEqual([LOST, NEW]);
    expect(applicants.all().filter(({ email }) => email === THERE)).toEqual([known]);
  });
});

describe("a jobboard's applications are created once, and who cannot be looked up waits for a person", () => {
  it.each(NAMED)("where the variant is %s", async (_, variants) => {
    const outpost = await openOutpost({ database: database(), kind: "jobboard", sandbox: { variants } });
    const { data, effects } = outpost.sandbox;
    const offer = data.campaigns.all().find(({ status }) => status === "online");
    const at = { company_id: offer?.company_id ?? 0, campaign_id: offer?.id ?? 0 };
    data.applicants.insert({ email: THERE, company_id: at.company_id });
    const applied = data.applicants.insert({ email: "applied@example.org", company_id: at.company_id });
    data.applications.insert({ ...at, applicant_id: applied.id });
    loseAnswerTo(outpost, LOST);
    const people = [NEW, THERE, LOST, applied.email].map((email): Person => ({ email, ...at }));
    await importPeople(outpost, people);
    await outpost.settle();
    const states = (await statesOf(outpost)).map((state) => state.split(" ")[0]);
    expect(states).toEqual(["done", "needs_review", "needs_review", "done"]);
    expect(await wrongsOf(outpost, 4)).toEqual([]);
    expect(effects.map(({ kind, email }) => `${kind} ${email}`).toSorted()).toEqual([
      `applicant ${LOST}`,
      `applicant ${NEW}`,
      `application ${NEW}`,
    ]);
  });
});

describe("a person who is looked up before being created", () => {
  const PATHS = ["found", "cut-at-dot", "cut-at-raw-dot", "leading-number"] as const;
  it.each(PATHS.flatMap((emailInPath) => [true, false].map((isThere) => [emailInPath, isThere] as const)))(
    "where the path is read as %s and being there is %s, is never mistaken for another record",
    async (emailInPath, isThere) => {
      const variants = { emailInPath, errorBody: "rails" } as const;
      const outpost = await openOutpost({
        database: database(),
        kind: "customer",
        mirror: "empty",
        sandbox: { variants },
      });
      const { applicants } = outpost.sandbox.data;
      const [other] = applicants.all();
      // Begins with the id of somebody else.
      const email = `${other?.id}.abc@example.org`;
      const own: object = isThere ? applicants.insert({ email }) : { email };
      await importPeople(outpost, [{ email }]);
      await outpost.settle();
      expect(await statesOf(outpost)).toEqual(["done"]);
      expect(await wrongsOf(outpost, 1)).toEqual([]);
      expect(outpost.sandbox.effects).toHaveLength(isThere ? 0 : 1);
      expect(applicants.all().filter((row) => row.email === email)).toMatchObject([own]);
    },
  );
});

describe("what stands before the API", () => {
  /** The first with a resume of this size, the others without one. */
  async function openWithResume(size: number, sandbox: SandboxOptions) {
    const outpost = await openOutpost({ database: database(), kind: "customer", sandbox });
    const people = Array.from({ length: 4 }, (_, n): Person => ({ email: `person-${n}@example.org` }));
    const [first] = await importPeople(outpost, people);
    const bytes = Buffer.alloc(size, 1);
    const resume = { importId: first?.id ?? 0n, type: "pdf", size, sha256: "x", bytes };
    await database().importResume.create({ data: resume });
    return { outpost, importId: resume.importId };
  }

  it.each([
    ["firewall", 20_000],
    ["body-limit", 900_000],
  ] as const)("as a %s holds only the import whose resume is too large", async (barrier, size) => {
    const { outpost } = await openWithResume(size, { variants: { barrier } });
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["held (resume_refused)", "done", "done", "done"]);
    expect(await wrongsOf(outpost, 4)).toEqual([]);
  });

  it.each(["firewall", "body-limit"] as const)("as a %s lets small resumes through", async (barrier) => {
    const { outpost } = await openWithResume(2_000, { variants: { barrier } });
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "done", "done", "done"]);
    expect(outpost.sandbox.effects.find(({ email }) => email === "person-0@example.org")?.resume?.bytes).toBe(2_000);
  });

  it("may drop a resume without a trace: the import is done, and our copy of the file is kept", async () => {
    const { outpost, importId } = await openWithResume(2_000, { variants: { resumes: "dropped" } });
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "done", "done", "done"]);
    expect(await database().importResume.findUnique({ where: { importId } })).toMatchObject({
      size: 2_000,
      erasedAt: null,
    });
  });
});

describe("a 403 that is about the quota and not about the key", () => {
  const MINUTE_MS = 60_000;
  it.each<[string, SandboxOptions]>([
    [
      "clock minutes in which refused calls count",
      { quota: { limit: 5, window: "fixed" }, variants: { errorBody: "challenge" } },
    ],
    [
      "a ban of four minutes",
      { quota: { limit: 5, window: "rolling", banMs: 4 * MINUTE_MS }, variants: { overQuota: "banned" } },
    ],
    [
      "a firewall that counts by address",
      { quota: { limit: 5, window: "rolling" }, variants: { overQuota: "firewall" } },
    ],
  ])("%s: everybody is created once it is over, and nothing is held", async (_, sandbox) => {
    let requests: Outpost["sandbox"]["requests"] = [];
    const refused = () => requests.filter(({ status }) => status === 403).length;
    // Each refusal is waited out for at least a minute.
    const now = () => Date.now() + refused() * MINUTE_MS;
    const outpost = await openOutpost({ database: database(), kind: "customer", sandbox: { ...sandbox, now } });
    requests = outpost.sandbox.requests;
    const answered = { account: outpost.account, method: "POST", path: "/applicants", status: 201 };
    await database().apiRequest.create({ data: answered });
    const people = Array.from({ length: 12 }, (_one, n): Person => ({ email: `person-${n}@example.org` }));
    await importPeople(outpost, people);
    await outpost.settle();
    expect(refused()).toBeGreaterThan(0);
    expect(await statesOf(outpost)).toEqual(people.map(() => "done"));
    expect(await wrongsOf(outpost, people.length)).toEqual([]);
  });
});

it("a body that the API calls malformed is rejected with its reason, and nobody else with it", async () => {
  const variants = { errorBody: "rails", malformedBody: 400 } as const;
  const outpost = await openOutpost({ database: database(), kind: "customer", sandbox: { variants } });
  outpost.sandbox.script.fault(
    { kind: "status", status: 400 },
    { method: "POST", where: (_, body) => body.includes(LOST) },
  );
  await importPeople(outpost, [{ email: NEW }, { email: LOST }]);
  await outpost.settle();
  expect(await statesOf(outpost)).toEqual(["done", "rejected (api_invalid)"]);
  const [, rejected] = await database().applicantImport.findMany({
    where: { account: outpost.account },
    orderBy: { id: "asc" },
  });
  expect(rejected?.reason).toMatch(/HTTP 400: Bad Request/);
});
