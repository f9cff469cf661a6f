import { beforeEach, describe, expect, it } from "vitest";
import { inTransaction, type Executor } from "../../src/database/client.ts";
import { columnsOf, ERASED } from "../../src/people/classes.ts";
import { mapItems } from "../../src/mirror/items/item.ts";
import { applicants, applications } from "../../src/mirror/tables.ts";
import { writeItems } from "../../src/mirror/write-page.ts";
import { suppressedAmong, unsuppress, type Identifiers } from "../../src/people/suppression/suppress.ts";
import { TABLES } from "../../src/people/tables.ts";
import { useDatabase } from "../support/database.ts";
import { keyringOf } from "../support/keyring.ts";
import { NOBODY, suppressOne, unsuppressAll } from "../support/suppression.ts";

const database = useDatabase();
const keyring = keyringOf("0123456789abcdef0123456789abcdef");
const key = keyring.current();
const CANARY = "canary-5d2e";

const suppressing = (person: Partial<Identifiers>, what: "erased" | "suppressed" = "erased") =>
  suppressOne(database(), "default", person, { key, what });
const among = (person: Partial<Identifiers>, account = "default", ring = keyring) =>
  suppressedAmong(database(), account, ring, { ...NOBODY, ...person });

beforeEach(() => unsuppressAll(database()));

describe("a suppressed person", () => {
  it("is recognised by each spelling of the e-mail and by the id, in one account alone", async () => {
    await suppressing({ emails: ["Lea.Martin@example.org"], applicantIds: [7n] });
    const spellings = [
      "LEA.MARTIN@EXAMPLE.ORG",
      " lea.martin@example.org. ",
      "ｌｅａ.martin@example.org",
      "lea.mar\u200Btin@example.org",
    ];
    expect(await among({ emails: [...spellings, "lea@example.org"], applicantIds: [7n, 8n] })).toEqual({
      emails: new Set(spellings),
      applicantIds: new Set([7n]),
    });
    expect(await among({ emails: spellings, applicantIds: [7n] }, "other")).toEqual({
      emails: new Set(),
      applicantIds: new Set(),
    });
  });

  it("has another mailbox where only the provider knows that dots and + mean the same", async () => {
    await suppressing({ emails: ["lea.martin@example.org"] });
    const { emails } = await among({ emails: ["leamartin@example.org", "lea.martin+job@example.org"] });
    expect([...emails]).toEqual([]);
  });

  it("stands in the database without the e-mail, as hashes that another key does not make", async () => {
    await suppressing({ emails: ["lea.martin@example.org"], applicantIds: [7n] });
    const other = keyringOf("another-key-another-key-another-key").current();
    const rows = await database().suppression.findMany();
    expect(JSON.stringify(rows, (_, value: unknown) => String(value))).not.toContain("martin");
    expect(rows.map(({ hash }) => hash)).not.toContain(other.hash("default", "email", "lea.martin@example.org"));
    expect(key.hash("default", "email", "7")).not.toBe(key.hash("default", "applicant", "7"));
  });

  it("stays suppressed once, and erased, whatever is asked again", async () => {
    await suppressing({ emails: ["lea@example.org"], applicantIds: [7n] }, "suppressed");
    await suppressing({ emails: ["LEA@example.org"], applicantIds: [7n, 8n] }, "erased");
    await suppressing({ emails: ["lea@example.org"], applicantIds: [7n] }, "suppressed");
    const rows = await database().suppression.findMany({ orderBy: { applicantId: "asc" } });
    expect(rows.map(({ kind, applicantId, isErased }) => [kind, applicantId, isErased])).toEqual([
      ["applicant", 7n, true],
      ["applicant", 8n, true],
      ["email", null, true],
    ]);
    expect(await database().erasure.count()).toBe(3);
  });

  it("is no longer suppressed where that was withdrawn", async () => {
    await suppressing({ emails: ["lea@example.org"], applicantIds: [7n] });
    const person = { emails: ["Lea@Example.org"], applicantIds: [7n] };
    const withdraw = () =>
      inTransaction(database(), (tx) => unsuppress(tx, "default", person, keyring, { ticket: "42" }));
    expect(await withdraw()).toHaveLength(2);
    expect(await withdraw()).toEqual([]);
    expect((await among(person)).emails.size).toBe(0);
    expect(await database().erasure.count({ where: { what: "unsuppressed" } })).toBe(1);
  });
});

