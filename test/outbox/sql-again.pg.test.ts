import { describe, expect, it } from "vitest";
import { resolveImport } from "../../src/outbox/review.ts";
import { eraseOld } from "../../src/outbox/retention.ts";
import { importPeople } from "../support/imports.ts";
import { openInbox } from "../support/inbox.ts";
import { lead, outboxDepsOf, statesOf } from "../support/outbox.ts";

describe("a row in import_inbox that comes again", () => {
  it("gives the id of the import that is there, and changes nothing", async () => {
    const { world, client, insert: put, admit, read } = await openInbox();
    const keyed = await put({ key: "a", email: "lea@example.org", first_name: "Léa" });
    const keyless = await put({ email: "noe@example.org" });
    await admit();
    expect(await put({ key: "a", email: "lea@example.org", first_name: "Other" })).toBe(keyed);
    expect(await put({ email: " NOE@example.org" })).toBe(keyless);
    const twice =
      "insert into import_inbox (account, email) select $1, 'noe@example.org' from generate_series(1, 2) returning id";
    expect((await client.query(twice, [world.account])).rows).toEqual([{ id: keyless }, { id: keyless }]);
    await admit();
    expect(await read(keyed)).toMatchObject({ email: "lea@example.org", first_name: "Léa" });
    expect(await statesOf(world)).toEqual(["ready", "ready"]);
  });

  it("takes the place of one that was rejected as invalid, its CV included", async () => {
    const { world, insert: put, admit, read } = await openInbox();
    const id = await put({ key: "a", email: "lea@example", resume: Buffer.from("no document") });
    await admit();
    expect(await put({ key: "a", email: "lea@example.org", resume: Buffer.from("%PDF-1.7\n%%EOF") })).toBe(id);
    await admit();
    expect(await read(id)).toMatchObject({
      state: "ready",
      email: "lea@example.org",
      finishedAt: null,
      resume: { type: "pdf", size: 14 },
    });
    expect(await statesOf(world)).toEqual(["ready"]);
  });

  it.each([
    { of: "another person", other: { email: "noe@example.org" }, says: /another person already \(import \d+\)/ },
    { of: "another campaign", other: { campaign_id: 8 }, says: /another campaign already \(import \d+\)/ },
    { of: "no campaign", other: { campaign_id: null }, says: /another campaign already \(import \d+\)/ },
  ])("fails where its key is known, and it is for $of", async ({ other, says }) => {
    const { world, insert: put, admit } = await openInbox({ kind: "jobboard" });
    const row = { key: "lea@example.org", email: "lea@example.org", company_id: 42, campaign_id: 7 };
    await put(row);
    const error = await put({ ...row, ...other }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "23505", message: expect.stringMatching(says) });
    expect(error).not.toMatchObject({ message: expect.stringContaining("@") });
    await admit();
    await expect(put({ ...row, ...other })).rejects.toThrow(says);
    expect(await statesOf(world)).toEqual(["ready"]);
  });

  it("is known by its key, however the check has written its person, and also after these have been erased", async () => {
    const { world, insert: put, admit } = await openInbox();
    const row = { key: "a", email: "Lea@BÜCHER.example.org\n" };
    const id = await put(row);
    await admit();
    expect(await put(row)).toBe(id);
    expect(await put({ ...row, first_name: "Léa" })).toBe(id);
    await lead(world, BigInt(id), ["sending", "sent"]);
    const now = { resumeRetentionDays: 0, retentionDays: 0 };
    expect(await eraseOld({ ...outboxDepsOf(world), imports: now })).toMatchObject({ imports: 1 });
    expect(await put(row)).toBe(id);
    await expect(put({ ...row, email: "Lea@MÜLLER.example.org" })).rejects.toThrow(/another person already/);
    expect(await statesOf(world)).toEqual(["done"]);
  });

  it("takes the place of one that was rejected and has been erased", async () => {
    const { world, insert: put, admit, read } = await openInbox();
    const row = { key: "a", email: "lea@example.org" };
    const id = await put(row);
    await admit();
    await lead(world, BigInt(id), ["sending", "rejected"]);
    await eraseOld({ ...outboxDepsOf(world), imports: { resumeRetentionDays: 0, retentionDays: 0 } });
    expect(await read(id)).toMatchObject({ email: null, givenHash: null });
    expect(await put(row)).toBe(id);
    await admit();
    expect(await read(id)).toMatchObject({ state: "ready", email: "lea@example.org", erasedAt: null });
  });

  it("follows what another intake has mended meanwhile", async () => {
    const { world, insert: put, admit } = await openInbox();
    const row = { key: "a", email: "lea@example.org" };
    const id = await put(row);
    await admit();
    await lead(world, BigInt(id), ["sending", "rejected"]);
    await importPeople(world, [{ ...row, email: "noe@example.org" }]);
    await expect(put(row)).rejects.toThrow(/another person already/);
    expect(await put({ ...row, email: "noe@example.org" })).toBe(id);
  });

  it("mends what the API rejected, with another person and campaign if need be", async () => {
    const { world, insert: put, admit, read } = await openInbox({ kind: "jobboard" });
    const row = { key: "a", email: "lea@example.org", company_id: 42 };
    const id = await put({ ...row, resume: Buffer.from("%PDF-1.7\n%%EOF") });
    await admit();
    await lead(world, BigInt(id), ["sending", "rejected"]);
    expect(await put({ ...row, email: "noe@example.org", company_id: 43, campaign_id: 7 })).toBe(id);
    expect(await read(id)).toMatchObject({ state: "draft", finishedAt: null, reasonCode: null });
    await admit();
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

  it("brings nothing back that was rejected where it says nothing new", async () => {
    const { world, client, insert: put, admit } = await openInbox();
    const row = { key: "a", email: " Lea@example.org", phone: "+33 6 42 42 42 42", consent_at: "2026-01-01T00:00:00Z" };
    const id = await put(row);
    await admit();
    await lead(world, BigInt(id), ["sending", "rejected"]);
    await client.query("set timezone to 'Asia/Tokyo'");
    expect(await put(row)).toBe(id);
    await admit();
    expect(await statesOf(world)).toEqual(["rejected"]);
  });

  it("brings nothing back that was dropped while nobody knew what had come of it", async () => {
    const { world, insert: put, admit } = await openInbox();
    const id = await put({ key: "a", email: "lea@example.org" });
    await admit();
    await lead(world, BigInt(id), ["sending", "unknown"]);
    await resolveImport({ database: world.database, account: world.account }, BigInt(id), { is: "drop" });
    expect(await put({ key: "a", email: "lea@example.org", first_name: "Léa" })).toBe(id);
    await expect(put({ key: "a", email: "noe@example.org" })).rejects.toThrow(/another person already/);
    await admit();
    expect(await statesOf(world)).toEqual(["rejected (dropped)"]);
  });

  it("leaves an application that was rejected as it is: its applicant is there", async () => {
    const { world, insert: put, read } = await openInbox({ kind: "jobboard" });
    const row = { key: "a", email: "lea@example.org", company_id: 42, campaign_id: 7 };
    const [one] = await importPeople(world, [row]);
    await lead(world, one?.id ?? 0n, ["sent", "sending", "rejected"]);
    const id = await put({ ...row, first_name: "Léa" });
    expect(await read(id)).toMatchObject({ id: one?.id, state: "rejected", first_name: null });
    await expect(put({ ...row, email: "noe@example.org" })).rejects.toThrow(/another person already/);
  });
});
