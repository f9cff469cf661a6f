import { describe, expect, it } from "vitest";
import { useDatabase } from "../support/database.ts";
import { claimFreshMirror } from "../support/fresh-mirror.ts";
import { importPeople } from "../support/imports.ts";
import { openOutpost, type Outpost } from "../support/outpost.ts";
import { people, statesOf } from "../support/outbox.ts";
import { wrongsOf } from "../support/truth.ts";

const database = useDatabase();

const gets = ({ sandbox }: Outpost) =>
  sandbox.requests.filter(({ method, path }) => method === "GET" && path.includes("/applicants")).length;

describe("a customer's person, where the mirror knows nobody", () => {
  it("is not created again if they are there", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer", mirror: "empty" });
    const [there] = outpost.sandbox.data.applicants.all();
    await importPeople(outpost, [{ email: there?.email.toUpperCase() }, { email: "new@example.org" }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "done"]);
    expect(outpost.sandbox.effects.map(({ email }) => email)).toEqual(["new@example.org"]);
    const rows = await database().applicantImport.findMany({
      where: { account: outpost.account },
      orderBy: { id: "asc" },
    });
    expect(rows.map(({ applicantOrigin }) => applicantOrigin)).toEqual(["existing", "created"]);
    expect(await wrongsOf(outpost, 2)).toEqual([]);
  });

  it("is created by one of two databases with the same account and file", async () => {
    const first = await openOutpost({ database: database(), kind: "customer", mirror: "empty" });
    const few = [1, 2, 3].map((n) => ({ email: `person-${n}@bücher.example` }));
    await importPeople(first, few);
    await first.settle();
    // Another account key has rows of its own, as another database has.
    const second = await openOutpost({
      database: database(),
      kind: "customer",
      mirror: "empty",
      shared: first.sandbox,
    });
    await importPeople(second, few);
    await second.settle();
    expect(await statesOf(second)).toEqual(["done", "done", "done"]);
    expect(first.sandbox.effects).toHaveLength(3);
    expect(first.sandbox.mails).toHaveLength(3);
  });

  it("costs no lookup once a sync has proven who is there, and one more when that was long ago", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer", mirror: "empty" });
    await claimFreshMirror(database(), outpost.account);
    await importPeople(outpost, [{ email: "a@example.org" }]);
    await outpost.settle();
    expect(gets(outpost)).toBe(0);
    await database()
      .$executeRaw`update public.sync_run set started_at = started_at - interval '31 minutes' where account = ${outpost.account}`;
    await importPeople(outpost, [{ email: "b@example.org" }]);
    await outpost.settle();
    expect(gets(outpost)).toBeGreaterThan(0);
    expect(await statesOf(outpost)).toEqual(["done", "done"]);
  });

  it("throws the kill switch where the API lets nobody be looked up, and asks no more", async () => {
    const atOnce = 4;
    const outpost = await openOutpost({ database: database(), kind: "customer", mirror: "empty", atOnce });
    outpost.sandbox.script.fault({ kind: "refusal" }, { method: "GET", times: Infinity });
    await importPeople(outpost, people(12));
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(people(12).map(() => "held (kill_switch)"));
    // Those that were on their way when the first was refused, and no others.
    expect(gets(outpost)).toBeLessThanOrEqual(atOnce);
    expect(outpost.sandbox.effects).toEqual([]);
  });

  it("waits for a person where the API does not let that one be looked up", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer", mirror: "empty" });
    outpost.sandbox.script.fault({ kind: "status", status: 400 }, { method: "GET", times: Infinity });
    await importPeople(outpost, [{ email: "a@example.org" }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["held (not_looked_up)"]);
    expect(outpost.sandbox.effects).toEqual([]);
  });
});