describe("the database", () => {
  const words = { name: CANARY, list: [CANARY] };

  async function filled() {
    await database().$executeRaw`truncate public.applicant, public.application, public.change, public.quarantine`;
    const texts = Object.fromEntries(columnsOf(TABLES.applicant, ["person", "quasi"]).map((name) => [name, CANARY]));
    const { raw: _, latitude: __, longitude: ___, ...named } = texts;
    for (const id of [7n, 8n]) {
      const raw = { id: Number(id), created_at: "2026-01-02T03:04:05Z", email: CANARY, ...words };
      await database().applicant.create({
        data: { account: "default", id, ...named, latitude: 48.8, longitude: 2.3, pools: [CANARY], raw, hash: "h" },
      });
      await database().application.create({
        data: {
          account: "default",
          id: id + 10n,
          applicant_id: id,
          status: "hired",
          tags: [CANARY],
          skills: [CANARY],
          comments: [words],
          status_history: [
            { value: "new", date: "2026-01-02T03:04:05Z", by: CANARY },
            { status: { name: "hired" }, at: CANARY },
          ],
          raw: { id: Number(id) + 10, status: "hired", comments: [words] },
          hash: "h",
        },
      });
      const row = { account: "default", kind: "updated", before: { status: "new", tags: [CANARY], city: CANARY } };
      await database().change.createMany({
        data: [
          { ...row, resource: "applicant", rowId: id, after: { city: null } },
          { ...row, resource: "application", rowId: id + 10n, after: { status: "hired", tags: null } },
        ],
      });
      const bad = { account: "default", reason: "cannot be read", runId: 1, raw: words };
      await database().quarantine.createMany({
        data: [
          { ...bad, resource: "applicants", fingerprint: `a${id}`, rowId: id },
          { ...bad, resource: "applications", fingerprint: `b${id}`, rowId: id + 10n },
          { ...bad, resource: "applications", part: "applicant", fingerprint: `c${id}`, rowId: id },
        ],
      });
    }
  }

  /** How often each table has the canary of person 7. */
  async function bytesOf(id: bigint) {
    const [found] = await database().$queryRaw<Record<string, number>[]>`
      select (select count(*)::int from public.applicant a where a.id = ${id} and a::text like ${`%${CANARY}%`}) as applicant,
        (select count(*)::int from public.application a where a.applicant_id = ${id} and a::text like ${`%${CANARY}%`}) as application,
        (select count(*)::int from public.change c where c.row_id in (${id}, ${id + 10n}) and c::text like ${`%${CANARY}%`}) as change,
        (select count(*)::int from public.quarantine q where q.row_id in (${id}, ${id + 10n}) and q::text like ${`%${CANARY}%`})
          as quarantine`;
    return found;
  }

  const touch = () =>
    database().$executeRaw`
      with a as (update public.applicant set hash = hash), b as (update public.application set hash = hash),
        c as (update public.change set kind = kind)
      update public.quarantine set reason = reason`;

  it("empties each row of a suppressed person that anybody writes, and no other", async () => {
    await suppressing({ applicantIds: [7n] });
    await filled();
    expect(await bytesOf(7n)).toEqual({ applicant: 0, application: 0, change: 0, quarantine: 0 });
    expect(await bytesOf(8n)).toEqual({ applicant: 1, application: 1, change: 2, quarantine: 3 });
  });

  it("empties what a page names, and what the same transaction writes behind a page that names nobody suppressed", async () => {
    await database().$executeRaw`truncate public.applicant, public.application, public.change`;
    const write = (tx: Executor, table: typeof applicants, values: readonly unknown[]) =>
      writeItems(tx, { account: "default", run: null }, table, mapItems(values).items);
    const person = (id: number, name: string) => ({ id, first_name: name, last_name: CANARY });
    const application = (id: number, applicant: number, tag: string) => {
      return { id, status: "new", tags: [tag], applicant_id: applicant };
    };
    await suppressing({ applicantIds: [6n, 7n] });
    await inTransaction(database(), async (tx) => {
      await write(tx, applicants, [person(8, "Ann")]);
      await tx.$executeRaw`insert into public.applicant (account, id, last_name, raw, hash) values ('default', 6, ${CANARY}, '{}', 'h')`;
    });
    await inTransaction(database(), async (tx) => {
      await write(tx, applicants, [person(7, CANARY), person(8, CANARY)]);
      await write(tx, applications, [application(17, 7, CANARY), application(18, 8, CANARY)]);
    });
    expect(await bytesOf(6n)).toMatchObject({ applicant: 0 });
    expect(await bytesOf(7n)).toMatchObject({ applicant: 0, application: 0, change: 0 });
    expect(await bytesOf(8n)).toMatchObject({ applicant: 1, application: 1, change: 1 });
  });

  it("empties what is there where it is touched, and keeps ids, dates, states and what reports are made of", async () => {
    await filled();
    const before = await database().applicationFact.findMany({ orderBy: { applicationId: "asc" } });
    const steps = await database().applicationStep.findMany({ orderBy: [{ applicationId: "asc" }, { step: "asc" }] });
    await suppressing({ applicantIds: [7n] });
    expect(await bytesOf(7n)).toEqual({ applicant: 1, application: 1, change: 2, quarantine: 3 });
    await touch();
    expect(await bytesOf(7n)).toEqual({ applicant: 0, application: 0, change: 0, quarantine: 0 });
    expect(await bytesOf(8n)).toEqual({ applicant: 1, application: 1, change: 2, quarantine: 3 });
    const application = await database().application.findFirstOrThrow({ where: { id: 17n } });
    expect(application).toMatchObject({
      applicant_id: 7n,
      status: "hired",
      raw: { id: 17, status: "hired" },
      status_history: [{ value: "new", changed_at: "2026-01-02T03:04:05Z" }, { value: "hired" }],
    });
    const { raw } = await database().applicant.findFirstOrThrow({ where: { id: 7n } });
    expect(raw).toEqual({ id: 7, created_at: "2026-01-02T03:04:05Z" });
    expect(await database().applicationFact.findMany({ orderBy: { applicationId: "asc" } })).toEqual(before);
    expect(await database().applicationStep.findMany({ orderBy: [{ applicationId: "asc" }, { step: "asc" }] })).toEqual(
      steps,
    );
  });

  it("keeps the columns that the classes let a page keep, and no others", () => {
    for (const table of [applicants, applications]) {
      const erased = columnsOf(TABLES[table.name === "applicant" ? "applicant" : "application"], ERASED);
      expect(table.keptOfSuppressed.toSorted()).toEqual(
        Object.keys(table.columns)
          .filter((name) => !erased.includes(name))
          .toSorted(),
      );
    }
  });

  it("leaves no column of the classes person, text or quasi but the statuses and ids of a document", async () => {
    await filled();
    await suppressing({ applicantIds: [7n] });
    await touch();
    const person: Readonly<Record<string, unknown>> = await database().applicant.findFirstOrThrow({
      where: { id: 7n },
    });
    const application: Readonly<Record<string, unknown>> = await database().application.findFirstOrThrow({
      where: { id: 17n },
    });
    const empty = (row: Readonly<Record<string, unknown>>, columns: readonly string[]) =>
      columns.filter((name) => row[name] !== null && JSON.stringify(row[name]) !== "[]");
    expect(empty(person, columnsOf(TABLES.applicant, ERASED))).toEqual(["raw"]);
    expect(empty(application, columnsOf(TABLES.application, ERASED))).toEqual(["raw", "status_history"]);
  });
});
