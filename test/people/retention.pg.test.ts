import { expect, it } from "vitest";
import { verifyAudit } from "../../src/database/audit-chain.ts";
import { writeAudit } from "../../src/database/audit.ts";
import { inTransaction } from "../../src/database/client.ts";
import { applyRetention } from "../../src/people/retention/retention.ts";
import { readAtSource, readRetention } from "../../src/ops/state/retention.ts";
import { previewRetention, todayOf } from "../../src/people/retention/preview.ts";
import { readDue } from "../../src/people/retention/due.ts";
import { PERSON } from "../support/decider.ts";
import { openWorld, type World } from "../support/world.ts";

const FRANCE = { periods: { refused: "3 months", pool: "2 years", deleted: "1 month" }, noticeDays: 30 };
const LISTS = ["campaigns", "applications", "applicants"] as const;

function later(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

const apply = ({ database, account }: World, today: string) => applyRetention(database, account, FRANCE, today);

/** Every figure of the reports that does not depend on today. */
async function figures({ database, account }: World): Promise<unknown> {
  const all: unknown[] = [];
  for (const view of [
    "applications_by_month",
    "hires_by_month",
    "campaign_funnel",
    "source_effectiveness",
    "status",
    "status_step",
  ]) {
    all.push(
      await database.$queryRawUnsafe(
        `select coalesce(jsonb_agg(to_jsonb(v) order by v::text), '[]')::text as rows from report.${view} v where account = $1`,
        account,
      ),
    );
  }
  return all;
}

/** How often a text stands in the tables that hold people. */
async function findings({ database }: World, text: string): Promise<number> {
  const [row] = await database.$queryRaw<{ found: number }[]>`
    select found::int from (select (select count(*) from public.applicant t where strpos(t::text, ${text}) > 0)
      + (select count(*) from public.application t where strpos(t::text, ${text}) > 0)
      + (select count(*) from public.change t where strpos(t::text, ${text}) > 0)
      + (select count(*) from public.quarantine t where strpos(t::text, ${text}) > 0) as found) f`;
  return row?.found ?? -1;
}

it("people are announced for 30 days, then erased; the same rows at the source fill nothing again, reports stand still, and new activity brings them back", async () => {
  const world = await openWorld({ sandbox: { applications: 60 } });
  const { database, account, sandbox } = world;
  await world.sync(LISTS);
  const today = await todayOf(database, account);
  const due = await readDue(database, account, FRANCE);
  const ids = due.filter(({ dueOn }) => dueOn <= today).map(({ applicantId }) => applicantId);
  expect(ids.length).toBeGreaterThan(3);
  const emails = await database.applicant.findMany({ where: { account, id: { in: ids } }, select: { email: true } });
  const before = await figures(world);
  const decide = (subject: string, why: string) => {
    const by = { ...PERSON, why };
    return inTransaction(database, (tx) => writeAudit(tx, { account, by, what: "person_shown", subjects: [subject] }));
  };
  await decide(`applicant ${ids[0]}`, "they called");
  await decide("applicant 999999", "they asked");
  const reasons = async () => {
    const rows = await database.audit.findMany({ where: { account, what: "person_shown" }, orderBy: { id: "asc" } });
    return rows.map(({ why }) => why);
  };

  expect(await apply(world, today)).toMatchObject({ people: 0, unapplied: [] });
  expect(await apply(world, later(today, 29))).toMatchObject({ people: 0 });
  const announced = await readRetention(database, { account, retention: FRANCE });
  expect(announced?.announced.reduce((sum, { people }) => sum + people, 0)).toBeGreaterThanOrEqual(ids.length);
  expect(announced?.announced[0]?.from).toBe(later(today, 30));
  const [first] = await previewRetention(database, account, FRANCE);
  expect(first?.month).toBe(later(today, 30).slice(0, 7));

  const erased = await apply(world, later(today, 30));
  expect(erased.people).toBeGreaterThanOrEqual(ids.length);
  for (const { email } of emails) expect(await findings(world, email ?? "?")).toBe(0);
  expect(await figures(world)).toEqual(before);
  expect((await readAtSource(database, account, 1_000)).length).toBe(erased.people);
  const note = await database.audit.findFirstOrThrow({ where: { account, what: "retention_applied" } });
  expect(note.subjects).toContain(`applicant ${ids[0]}`);
  expect(await reasons()).toEqual([null, "they asked"]);
  expect(await verifyAudit(database, account, null)).toMatchObject({ fault: null });

  for (let n = 0; n < 3; n++) await world.sync(LISTS);
  for (const { email } of emails) expect(await findings(world, email ?? "?")).toBe(0);
  expect(await figures(world)).toEqual(before);
  expect(await apply(world, later(today, 31))).toMatchObject({ people: 0, readmitted: 0 });

  const [back] = ids;
  const again = sandbox.data.applications.insert({ applicant_id: Number(back) });
  expect(again.applicant_id).toBe(Number(back));
  await world.sync(LISTS);
  expect(await apply(world, later(today, 32))).toMatchObject({ people: 0, readmitted: 1 });
  await world.sync(LISTS);
  const row = await database.applicant.findFirstOrThrow({ where: { account, id: back ?? 0n } });
  expect(row.email).not.toBeNull();
  expect((await readDue(database, account, FRANCE, [back ?? 0n])).filter(({ dueOn }) => dueOn <= today)).toEqual([]);
});

it("nobody is erased whose applications are not known, nor who was active after they were announced", async () => {
  const world = await openWorld({ sandbox: { applications: 30 } });
  const { database, account } = world;
  await world.sync(LISTS);
  const today = await todayOf(database, account);
  await apply(world, today);
  const [one, other] = await database.retentionPerson.findMany({ where: { account }, orderBy: { applicantId: "asc" } });
  await database.$executeRaw`update public.sync_run set finished_at = finished_at - interval '8 days' where resource = 'applications'`;
  expect(await apply(world, later(today, 30))).toMatchObject({ people: 0, unapplied: ["refused", "pool", "deleted"] });
  const state = await readRetention(database, { account, retention: FRANCE });
  expect(state?.clocks.map(({ clock }) => clock)).toEqual(["deleted", "pool", "refused"]);

  await database.$executeRaw`update public.sync_run set finished_at = now() where resource = 'applications'`;
  await database.change.create({
    data: { account, resource: "applicant", rowId: one?.applicantId ?? 0n, kind: "updated", at: new Date() },
  });
  await apply(world, later(today, 30));
  const gone = await database.suppression.findMany({
    where: { account, kind: "retention" },
    select: { applicantId: true },
  });
  const goneIds = gone.map(({ applicantId }) => applicantId);
  expect(goneIds).toContain(other?.applicantId);
  expect(goneIds).not.toContain(one?.applicantId);
});

it("history, raw objects, tombstones, quarantine and requests go by their own clocks, and nothing else of them", async () => {
  const world = await openWorld({ sandbox: { applications: 30 } });
  const { database, account } = world;
  await world.sync(LISTS);
  const today = await todayOf(database, account);
  const [kept, gone] = await database.application.findMany({ where: { account }, orderBy: { id: "asc" }, take: 2 });
  await database.change.create({
    data: {
      account,
      resource: "applicant",
      rowId: 1n,
      kind: "updated",
      before: { email: "lea.martin@example.org", company_id: 7 },
      after: { email: "lea@example.org", company_id: 8 },
    },
  });
  await database.$executeRaw`
    update public.application set deleted_at = now(), comments = '[{"text": "Léa"}]' where account = ${account} and id = ${gone?.id ?? 0n}`;
  await database.quarantine.create({
    data: {
      account,
      resource: "applicants",
      fingerprint: "f",
      reason: "not an object",
      raw: { email: "lea@example.org" },
      runId: 1,
    },
  });
  const periods = {
    history: "1 month",
    raw: "1 month",
    deleted: "1 month",
    quarantine: "1 month",
    requests: "10 days",
  };
  const own = { periods, noticeDays: 30 };
  const coming = await previewRetention(database, account, own);
  expect(new Set(coming.map(({ clock }) => clock))).toEqual(new Set(Object.keys(periods)));
  await applyRetention(database, account, own, later(today, 20));
  expect(await database.quarantine.count({ where: { account } })).toBe(1);
  expect(await database.apiRequest.count({ where: { account } })).toBe(0);

  const before = await figures(world);
  await applyRetention(database, account, own, later(today, 33));
  expect(await database.quarantine.count({ where: { account } })).toBe(0);
  expect(await figures(world)).toEqual(before);
  // What it emptied stands in files until they are written anew.
  expect(await database.cleanUp.count()).toBe(1);
  const change = await database.change.findFirstOrThrow({ where: { account, resource: "applicant", rowId: 1n } });
  expect(change).toMatchObject({ before: { company_id: 7 }, after: { company_id: 8 } });
  const tombstone = await database.application.findFirstOrThrow({ where: { account, id: gone?.id ?? 0n } });
  expect(tombstone).toMatchObject({
    raw: {},
    comments: null,
    tags: [],
    campaign_id: gone?.campaign_id,
    status: gone?.status,
  });
  const row = await database.application.findFirstOrThrow({ where: { account, id: kept?.id ?? 0n } });
  expect(row.raw).not.toHaveProperty("source");
  expect(row).toMatchObject({ hash: kept?.hash, tags: kept?.tags, comments: kept?.comments, source: kept?.source });

  const [, run] = await world.sync(LISTS);
  expect(run).toMatchObject({ resource: "applications", updated: 0 });
});
