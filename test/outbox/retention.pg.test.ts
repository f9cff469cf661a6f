import { expect, it } from "vitest";
import { raw } from "../../src/database/client.ts";
import { CHANGEABLE_FIELDS } from "../../src/outbox/import/fields.ts";
import { eraseOld } from "../../src/outbox/retention.ts";
import type { StepState } from "../../src/outbox/import/states.ts";
import { columnsOf, ERASED, type Relation } from "../../src/people/classes.ts";
import { TABLES } from "../../src/people/tables.ts";
import { importPeople, type Person } from "../support/imports.ts";
import { lead, statesOf, worldWith } from "../support/outbox.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const LEA: Person = {
  email: "lea.martin@example.org",
  key: "ats-1",
  first_name: "Léa",
  last_name: "Martin-Test",
  locale: "fr",
  phone: "+33 6 42 42 42 42",
  iso_country: "FR",
  avatar_url: "https://example.org/lea.png",
  bio_url: "https://example.org/lea",
  is_legals_accepted_by_manager: true,
  consent_at: "2026-01-01T00:00:00Z",
  consent_how: "form of Léa",
  consent_wording: "I agree",
};

const ERASED_COLUMNS = columnsOf(TABLES.applicant_import, ERASED);
const PERSONAL = CHANGEABLE_FIELDS.filter((field) => ERASED_COLUMNS.includes(field));

const DONE = ["sending", "sent"] as const;

function erase({ database, account }: World, resumeRetentionDays = 7, retentionDays = 30) {
  return eraseOld({ database, account, imports: { resumeRetentionDays, retentionDays } });
}

/** Makes a world's imports, and what was answered to requests, that many days older. */
async function age({ database }: World, count: number): Promise<void> {
  await database.$transaction([
    database.$executeRaw`set local session_replication_role = replica`,
    database.$executeRaw`update public.applicant_import set finished_at = finished_at - make_interval(days => ${count}::integer)`,
    database.$executeRaw`update public.import_request set at = at - make_interval(days => ${count}::integer)`,
  ]);
}

/** The tables of imports that hold a value in a column whose class says that it is erased. */
async function leftIn({ database }: World): Promise<readonly string[]> {
  const tables = Object.entries<Relation>(TABLES).filter(([, { subject }]) => subject === "imported");
  const left = tables.map(
    ([table, relation]) =>
      `select '${table}' as left where exists (
        select from public.${table} where num_nonnulls(${columnsOf(relation, ERASED).join(", ")}) > 0)`,
  );
  const rows = await database.$queryRaw<{ left: string }[]>(raw(left.join(" union all ")));
  return rows.map((row) => row.left).toSorted();
}

async function worldAt(way: readonly StepState[], person = LEA) {
  const { world, ids } = await worldWith([person]);
  const id = ids[0] ?? 0n;
  const bytes = Buffer.from("%PDF-1.7 of Léa");
  await world.database.importResume.create({
    data: { importId: id, type: "pdf", size: bytes.length, sha256: "ab", bytes },
  });
  await lead(world, id, way);
  const read = () =>
    world.database.applicantImport.findUniqueOrThrow({ where: { id }, include: { resume: true, events: true } });
  return { world, id, read };
}

it("a resume is erased some days after its import is done, and its size and hash stay", async () => {
  const { world, read } = await worldAt(DONE);
  await age(world, 6);
  expect(await erase(world)).toMatchObject({ resumes: 0, imports: 0 });
  await age(world, 2);
  expect(await erase(world)).toMatchObject({ resumes: 1, imports: 0 });
  expect(await read()).toMatchObject({
    email: "lea.martin@example.org",
    erasedAt: null,
    resume: { bytes: null, type: "pdf", size: 16, sha256: "ab", erasedAt: expect.any(Date) },
  });
});

