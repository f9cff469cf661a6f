import { describe, expect, it } from "vitest";
import { releaseAll, releaseImport, releaseOffer } from "../../src/outbox/operations/hold.ts";
import { WELL_KNOWN_KEYS } from "../../src/sandbox/requests/keys.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople, type Person } from "../support/imports.ts";
import { openOutpost, type Outpost, type OutpostOptions } from "../support/outpost.ts";
import { letAnHourPass } from "../support/quiet.ts";
import { wrongsOf } from "../support/truth.ts";

const database = useDatabase();
const BIG = 40_000;

async function statesOf({ account }: Outpost): Promise<readonly string[]> {
  const rows = await database().applicantImport.findMany({ where: { account }, orderBy: { id: "asc" } });
  return rows.map(({ state, reasonCode }) => (state === "held" ? `held (${reasonCode})` : state));
}

const isHeld = async ({ account }: Outpost): Promise<boolean> =>
  (await database().importControl.findUnique({ where: { account } }))?.held ?? false;

const reasonOf = async ({ account }: Outpost) =>
  (await database().importControl.findUnique({ where: { account } }))?.heldReason ?? null;

const posts = ({ sandbox }: Outpost, path: string): number =>
  sandbox.requests.filter((one) => one.method === "POST" && one.path.endsWith(path)).length;

/** The maintenance task and the jobs it enqueues, without letting any time pass. */
async function work(outpost: Outpost): Promise<void> {
  await outpost.outbox.reconcilePending();
  await outpost.drain();
}

/** Two offers of one company, and people who apply to each in turn. */
async function openJobboard(people: number, options: Partial<OutpostOptions> = {}) {
  const outpost = await openOutpost({ database: database(), kind: "jobboard", ...options });
  const online = outpost.sandbox.data.campaigns.all().filter(({ status }) => status === "online");
  const company = online[0]?.company_id;
  const offers = online.filter(({ company_id: id }) => id === company).map(({ id }) => id);
  const [first = 0, second = 0] = offers;
  const imported = await importPeople(
    outpost,
    Array.from({ length: people }, (_, n): Person => ({
      email: `person-${n}@example.org`,
      company_id: company,
      campaign_id: n % 2 === 0 ? first : second,
    })),
  );
  return { outpost, first, second, ids: imported.map(({ id }) => id) };
}

const forbid = ({ sandbox }: Outpost, campaign: number | null, times = Infinity) =>
  sandbox.script.fault(
    { kind: "status", status: 403 },
    {
      method: "POST",
      path: "/jobboards/applications",
      times,
      where: (_, body) => campaign === null || body.includes(`"campaign_id":${campaign}`),
    },
  );

