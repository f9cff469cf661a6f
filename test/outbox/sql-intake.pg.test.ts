import { describe, expect, it } from "vitest";
import { importPeople } from "../support/imports.ts";
import { insert, openInbox } from "../support/inbox.ts";
import { statesOf } from "../support/outbox.ts";

describe("a row in import_inbox", () => {
  it("becomes an import when its transaction commits, and is checked like any other", async () => {
    const { world, client, insert: put, admit, read } = await openInbox();
    await client.query("begin");
    const id = await put({
      email: " Lea.Martin@EXAMPLE.org ",
      first_name: " Léa ",
      phone_number: "+33 6 42 42 42 42",
      locale: "FR",
    });
    await admit();
    expect(await statesOf(world)).toEqual([]);
    await client.query("commit");
    await admit();
    expect(await read(id)).toMatchObject({
      state: "ready",
      intake: "sql",
      source: "sql",
      email: "lea.martin@example.org",
      first_name: "Léa",
      phone_code: "33",
      phone_number: "642424242",
      locale: "fr",
      bulk: false,
    });
  });

  it("leaves nothing when its transaction is rolled back", async () => {
    const { world, client, insert: put, admit } = await openInbox();
    await client.query("begin");
    await put({ email: "lea@example.org" });
    await client.query("rollback");
    await admit();
    expect(await statesOf(world)).toEqual([]);
  });

  it.each([
    { row: { email: "not an address" }, reason: /^email must be an e-mail address$/ },
    { row: { email: "lea@example.org", first_name: "=cmd|' /C calc'!A0" }, reason: /^first_name looks like a formula/ },
    { row: { email: "lea@example.org", phone_number: "42" }, reason: /^phone_number needs its country/ },
    { row: { email: "lea@example.org", company_id: 42 }, reason: /^company_id is for jobboard accounts/ },
    { row: { email: "lea@example.org", campaign_id: 7 }, reason: /^campaign_id is for jobboard accounts/ },
    { row: { email: "lea@example.org", bio_url: "javascript:alert(1)" }, reason: /^bio_url must be a http/ },
    {
      row: { email: "lea@example.org", consent_at: "2999-01-01T00:00:00Z" },
      reason: /^consent_at lies in the future$/,
    },
    { row: { email: "lea@example.org", source: "x\ny" }, reason: /^source must not hold control characters/ },
    { row: { email: "lea@example.org", key: "k".repeat(300) }, reason: /^key must have at most 200 characters$/ },
    { row: { email: "lea@example.org", company_id: -1 }, reason: /^company_id must be a whole number above 0$/ },
    {
      row: { email: "lea@example.org", resume: Buffer.from("no document") },
      reason: /^resume is not of a kind that is accepted/,
    },
    { row: { email: "lea@example.org", resume: Buffer.alloc(0) }, reason: /^resume is an empty file$/ },
    { row: { email: "x", consent_at: "1999-01-01" }, reason: /^email .*; consent_at / },
  ])("is rejected with what is wrong with it: $reason", async ({ row, reason }) => {
    const { insert: put, admit, read } = await openInbox();
    const id = await put(row);
    await admit();
    expect(await read(id)).toMatchObject({
      state: "rejected",
      reasonCode: "invalid",
      reason: expect.stringMatching(reason),
    });
  });

  it.each([
    { row: { email: null }, error: /needs an email/ },
    { row: { email: "  " }, error: /needs an email/ },
    { row: { email: "lea@example.org", company_id: "forty-two" }, error: /invalid input syntax for type bigint/ },
    {
      row: { email: "lea@example.org", is_campaign_alert_active: "perhaps" },
      error: /invalid input syntax for type boolean/,
    },
    { row: { email: "lea@example.org", consent_at: "infinity" }, error: /check constraint/ },
    {
      row: { email: "lea@example.org", phone: "+33 6 42 42 42 42", phone_code: "33" },
      error: /phone cannot stand beside phone_code and phone_number/,
    },
    { row: { email: "lea@example.org", account: "nobody" }, error: /no worker has served the account nobody/ },
    { row: { email: "lea@example.org", state: "ready" }, error: /column "state"/ },
  ])("fails in the caller's own transaction where it can be nothing: $error", async ({ row, error }) => {
    const { world, insert: put } = await openInbox();
    await world.database.account.create({
      data: { account: world.account, kind: "customer", environment: "sandbox", apiHost: "127.0.0.1" },
    });
    await expect(put(row)).rejects.toThrow(error);
  });

  it("belongs to the only account if it names none", async () => {
    const { world, client, read } = await openInbox();
    await world.database.account.create({
      data: { account: world.account, kind: "customer", environment: "sandbox", apiHost: "127.0.0.1" },
    });
    expect(await read(await insert(client, { email: "lea@example.org" }))).toMatchObject({ account: world.account });
  });

  it("is reported as a duplicate if only the check reveals it", async () => {
    const { world, insert: put, admit } = await openInbox();
    await importPeople(world, [{ email: "lea@bücher.example.org" }]);
    await put({ email: "Lea@BÜCHER.example.org" });
    await admit();
    expect(await statesOf(world)).toEqual(["ready", "rejected (duplicate)"]);
  });

  it.each([
    { phone: "+33 6 42 42 42 42", iso_country: null },
    { phone: " 06 42 42 42 42", iso_country: "fr" },
    { phone: "0033642424242", iso_country: null, phone_code: "", phone_number: " " },
  ])("accepts a whole number as phone: $phone", async (row) => {
    const { insert: put, admit, read } = await openInbox();
    const id = await put({ email: "lea@example.org", ...row });
    await admit();
    expect(await read(id)).toMatchObject({ state: "ready", phone_code: "33", phone_number: "642424242" });
  });

  it("keeps its resume with the type that its signature shows", async () => {
    const { insert: put, admit, read } = await openInbox();
    const id = await put({ email: "lea@example.org", resume: Buffer.from("%PDF-1.7\n%%EOF") });
    await admit();
    expect((await read(id)).resume).toMatchObject({
      type: "pdf",
      size: 14,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("is held like any other if a person must decide first", async () => {
    const { world, insert: put, admit } = await openInbox({ env: { SOURCE_APPROVAL: "1" } });
    await put({ email: "a@example.org", is_legals_accepted_by_manager: true });
    await put({ email: "b@example.org" });
    await put({ email: "c@example.org" });
    await admit();
    expect(await statesOf(world)).toEqual([
      "held (consent_evidence)",
      "held (source_approval)",
      "held (awaits_source_approval)",
    ]);
  });
});
