import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/requests/faults.ts";
import type { Variants } from "../../src/sandbox/variants.ts";
import { useDatabase } from "../support/database.ts";
import { importPeople } from "../support/imports.ts";
import { openOutpost, type Outpost } from "../support/outpost.ts";
import { endPause } from "../support/quiet.ts";
import { wrongsOf } from "../support/truth.ts";

const database = useDatabase();
const PEOPLE = 40;
/** What the hand-driven queue sends at once. */
const AT_ONCE = 8;
/** Three in a row, and what was in flight beside them. */
const MOST = 3 + AT_ONCE;

/** A jobboard that wants an application of each, or no application. */
async function open(options: {
  readonly variants?: Partial<Variants>;
  readonly fault?: Fault;
  readonly path?: string;
  readonly apply?: boolean;
  readonly atOnce?: number;
}): Promise<Outpost> {
  const { variants = {}, fault, path = "/jobboards/applicants", apply = false, atOnce } = options;
  const outpost = await openOutpost({
    database: database(),
    kind: "jobboard",
    sandbox: { variants },
    ...(atOnce !== undefined && { atOnce }),
  });
  if (fault !== undefined) outpost.sandbox.script.fault(fault, { method: "POST", path, times: Infinity });
  const campaign = outpost.sandbox.data.campaigns.all().find(({ status }) => status === "online");
  const wanted = { company_id: campaign?.company_id, ...(apply ? { campaign_id: campaign?.id } : {}) };
  await importPeople(
    outpost,
    Array.from({ length: PEOPLE }, (_, n) => ({ email: `person-${n}@example.org`, ...wanted })),
  );
  return outpost;
}

const posts = ({ sandbox }: Outpost, path: string) =>
  sandbox.requests.filter((one) => one.method === "POST" && one.path.endsWith(path)).length;

async function work(outpost: Outpost): Promise<void> {
  await outpost.outbox.reconcilePending();
  await outpost.drain();
}

const control = ({ account }: Outpost) => database().importPause.findUniqueOrThrow({ where: { account } });

describe("three creations in a row whose answer does not tell what came of them", () => {
  it.each<{ readonly name: string; readonly variants?: Partial<Variants>; readonly fault?: Fault }>([
    { name: "201 with an object without an id", variants: { creationAnswer: "silent" } },
    { name: "201 without a body", variants: { creationAnswer: "empty" } },
    { name: "202 without an id", variants: { creationAnswer: "silent", creationStatus: 202 } },
    { name: "a page of HTML with 200", fault: { kind: "html", status: 200, effect: "after" } },
    { name: "half of the JSON", fault: { kind: "truncated", cut: "body" } },
    { name: "an answer that is cut off", fault: { kind: "truncated", cut: "connection" } },
    { name: "a redirect", fault: { kind: "status", status: 302, effect: "after" } },
    { name: "500 after the effect", fault: { kind: "status", status: 500, effect: "after" } },
  ])("pause imports: $name", async ({ variants, fault }) => {
    const outpost = await open({ ...(variants && { variants }), ...(fault && { fault }) });
    await work(outpost);
    expect(posts(outpost, "/applicants")).toBeGreaterThanOrEqual(3);
    expect(posts(outpost, "/applicants")).toBeLessThanOrEqual(MOST);
    expect((await control(outpost)).pausedUntil).not.toBeNull();
    expect(
      await database().applicantImport.count({ where: { account: outpost.account, state: "ready" } }),
    ).toBeGreaterThan(PEOPLE - MOST - 1);
  });

  it("pause imports before a fourth where one is sent at a time", async () => {
    const outpost = await open({ fault: { kind: "reset", effect: "after" }, atOnce: 1 });
    await work(outpost);
    expect(outpost.sandbox.effects.map(({ outcome }) => outcome)).toEqual(["created", "created", "created"]);
    const ready = { account: outpost.account, state: "ready" } as const;
    expect(await database().applicantImport.count({ where: ready })).toBe(PEOPLE - 3);
  });

  it("pause imports where applications are accepted without an id that cannot be looked up either", async () => {
    const outpost = await open({
      fault: { kind: "empty" },
      path: "/jobboards/applications",
      apply: true,
    });
    outpost.sandbox.script.fault({ kind: "status", status: 500 }, { method: "GET", times: Infinity });
    await work(outpost);
    expect(posts(outpost, "/applications")).toBeLessThanOrEqual(MOST);
    expect((await control(outpost)).pausedUntil).not.toBeNull();
  });

  it("are tried one at a time once the pause is over, whatever the number of workers", async () => {
    const outpost = await open({ variants: { creationAnswer: "silent" } });
    await work(outpost);
    const before = posts(outpost, "/applicants");
    const paused = { pausedUntil: new Date(Date.now() - 1_000) };
    await database().importPause.update({ where: { account: outpost.account }, data: paused });
    await database().applicantImport.updateMany({ where: { account: outpost.account }, data: { notBefore: null } });
    await work(outpost);
    expect(posts(outpost, "/applicants")).toBe(before + 1);
    expect((await control(outpost)).pausedUntil?.getTime()).toBeGreaterThan(Date.now());
  });

  it("pause nothing where an answer that tells comes between them", async () => {
    const outpost = await open({});
    const silent = { kind: "empty" } as const;
    for (let nth = 2; nth <= PEOPLE; nth += 2) outpost.sandbox.script.fault(silent, { method: "POST", nth });
    outpost.queue.meddle(() => "kept");
    await work(outpost);
    const { failures = 0 } = (await database().importPause.findUnique({ where: { account: outpost.account } })) ?? {};
    expect(failures).toBeLessThan(PEOPLE);
    await outpost.settle();
    expect(await wrongsOf(outpost, PEOPLE)).toEqual([]);
  });

  it("do not stop a customer whose people can be looked up: each is found at once", async () => {
    const outpost = await openOutpost({
      database: database(),
      kind: "customer",
      sandbox: { variants: { creationAnswer: "silent" } },
    });
    await importPeople(
      outpost,
      Array.from({ length: 12 }, (_, n) => ({ email: `person-${n}@example.org` })),
    );
    for (let round = 0; round < 12; round += 1) {
      await work(outpost);
      await endPause(database(), outpost.account);
    }
    expect(await database().applicantImport.count({ where: { account: outpost.account, state: "done" } })).toBe(12);
    expect(await wrongsOf(outpost, 12)).toEqual([]);
  });
});