it.each([
  { state: "done", way: DONE },
  { state: "rejected", way: ["sending", "rejected"] },
] as const)(
  "the personal data of an import that is $state is erased, and its states, times and ids stay",
  async ({ state, way }) => {
    const { world, id, read } = await worldAt(way);
    await world.database.applicantImport.update({ where: { id }, data: { reason: "HTTP 422: Léa is odd" } });
    await world.database.importEvent.updateMany({ data: { reason: "HTTP 422: Léa is odd" } });
    const before = await read();
    for (const field of PERSONAL) expect(before[field]).not.toBeNull();
    expect(await leftIn(world)).toEqual(["applicant_import", "import_event", "import_resume"]);
    await age(world, 29);
    expect(await erase(world, 90)).toEqual({ resumes: 0, imports: 0, requests: 0 });
    await age(world, 2);
    expect(await erase(world, 90)).toEqual({ resumes: 0, imports: 1, requests: 0 });
    const after = await read();
    for (const field of PERSONAL) expect(after[field]).toBeNull();
    const text = JSON.stringify(after, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    expect(text).not.toMatch(/lea|Léa|martin|642424242|agree|"fr"|"FR"/i);
    expect(await leftIn(world)).toEqual([]);
    expect(after).toMatchObject({
      key: "ats-1",
      source: "http",
      state,
      person: before.person,
      applicantId: before.applicantId,
      attempts: 1,
      createdAt: before.createdAt,
      erasedAt: expect.any(Date),
      resume: { bytes: null, erasedAt: expect.any(Date) },
    });
    expect(after.events.map(({ toState, reason }) => [toState, reason])).toEqual([
      ["ready", null],
      ...way.map((to) => [to, null]),
    ]);
    expect(await erase(world, 90)).toEqual({ resumes: 0, imports: 0, requests: 0 });
  },
);

it.each([
  { name: "ready", way: [] },
  { name: "held", way: ["held"] },
  { name: "unknown", way: ["sending", "unknown"] },
  { name: "needs_review", way: ["sending", "unknown", "needs_review"] },
] as const)("nothing is erased of an import that is $name, however old", async ({ way }) => {
  const { world, read } = await worldAt(way);
  await world.database.$executeRaw`update public.applicant_import set created_at = now() - interval '5 years'`;
  expect(await erase(world, 0, 0)).toEqual({ resumes: 0, imports: 0, requests: 0 });
  expect(await read()).toMatchObject({ email: "lea.martin@example.org", resume: { bytes: expect.anything() } });
});

it.each([
  { by: "its key", person: LEA },
  { by: "the person", person: { email: "noe@example.org" } },
])("an import that has been erased is known by $by, and its person is not created again", async ({ person }) => {
  const { world, id } = await worldAt(DONE, person);
  await age(world, 40);
  await erase(world);
  expect(await importPeople(world, [person])).toMatchObject([{ id, outcome: "known", state: "done" }]);
  expect(await statesOf(world)).toEqual(["done"]);
});

it("a person whose import has been erased is recognised by another import of them", async () => {
  const { world } = await worldAt(DONE);
  await age(world, 40);
  await erase(world);
  const [other] = await importPeople(world, [{ ...LEA, key: "ats-2" }]);
  expect(other).toMatchObject({ outcome: "queued", emailExpected: false });
  const worker = await world.workerHere();
  await waitFor("done", async () => (await statesOf(world)).every((state) => state === "done"));
  await worker.stop();
  expect(world.sandbox.requests.filter(({ method }) => method === "POST")).toEqual([]);
});

it("a rejected import that has been erased is filled with the data of the next import of its person", async () => {
  const { world, id, read } = await worldAt(["rejected"]);
  await age(world, 40);
  await erase(world);
  expect(await importPeople(world, [LEA])).toMatchObject([{ id, outcome: "resubmitted", state: "ready" }]);
  expect(await read()).toMatchObject({ first_name: "Léa", erasedAt: null, finishedAt: null });
});

it("answers to requests are deleted when imports of the same age are erased", async () => {
  const { world } = await worldWith([]);
  const request = (key: string) => ({ account: world.account, key, fingerprint: "f", answer: { ids: [1] } });
  await world.database.importRequest.create({ data: request("old") });
  await age(world, 31);
  await world.database.importRequest.create({ data: request("new") });
  expect(await erase(world)).toMatchObject({ requests: 1 });
  expect(await world.database.importRequest.findMany({ select: { key: true } })).toEqual([{ key: "new" }]);
});

it("more than one batch is erased at once, and nothing of another account", async () => {
  const world = await openWorld();
  await world.database.$executeRaw`
    insert into public.applicant_import (account, source, intake, email, applicant_state)
    select case when n <= 2100 then ${world.account} else 'other' end, 'file', 'file', 'p' || n || '@example.org', 'ready'
    from generate_series(1, 2200) n`;
  await world.database
    .$executeRaw`update public.applicant_import set applicant_state = 'rejected', finished_at = now()`;
  await age(world, 40);
  expect(await erase(world)).toMatchObject({ imports: 2_100 });
  expect(await world.database.applicantImport.count({ where: { email: null } })).toBe(2_100);
  expect(await world.database.applicantImport.count({ where: { account: "other", email: null } })).toBe(0);
});

it("a worker erases what is due when it starts", async () => {
  const { world, read } = await worldAt(DONE);
  await age(world, 40);
  await world.workerHere();
  const row = await waitFor("it is erased", async () => ((await read()).email === null ? read() : null));
  expect(row).toMatchObject({ state: "done", resume: { bytes: null } });
});

it("with 0 days, finished imports are erased the next time", async () => {
  const { world } = await worldAt(DONE);
  await age(world, 1);
  expect(await erase(world, 0, 0)).toMatchObject({ resumes: 1, imports: 1 });
});