describe("an offer that the API refuses with a 403", () => {
  it("holds the imports of that offer, and nothing else", async () => {
    const { outpost, first } = await openJobboard(8);
    forbid(outpost, first);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(Array.from({ length: 4 }, () => ["held (offer_refused)", "done"]).flat());
    expect(await isHeld(outpost)).toBe(false);
    expect(await wrongsOf(outpost, 8)).toEqual([]);
  });

  it("is tried only a few times, however many imports name it", async () => {
    const { outpost, first } = await openJobboard(40);
    forbid(outpost, first);
    await outpost.settle();
    const refused = outpost.sandbox.requests.filter(({ status }) => status === 403).length;
    expect(refused).toBeLessThanOrEqual(12);
    expect((await statesOf(outpost)).filter((state) => state === "done")).toHaveLength(20);
  });

  it("keeps applicants from being created for it once it is known to be refused", async () => {
    const { outpost, first } = await openJobboard(2);
    forbid(outpost, first);
    await outpost.settle();
    const created = posts(outpost, "/applicants");
    const company = outpost.sandbox.data.campaigns.get(first)?.company_id;
    await importPeople(outpost, [{ email: "late@example.org", company_id: company, campaign_id: first }]);
    await outpost.settle();
    expect((await statesOf(outpost)).at(-1)).toBe("held (offer_refused)");
    expect(posts(outpost, "/applicants")).toBe(created);
  });

  it("is released with all its imports, or for one of them", async () => {
    const { outpost, first, ids } = await openJobboard(6);
    const rule = forbid(outpost, first);
    await outpost.settle();
    rule.cancel();
    const deps = { database: database(), account: outpost.account, by: PERSON };
    // One that waits. The one that was refused may be any of the three, and would release the others once it is sent.
    const where = { account: outpost.account, state: "held", refusals: 0 };
    const { id: waiting } = await database().applicantImport.findFirstOrThrow({ where });
    expect(await releaseImport(deps, waiting)).toMatchObject({ isDone: true });
    await outpost.settle();
    const isSent = (id: bigint, n: number): boolean => n % 2 === 1 || id === waiting;
    expect(await statesOf(outpost)).toEqual(ids.map((id, n) => (isSent(id, n) ? "done" : "held (offer_refused)")));
    expect(await releaseOffer(deps, BigInt(first))).toBe(2);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(Array.from({ length: 6 }, () => "done"));
    expect(await wrongsOf(outpost, 6)).toEqual([]);
  });

  it("is tried again without a person after one refusal, because another program may have used up the quota", async () => {
    const { outpost, first } = await openJobboard(6);
    forbid(outpost, first, 1);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(Array.from({ length: 6 }, () => "done"));
    expect(await wrongsOf(outpost, 6)).toEqual([]);
  });

  it("holds the account once another offer is refused too, and names the scope", async () => {
    const keys = WELL_KNOWN_KEYS.map((key) => ({
      ...key,
      scopes: key.scopes.filter((scope) => scope !== "applications_write"),
    }));
    const { outpost } = await openJobboard(6, { sandbox: { keys } });
    await outpost.settle();
    expect(await isHeld(outpost)).toBe(true);
    expect(await reasonOf(outpost)).toMatch(/POST \/jobboards\/applications.*403.*applications_write/);
    expect(outpost.sandbox.requests.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(8);
  });
});

/** Customers with resumes of these sizes, null: none. */
async function openWithResumes(sizes: readonly (number | null)[], options: Partial<OutpostOptions> = {}) {
  const outpost = await openOutpost({ database: database(), kind: "customer", ...options });
  const people = sizes.map((_, n) => ({ email: `person-${n}@example.org` }));
  const ids = (await importPeople(outpost, people)).map(({ id }) => id);
  for (const [n, size] of sizes.entries()) {
    if (size === null) continue;
    const bytes = Buffer.alloc(size, 1);
    await database().importResume.create({
      data: { importId: ids[n] ?? 0n, type: "pdf", size, sha256: "x", bytes },
    });
  }
  return { outpost, ids, deps: { database: database(), account: outpost.account, by: PERSON } };
}

const forbidLarge = ({ sandbox }: Outpost, status: number, limit: number) =>
  sandbox.script.fault(
    { kind: "status", status },
    { method: "POST", times: Infinity, where: (_, body) => body.length > limit },
  );

describe.each([403, 413])("a resume that is too large for the API, which it says with %i", (status) => {
  it("holds only that import, and the others are sent", async () => {
    const { outpost } = await openWithResumes([null, BIG, null, 1_000, null]);
    forbidLarge(outpost, status, 8_192);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "held (resume_refused)", "done", "done", "done"]);
    expect(await isHeld(outpost)).toBe(false);
    expect(await wrongsOf(outpost, 5)).toEqual([]);
  });

  it("holds nothing else if it is the first creation and reads were answered", async () => {
    const { outpost } = await openWithResumes([BIG, null, null]);
    await database().apiRequest.create({
      data: { account: outpost.account, method: "GET", path: "/campaigns", status: 200, durationMs: 1 },
    });
    forbidLarge(outpost, status, 8_192);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["held (resume_refused)", "done", "done"]);
    expect(await isHeld(outpost)).toBe(false);
  });

  it("is sent without its resume once a person decides so, and the decision is recorded", async () => {
    const { outpost, ids, deps } = await openWithResumes([null, BIG]);
    forbidLarge(outpost, status, 8_192);
    await outpost.settle();
    const said = await releaseImport(deps, ids[1] ?? 0n, true);
    expect(said).toMatchObject({ isDone: true, message: expect.stringMatching(/without its resume/) });
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "done"]);
    const effects = outpost.sandbox.effects.filter(({ email }) => email === "person-1@example.org");
    expect(effects).toMatchObject([{ kind: "applicant", outcome: "created", resume: null }]);
    const events = await database().importEvent.findMany({ where: { importId: ids[1] ?? 0n } });
    expect(events.map(({ reason }) => reason)).toContain("A person decided to send it without its resume.");
    expect(await database().importResume.findUnique({ where: { importId: ids[1] ?? 0n } })).not.toBeNull();
  });

  it("is tried again with its resume where a person releases it as it is", async () => {
    const { outpost, ids, deps } = await openWithResumes([null, BIG]);
    const rule = forbidLarge(outpost, status, 8_192);
    await outpost.settle();
    rule.cancel();
    await releaseImport(deps, ids[1] ?? 0n);
    await outpost.settle();
    expect(outpost.sandbox.effects.find(({ email }) => email === "person-1@example.org")?.resume?.bytes).toBe(BIG);
  });

  it("is remembered: an import whose resume is no smaller is held unsent, and keeps its resume", async () => {
    const { outpost } = await openWithResumes([null, BIG]);
    forbidLarge(outpost, status, 8_192);
    await outpost.settle();
    const asked = posts(outpost, "/applicants");
    const [late] = await importPeople(outpost, [{ email: "late@example.org" }]);
    await database().importResume.create({
      data: { importId: late?.id ?? 0n, type: "pdf", size: BIG + 1, sha256: "x", bytes: Buffer.alloc(BIG + 1, 1) },
    });
    await outpost.settle();
    expect((await statesOf(outpost)).at(-1)).toBe("held (resume_refused)");
    expect(posts(outpost, "/applicants")).toBe(asked);
  });
});

