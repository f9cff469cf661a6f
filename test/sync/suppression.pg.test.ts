import { describe, expect, it } from "vitest";
import { WORKER } from "../../src/database/audit.ts";
import { inTransaction } from "../../src/database/client.ts";
import { suppress, suppressedAmong, unsuppress } from "../../src/people/suppression/suppress.ts";
import { renewKey } from "../../src/people/suppression/renew.ts";
import { useDatabase } from "../support/database.ts";
import { keyringOf } from "../support/keyring.ts";
import { openReader } from "../support/list-double.ts";

const database = useDatabase();
const keyring = keyringOf("0123456789abcdef0123456789abcdef");
const CANARY = "canary-91ab";
const EMAIL = `${CANARY}@example.org`;

const suppressing = (account: string, emails: readonly string[], applicantIds: readonly bigint[] = []) =>
  inTransaction(database(), (tx) =>
    suppress(tx, account, { emails, applicantIds }, keyring.current(), { what: "erased", ticket: null }),
  );

const person = (id: unknown, email: unknown, more: object = {}) => ({
  id,
  email,
  first_name: CANARY,
  last_name: CANARY,
  created_at: "2026-01-02T03:04:05Z",
  address: { city: CANARY, name: CANARY },
  pools: [CANARY],
  note: { text: CANARY },
  ...more,
});
const other = (id: number) => ({ id, email: `noe${id}@example.org`, first_name: "Noé" });

const application = (id: unknown, applicant: unknown, more: object = {}) => ({
  id,
  applicant,
  campaign: { id: 5 },
  status: { value: "hired", date: "2026-02-03" },
  created_at: "2026-01-02T03:04:05Z",
  comments: [{ text: CANARY }],
  tags: [CANARY],
  skills: [CANARY],
  status_history: [{ value: "new", date: "2026-01-02T03:04:05Z", author: CANARY }],
  note: CANARY,
  ...more,
});

/** In how many rows of the database the canary stands. */
async function bytes(): Promise<number> {
  const tables = [
    "applicant",
    "application",
    "change",
    "quarantine",
    "pending_detail",
    "sync_page",
    "suppression",
    "erasure",
  ];
  const counts = tables.map(
    (table) => `(select count(*)::int from public.${table} r where r::text like '%${CANARY}%')`,
  );
  const [row] = await database().$queryRawUnsafe<{ bytes: number }[]>(`select ${counts.join(" + ")} as bytes`);
  return row?.bytes ?? -1;
}

const texts = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item));

