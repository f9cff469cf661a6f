import { describe, expect, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import { releaseAll } from "../../src/outbox/operations/hold.ts";
import { WELL_KNOWN_KEYS } from "../../src/sandbox/requests/keys.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople } from "../support/imports.ts";
import { openOutpost, type Outpost } from "../support/outpost.ts";
import { wrongsOf } from "../support/truth.ts";

const database = useDatabase();
const KINDS: readonly AccountKind[] = ["customer", "jobboard"];
const people = [1, 2, 3].map((n) => ({ email: `person-${n}@example.org` }));
const company = { company_id: 42 };

async function statesOf({ account }: Outpost): Promise<readonly string[]> {
  const rows = await database().applicantImport.findMany({ where: { account }, orderBy: { id: "asc" } });
  return rows.map(({ state, reasonCode }) => (reasonCode === null ? state : `${state} (${reasonCode})`));
}

/** An outbox of three people behind an API that answers their creations so, from the first on. */
async function open(kind: AccountKind, status: number, times: number): Promise<Outpost> {
  const outpost = await openOutpost({ database: database(), kind });
  outpost.sandbox.script.fault({ kind: "status", status }, { method: "POST", times });
  await importPeople(
    outpost,
    people.map((one) => (kind === "jobboard" ? { ...one, ...company } : one)),
  );
  return outpost;
}

describe.each(KINDS)("a key of a %s that the API refuses", (kind) => {
  it.each([401, 403])("holds all imports, and they go once they are released (%i)", async (status) => {
    const outpost = await open(kind, status, Infinity);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(people.map(() => "held (kill_switch)"));
    expect(outpost.sandbox.effects).toEqual([]);

    outpost.sandbox.script.clear();
    await releaseAll({ database: database(), account: outpost.account, by: PERSON });
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(people.map(() => "done"));
    expect(await wrongsOf(outpost, people.length)).toEqual([]);
  });

  it("is asked once more with another token before it counts as refused", async () => {
    const outpost = await open(kind, 401, 1);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(people.map(() => "done"));
    expect(await wrongsOf(outpost, people.length)).toEqual([]);
  });
});

describe.each([403, 401, 404] as const)("a key that may not read, which the API says with %i", (scopeStatus) => {
  it.each(KINDS)("leaves to a person what cannot be looked up (%s)", async (kind) => {
    const keys = WELL_KNOWN_KEYS.map((key) => ({
      ...key,
      scopes: key.scopes.filter((scope) => scope.endsWith("write")),
    }));
    const outpost = await openOutpost({ database: database(), kind, sandbox: { keys, variants: { scopeStatus } } });
    const campaign = outpost.sandbox.data.campaigns.all().find(({ status }) => status === "online");
    const wanted = kind === "jobboard" ? { company_id: campaign?.company_id, campaign_id: campaign?.id } : {};
    const path = kind === "jobboard" ? "/jobboards/applications" : "/applicants";
    outpost.sandbox.script.fault({ kind: "reset", effect: "after" }, { method: "POST", path });
    await importPeople(outpost, [{ email: "lea@example.org", ...wanted }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["needs_review (api_unreachable)"]);
    expect(await wrongsOf(outpost, 1)).toEqual([]);
  });
});

describe("a connection that is refused for long", () => {
  it("is tried a few times a job, not as often as the quota lets it", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer", between: ({ refusing }) => refusing });
    await importPeople(outpost, people);
    await outpost.outbox.reconcilePending();
    await outpost.drain();
    const rows = await database().applicantImport.findMany({ where: { account: outpost.account } });
    expect(rows.map(({ state, attempts }) => ({ state, attempts }))).toEqual(
      people.map(() => ({ state: "ready", attempts: 12 })),
    );
  });
});

describe("a clock that jumps between the claim and the request", () => {
  it.each([3_600_000, -3_600_000])("keeps the request here (%i ms)", async (jump) => {
    let time = 0;
    let calls = 0;
    // The claim reads the clock first, the request when it leaves: the first of them leaves late.
    const now = () => (calls++ === 1 ? time + jump : time);
    const outpost = await openOutpost({ database: database(), kind: "customer", now });
    await importPeople(outpost, [{ email: "lea@example.org" }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done"]);
    expect(await database().applicantImport.findMany({ where: { account: outpost.account } })).toMatchObject([
      { attempts: 2, resends: 0 },
    ]);
    expect(outpost.sandbox.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});

describe("a request whose effect comes after it was found absent and sent once more", () => {
  it.each(["message", "empty"] as const)(
    "is found all the same where the duplicate is refused (%s)",
    async (errorBody) => {
      const variants = { errorBody, duplicateApplicant: "refused-422" } as const;
      const outpost = await openOutpost({ database: database(), kind: "customer", sandbox: { variants } });
      const { data, script } = outpost.sandbox;
      script.fault({ kind: "reset" }, { method: "POST" });
      script.before({ method: "POST", nth: 2 }, () => void data.applicants.insert({ email: "lea@example.org" }));
      await importPeople(outpost, [{ email: "lea@example.org" }]);
      await outpost.settle();
      expect(await statesOf(outpost)).toEqual(["done"]);
      expect(await wrongsOf(outpost, 1)).toEqual([]);
    },
  );
});