describe("a 403 that other requests meet too", () => {
  it("is not taken for a limit on resumes: they are sent once the ban is over", async () => {
    const { outpost } = await openWithResumes([null, BIG, BIG, null]);
    await database().apiRequest.create({
      data: { account: outpost.account, method: "POST", path: "/applicants", status: 201, durationMs: 1 },
    });
    outpost.sandbox.script.fault({ kind: "status", status: 403 }, { method: "POST", times: 5 });
    await outpost.settle();
    await letAnHourPass(database(), outpost.account, 0);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "done", "done", "done"]);
    expect(await isHeld(outpost)).toBe(false);
    expect(await wrongsOf(outpost, 4)).toEqual([]);
  });

  it("holds the account where creations are refused and reads are answered, and names the scope", async () => {
    const keys = WELL_KNOWN_KEYS.map((key) => ({
      ...key,
      scopes: key.scopes.filter((scope) => scope !== "applicants_write"),
    }));
    const { outpost, deps } = await openWithResumes([null, null, null], { sandbox: { keys } });
    await database().apiRequest.create({
      data: { account: outpost.account, method: "GET", path: "/applicants", status: 200, durationMs: 1 },
    });
    await work(outpost);
    expect(await statesOf(outpost)).toEqual(Array.from({ length: 3 }, () => "held (kill_switch)"));
    expect(await reasonOf(outpost)).toMatch(/POST \/applicants.*403.*applicants_write/);
    await releaseAll(deps);
    expect(await statesOf(outpost)).toEqual(["ready", "ready", "ready"]);
  });

  it("holds the account where every creation has a resume and none was ever accepted", async () => {
    const keys = WELL_KNOWN_KEYS.map((key) => ({
      ...key,
      scopes: key.scopes.filter((scope) => scope !== "applicants_write"),
    }));
    const { outpost } = await openWithResumes(
      Array.from({ length: 30 }, () => BIG),
      { sandbox: { keys } },
    );
    await database().apiRequest.create({
      data: { account: outpost.account, method: "GET", path: "/applicants", status: 200, durationMs: 1 },
    });
    await outpost.settle();
    expect(await isHeld(outpost)).toBe(true);
    expect(posts(outpost, "/applicants")).toBeLessThanOrEqual(20);
  });
});