describe("the rows of a suppressed person", () => {
  it("are written as ids, dates and states, whichever spelling of the e-mail the source has, and count as before", async () => {
    await suppressing("spellings", [EMAIL]);
    const reader = await openReader(database(), "spellings", { keyring });
    const spellings = [EMAIL.toUpperCase(), ` ${EMAIL} `, EMAIL.replace("a", "\uFF41"), `${EMAIL}.`];
    for (const [index, email] of spellings.entries()) {
      reader.source.items = texts([other(90), person(10 + index, email)]);
      expect(await reader.read("applicants")).toMatchObject({ state: "proven", rows: 2, quarantined: 0 });
    }
    expect(await bytes()).toBe(0);
    const row = await database().applicant.findFirstOrThrow({ where: { account: "spellings", id: 10n } });
    expect(row).toMatchObject({ created_at: new Date("2026-01-02T03:04:05Z"), first_name: null, email: null });
    expect(row.raw).toEqual({ id: 10, created_at: "2026-01-02T03:04:05.000Z" });
    const noe = await database().applicant.findFirstOrThrow({ where: { account: "spellings", id: 90n } });
    expect(noe.first_name).toBe("Noé");
  });

  it("cost nothing in the next sync, and stay as they are when the person is renamed or loses the e-mail", async () => {
    await suppressing("renamed", [EMAIL]);
    const reader = await openReader(database(), "renamed", { keyring });
    reader.source.items = texts([person(10, EMAIL)]);
    expect(await reader.read("applicants")).toMatchObject({ inserted: 1 });
    const names = [{}, { first_name: `${CANARY}-2` }, { email: `new-${EMAIL}` }, { email: null }, { email: undefined }];
    for (const change of names) {
      reader.source.items = texts([{ ...person(10, EMAIL), ...change }]);
      expect(await reader.read("applicants")).toMatchObject({ inserted: 0, updated: 0, unchanged: 1 });
    }
    expect(await bytes()).toBe(0);
  });

  it("are those of their applications, too, embedded or named by an id alone, and of a new id from the first answer on", async () => {
    await suppressing("applications", [EMAIL], [7n]);
    const reader = await openReader(database(), "applications", { keyring, detailsPerRun: 0 });
    reader.source.items = texts([
      application(21, person(7, "other-address@example.org")),
      application(22, person(8, EMAIL)),
      application(23, undefined, { applicant_id: 7 }),
      application(24, { id: "007" }),
    ]);
    expect(await reader.read("applications")).toMatchObject({ state: "proven", inserted: 4, quarantined: 0 });
    reader.source.items = texts([application(25, undefined, { applicant_id: 8 }), application(22, undefined)]);
    await reader.read("applications");
    expect(await bytes()).toBe(0);
    const row = await database().application.findFirstOrThrow({ where: { account: "applications", id: 22n } });
    expect(row).toMatchObject({ applicant_id: 8n, campaign_id: 5n, status: "hired", comments: null });
    expect(row.status_history).toEqual([{ value: "new", changed_at: "2026-01-02T03:04:05Z" }]);
  });

  it("keep following the status, with a history that has nothing else", async () => {
    await suppressing("states", [], [7n]);
    const reader = await openReader(database(), "states", { keyring, detailsPerRun: 0 });
    reader.source.items = texts([application(21, person(7, EMAIL), { status: "new" })]);
    await reader.read("applications");
    reader.source.items = texts([application(21, person(7, EMAIL), { status: "hired", tags: [`${CANARY}-2`] })]);
    expect(await reader.read("applications")).toMatchObject({ updated: 1 });
    const changes = await database().change.findMany({ where: { account: "states", kind: "updated" } });
    expect(changes.map(({ before, after }) => [before, after])).toEqual([[{ status: "new" }, { status: "hired" }]]);
    expect(await bytes()).toBe(0);
  });

  it("are empty in the quarantine, by id, by e-mail or by any address within, and stay one entry each", async () => {
    await suppressing("quarantine", [EMAIL], [7n]);
    const reader = await openReader(database(), "quarantine", { keyring, detailsPerRun: 0 });
    reader.source.items = texts([
      application(31, person("no number", EMAIL)),
      application("no number", person(7, null)),
      { ...person(null, undefined), contact: [{ mail: `Mail: <${EMAIL}>` }] },
    ]);
    const first = await reader.read("applications");
    const again = await reader.read("applications");
    expect(again.quarantined).toBe(first.quarantined);
    expect(await bytes()).toBe(0);
    const row = await database().application.findFirstOrThrow({ where: { account: "quarantine", id: 31n } });
    expect(row).toMatchObject({ comments: null, status: "hired" });
  });

  it("of somebody who has the e-mail only now are emptied with their history and applications", async () => {
    const reader = await openReader(database(), "later", { keyring, detailsPerRun: 0 });
    reader.source.items = texts([application(21, person(7, "noe@example.org"))]);
    await reader.read("applications");
    reader.source.items = texts([application(21, person(7, "noe@example.org"), { tags: ["b"] })]);
    await reader.read("applications");
    expect(await bytes()).toBeGreaterThan(0);
    await suppressing("later", [EMAIL]);
    reader.source.items = texts([application(21, person(7, EMAIL))]);
    await reader.read("applications");
    expect(await bytes()).toBe(0);
  });

  it("have the e-mail suppressed that the person has at the source now, until all that was suppressed together is withdrawn", async () => {
    await suppressing("moved", [EMAIL], [7n]);
    await database().suppression.create({
      data: { account: "moved", kind: "retention", hash: "8", applicantId: 8n, isErased: true },
    });
    const reader = await openReader(database(), "moved", { keyring });
    reader.source.items = texts([person(7, `new-${EMAIL}`), { ...other(8), first_name: CANARY }]);
    await reader.read("applicants");
    await reader.read("applicants");
    const emails = [`NEW-${EMAIL}`, EMAIL, "noe8@example.org"];
    const found = await suppressedAmong(database(), "moved", keyring, { emails, applicantIds: [] });
    expect(found.emails).toEqual(new Set([`NEW-${EMAIL}`, EMAIL]));
    expect(await database().erasure.count({ where: { account: "moved" } })).toBe(2);
    await inTransaction(database(), (tx) =>
      unsuppress(tx, "moved", { emails: [EMAIL], applicantIds: [] }, keyring, { ticket: null }),
    );
    expect(await database().suppression.count({ where: { account: "moved", kind: { not: "retention" } } })).toBe(0);
  });

  it("are not written by a worker without the key: its run fails, and says which key it needs", async () => {
    await suppressing("keyless", [EMAIL]);
    for (const wrong of [keyringOf(null), keyringOf("another-key-another-key-another-key")]) {
      const reader = await openReader(database(), "keyless", { keyring: wrong });
      reader.source.items = texts([person(10, EMAIL)]);
      await expect(reader.read("applicants")).resolves.toMatchObject({ state: "failed" });
    }
    expect(await database().applicant.count({ where: { account: "keyless" } })).toBe(0);
  });

  it("move to the current key when they are seen, after which the former one is not needed for them", async () => {
    const renewed = keyringOf("another-key-another-key-another-key", "0123456789abcdef0123456789abcdef");
    await suppressing("renewed", [EMAIL]);
    await suppressing("renewed-id", [EMAIL], [10n]);
    for (const account of ["renewed", "renewed-id"]) {
      await inTransaction(database(), (tx) => renewKey(tx, account, renewed, WORKER));
      const reader = await openReader(database(), account, { keyring: renewed });
      reader.source.items = texts([person(10, EMAIL)]);
      await reader.read("applicants");
      const rows = await database().suppression.findMany({ where: { account } });
      expect(rows.map(({ kind, keyId }) => `${kind} ${keyId}`).toSorted()).toEqual([
        `applicant ${renewed.current().id}`,
        `email ${renewed.current().id}`,
      ]);
    }
    expect(await bytes()).toBe(0);
  });
});
