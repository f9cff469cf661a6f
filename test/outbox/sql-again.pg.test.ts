import { describe, expect, it } from "vitest";
import { resolveImport } from "../../src/outbox/operations/review.ts";
import { eraseOld } from "../../src/outbox/retention.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople } from "../support/imports.ts";
import { openInbox } from "../support/inbox.ts";
import { lead, outboxDepsOf, statesOf } from "../support/outbox.ts";

const PDF = Buffer.from("%PDF-1.7\n%%EOF");

describe("a row that is inserted into import_inbox again", () => {
  it("gets its own id, under which it names the import that it repeats, and changes nothing", async () => {
    const { world, client, insert: put, admit, read } = await openInbox();
    const keyed = await put({ key: "a", email: "lea@example.org", first_name: "Léa" });
    const keyless = await put({ email: "noe@example.org" });
    await admit();
    const again = await put({ key: "a", email: "lea@example.org", first_name: "Other" });
    await put({ email: " NOE@example.org" });
    const twice =
      "insert into import_inbox (account, email) select $1, 'noe@example.org' from generate_series(1, 2) returning id";
    const { rows } = await client.query<{ id: string }>(twice, [world.account]);
    expect(new Set([keyed, keyless, again, ...rows.map(({ id }) => id)]).size).toBe(5);
    await admit();
    expect(await read(again)).toMatchObject({ reason: `It is import ${keyed} already.` });
    expect(await read(keyed)).toMatchObject({ email: "lea@example.org", first_name: "Léa" });
    expect(await statesOf(world)).toEqual(["ready", "ready", ...Array(4).fill("rejected (duplicate)")]);
  });

  it("is one import, however many are inserted in one statement", async () => {
    const { world, client, admit } = await openInbox();
    const many = `insert into import_inbox (account, key, email)
      select $1, case when n % 2 = 0 then 'k' end, 'lea@example.org' from generate_series(1, 60) n`;
    await client.query(many, [world.account]);
    await admit();
    const states = await statesOf(world);
    expect(states.slice(0, 2)).toEqual(["ready", "ready"]);
    expect(states.slice(2)).toEqual(Array(58).fill("rejected (duplicate)"));
  });

  it("is a new import if the earlier one was invalid", async () => {
    const { world, insert: put, admit, read } = await openInbox();
    await put({ key: "a", email: "lea@example", resume: Buffer.from("no document") });
    await admit();
    const id = await put({ key: "a", email: "lea@example.org", resume: PDF });
    await admit();
    expect(await read(id)).toMatchObject({ state: "ready", resume: { type: "pdf", size: 14 } });
    expect(await statesOf(world)).toEqual(["rejected (invalid)", "ready"]);
  });

  it.each([
    { of: "another person", other: { email: "noe@example.org" } },
    { of: "another campaign", other: { campaign_id: 8 } },
    { of: "no campaign", other: { campaign_id: null } },
  ])("is rejected where its key is known, and it is for $of", async ({ other }) => {
    const { world, insert: put, admit, read } = await openInbox({ kind: "jobboard" });
    const row = { key: "lea@example.org", email: "lea@example.org", company_id: 42, campaign_id: 7 };
    await put(row);
    const id = await put({ ...row, ...other });
    await admit();
    const { reason } = await read(id);
    expect(reason).toMatch(/^key is that of another person or campaign already \(import \d+\)/);
    expect(reason).not.toContain("@");
    expect(await statesOf(world)).toEqual(["ready", "rejected (key_in_use)"]);
  });

  it("is recognised by its key, however its person is spelled, even after erasure", async () => {
    const { world, insert: put, admit } = await openInbox();
    const row = { key: "a", email: "Lea@BÜCHER.example.org\n" };
    const id = await put(row);
    await admit();
    await put({ ...row, first_name: "Léa" });
    await admit();
    await lead(world, BigInt(id), ["sending", "sent"]);
    const now = { resumeRetentionDays: 0, retentionDays: 0 };
    expect(await eraseOld({ ...outboxDepsOf(world), imports: now })).toMatchObject({ imports: 2 });
    await put(row);
    await put({ ...row, email: "Lea@MÜLLER.example.org" });
    await admit();
    expect(await statesOf(world)).toEqual(["done", ...Array(2).fill("rejected (duplicate)"), "rejected (key_in_use)"]);
  });

  it("fixes what the API rejected, including the person, the campaign and the resume", async () => {
    const { world, insert: put, admit, read } = await openInbox({ kind: "jobboard" });
    const row = { key: "a", email: "lea@example.org", company_id: 42 };
    const id = await put({ ...row, resume: PDF });
    await admit();
    await lead(world, BigInt(id), ["sending", "rejected"]);
    const fix = await put({ ...row, email: "noe@example.org", company_id: 43, campaign_id: 7 });
    await admit();
    expect(await read(fix)).toMatchObject({ state: "rejected", reason: expect.stringMatching(/^It fixes import 1,/) });
    expect(await read(id)).toMatchObject({
      state: "ready",
      email: "noe@example.org",
      companyId: 43n,
      campaignId: 7n,
      applicationState: "waiting",
      resume: { type: "pdf", size: 14 },
    });
    await lead(world, BigInt(id), ["rejected"]);
    await put({ ...row, resume: Buffer.from("%PDF-1.7 \n%%EOF") });
    await admit();
    expect(await read(id)).toMatchObject({
      state: "ready",
      email: "lea@example.org",
      campaignId: null,
      applicationState: null,
      resume: { type: "pdf", size: 15 },
    });
  });

  it("fixes an import that was rejected and then erased", async () => {
    const { world, insert: put, admit, read } = await openInbox();
    const row = { key: "a", email: "lea@example.org" };
    const id = await put(row);
    await admit();
    await lead(world, BigInt(id), ["sending", "rejected"]);
    await eraseOld({ ...outboxDepsOf(world), imports: { resumeRetentionDays: 0, retentionDays: 0 } });
    expect(await read(id)).toMatchObject({ email: null });
    await put(row);
    await admit();
    expect(await read(id)).toMatchObject({ state: "ready", email: "lea@example.org", erasedAt: null });
  });

  it("fixes nothing that was submitted by another intake or role", async () => {
    const { world, client, insert: put, admit, read } = await openInbox();
    const [one] = await importPeople(world, [{ key: "a", email: "lea@example.org" }]);
    const other = await put({ key: "b", email: "noe@example.org" });
    await admit();
    await client.query("update applicant_import set submitted_by = 'another_role' where id = $1", [other]);
    for (const id of [one?.id ?? 0n, BigInt(other)]) await lead(world, id, ["sending", "rejected"]);
    await put({ key: "a", email: "lea@example.org", first_name: "Léa" });
    await put({ key: "b", email: "noe@example.org", first_name: "Noé" });
    await admit();
    expect(await read(String(one?.id))).toMatchObject({ state: "rejected", first_name: null });
    expect(await read(other)).toMatchObject({ state: "rejected", first_name: null });
  });

  it("does not reopen a rejected import if nothing differs", async () => {
    const { world, client, insert: put, admit, read } = await openInbox();
    const row = { key: "a", email: " Lea@example.org", phone: "+33 6 42 42 42 42", consent_at: "2026-01-01T00:00:00Z" };
    const id = await put(row);
    await admit();
    await lead(world, BigInt(id), ["sending", "rejected"]);
    await client.query("set timezone to 'Asia/Tokyo'");
    await put(row);
    await admit();
    expect(await read(id)).toMatchObject({ state: "rejected" });
  });

  it("does not reopen an import that was dropped while its outcome was unknown", async () => {
    const { world, insert: put, admit } = await openInbox();
    const id = await put({ key: "a", email: "lea@example.org" });
    await admit();
    await lead(world, BigInt(id), ["sending", "unknown"]);
    await resolveImport({ database: world.database, account: world.account, by: PERSON }, BigInt(id), { is: "drop" });
    await put({ key: "a", email: "lea@example.org", first_name: "Léa" });
    await put({ key: "a", email: "noe@example.org" });
    await admit();
    expect(await statesOf(world)).toEqual(["rejected (dropped)", "rejected (duplicate)", "rejected (key_in_use)"]);
  });

  it("leaves a rejected application as it is, because its applicant is there", async () => {
    const { world, insert: put, admit, read } = await openInbox({ kind: "jobboard" });
    const row = { key: "a", email: "lea@example.org", company_id: 42, campaign_id: 7 };
    const [one] = await importPeople(world, [row]);
    await lead(world, one?.id ?? 0n, ["sent", "sending", "rejected"]);
    await put({ ...row, first_name: "Léa" });
    await admit();
    expect(await read(String(one?.id))).toMatchObject({ state: "rejected", first_name: null });
  });
});
