import { describe, expect, it } from "vitest";
import { releaseImport } from "../../src/outbox/operations/hold.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople } from "../support/imports.ts";
import { connect, insert, openInbox } from "../support/inbox.ts";
import { outboxDepsOf, people, statesOf } from "../support/outbox.ts";
import { createRole } from "../support/role.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";
import { admitDrafts } from "../../src/outbox/intake/sql/drafts.ts";

/** Roles that may insert into import_inbox, each with a connection. */
async function withRoles(count: number, options: WorldOptions = {}) {
  const inbox = await openInbox(options);
  const { world, client: owner } = inbox;
  const roles: { role: string; client: Awaited<ReturnType<typeof connect>> }[] = [];
  for (let n = 0; n < count; n += 1) {
    const rights = ["usage on schema public", "insert, select (id) on import_inbox"];
    const role = await createRole(world.env["DATABASE_URL"] ?? "", ...rights);
    roles.push({ role, client: await connect(world, role) });
  }
  return { ...inbox, owner, roles };
}

const account = (world: World, name: string) =>
  world.database.account.create({
    data: { account: name, kind: "customer", environment: "sandbox", apiHost: "127.0.0.1" },
  });

describe("one row of import_inbox", () => {
  it.each([
    "account",
    "key",
    "source",
    "email",
    "first_name",
    "last_name",
    "locale",
    "phone",
    "phone_code",
    "phone_number",
    "iso_country",
    "avatar_url",
    "bio_url",
    "consent_how",
    "consent_wording",
  ])("cannot hold more than a worker can read: %s", async (column) => {
    const { client, world } = await openInbox();
    const row = { account: world.account, email: "lea@example.org", [column]: "x".repeat(1_000_000) };
    await expect(insert(client, row)).rejects.toMatchObject({
      message: expect.stringMatching(/check constraint "\w+_size"/),
      // It would show the whole row, to the client and in the log of the server.
      detail: undefined,
    });
    expect(await statesOf(world)).toEqual([]);
  });

  it("cannot hold a resume of more than 20 MB, and is rejected over RESUME_MAX_BYTES without it being read", async () => {
    const { insert: put, admit, read } = await openInbox();
    await expect(put({ email: "lea@example.org", resume: Buffer.alloc(20_000_001) })).rejects.toThrow(/20000000/);
    const id = await put({ email: "lea@example.org", resume: Buffer.alloc(15_000_000) });
    await admit();
    expect(await read(id)).toMatchObject({
      state: "rejected",
      reason: expect.stringMatching(/^resume has 15000000 bytes/),
    });
  });

  it.each([
    { consent_at: "infinity" },
    { consent_at: "-infinity" },
    { consent_at: "20000-01-01" },
    { consent_at: "0044-03-15 BC" },
    { campaign_id: "9223372036854775808" },
  ])("fails in its own transaction with a value that no check could read: %o", async (odd) => {
    const { insert: put } = await openInbox();
    await expect(put({ email: "lea@example.org", ...odd })).rejects.toThrow(/check constraint|out of range/);
  });

  it.each([
    { campaign_id: "9223372036854775807" },
    { company_id: "-9223372036854775808" },
    { first_name: "\u0001\u202e\ufffe" },
    { email: "@@@@" },
    { email: `${"a".repeat(1_900)}@example.org` },
    { phone: "\u0661\u0662\u0663" },
    { avatar_url: "http://[" },
    { source: "\u{10ffff}\u0001" },
    { consent_at: "1900-01-01T00:00:00Z" },
  ])("is rejected alone, whatever is in it: %o", async (odd) => {
    const { world, insert: put, admit } = await openInbox();
    await put({ email: "before@example.org" });
    await put({ email: "lea@example.org", ...odd });
    await put({ email: "after@example.org" });
    await admit();
    expect(await statesOf(world)).toEqual(["ready", "rejected (invalid)", "ready"]);
  });
});

describe("a draft that Postgres refuses to make an import of", () => {
  it("is rejected alone, and the other drafts are accepted", async () => {
    const { world, client, insert: put, admit } = await openInbox();
    await client.query(
      "alter table applicant_import add constraint odd check (state <> 'ready' or first_name <> 'odd')",
    );
    for (const first_name of ["one", "odd", "two"]) await put({ email: `${first_name}@example.org`, first_name });
    await admit();
    expect(await statesOf(world)).toEqual(["ready", "rejected (invalid)", "ready"]);
  });
});

describe("a client of import_inbox that leaves its transaction open", () => {
  it("blocks nothing: not the same person by HTTP, with and without a key, and no other draft", async () => {
    const { world, client, insert: put } = await openInbox();
    const hanging = await connect(world);
    await hanging.query("begin");
    await insert(hanging, { account: world.account, email: "x@example.org" });
    await insert(hanging, { account: world.account, key: "k", email: "y@example.org" });
    await importPeople(world, [{ email: "x@example.org" }, { key: "k", email: "y@example.org" }, ...people(2)]);
    await put({ email: "z@example.org" });
    await client.query("set lock_timeout = '1s'");
    await put({ email: "x@example.org" });
    await admitDrafts(outboxDepsOf(world));
    expect(await statesOf(world)).toEqual([...Array(5).fill("ready"), "rejected (duplicate)"]);
    await hanging.query("commit");
    await admitDrafts(outboxDepsOf(world));
    expect((await statesOf(world)).filter((state) => state === "rejected (duplicate)")).toHaveLength(3);
  });

  it("cannot learn from the id who is known, even after a rollback", async () => {
    const { world, client } = await openInbox();
    await importPeople(world, [{ email: "known@example.org" }]);
    const ids: bigint[] = [];
    for (const email of ["known@example.org", "unknown@example.org", "known@example.org"]) {
      await client.query("begin");
      ids.push(BigInt(await insert(client, { account: world.account, email })));
      await client.query("rollback");
    }
    expect(ids.map((id) => id - (ids[0] ?? 0n))).toEqual([0n, 1n, 2n]);
  });
});

describe("many drafts of one role", () => {
  it("count as bulk; a few do not", async () => {
    const { world, client, insert: put, admit } = await openInbox();
    await put({ email: "alone@example.org" });
    await admit();
    await client.query(
      "insert into import_inbox (account, email) select $1, 'p' || n || '@example.org' from generate_series(1, 40) n",
      [world.account],
    );
    await admit();
    expect(await world.database.applicantImport.count({ where: { bulk: false } })).toBeLessThanOrEqual(11);
    expect(await world.database.applicantImport.count({ where: { bulk: true, state: "ready" } })).toBeGreaterThan(20);
  });
});

describe("a role that inserts into import_inbox", () => {
  it("cannot run its own functions with the rights of the owner, or replace ours with them", async () => {
    const { world, owner, roles, admit } = await withRoles(1);
    const [{ role, client } = { role: "", client: owner }] = roles;
    await owner.query(`grant create on schema public to ${role}`);
    await client.query("create table public.trophy (who text)");
    await owner.query("grant insert on public.trophy to public");
    const grab = "begin insert into public.trophy values (current_user); return null; end";
    for (const hostile of [
      `jsonb_build_object(text, numeric, text, text) returns jsonb`,
      `jsonb_build_object(text, text) returns jsonb`,
      `btrim(varchar) returns text`,
      `lower(varchar) returns text`,
      `encode(bytea, varchar) returns text`,
      `sha256(text) returns bytea`,
      `octet_length(varchar) returns integer`,
      `pg_notify(text, varchar) returns void`,
      `coalesce_text(text, text) returns text`,
    ]) {
      const body = hostile.endsWith("void") ? grab.replace("return null; ", "") : grab;
      await client.query(`create function public.${hostile} language plpgsql as $$ ${body} $$`);
    }
    await client
      .query(`create function public.same(text, unknown) returns boolean language plpgsql as $$ ${grab} $$`)
      .catch(() => {});
    await client.query(`create function public.same(name, text) returns boolean language plpgsql as $$ ${grab} $$`);
    await client.query("create operator public.= (leftarg = name, rightarg = text, function = public.same)");
    await client.query(`create function public.joined(text, varchar) returns text language plpgsql as $$ ${grab} $$`);
    await client.query("create operator public.|| (leftarg = text, rightarg = varchar, function = public.joined)");
    await client.query("set search_path = public, pg_catalog");
    await client.query(
      "insert into public.import_inbox (account, email, phone) values ($1, 'lea@example.org', '+33642424242')",
      [world.account],
    );
    await admit();
    expect((await owner.query("select who from trophy where who <> $1", [role])).rows).toEqual([]);
    expect(await statesOf(world)).toEqual(["ready"]);
  });

  it("may name only the accounts it was granted, if several share the database", async () => {
    const { world, owner, roles } = await withRoles(2);
    await account(world, world.account);
    await account(world, "second");
    const [a, b] = roles;
    if (a === undefined || b === undefined) throw new Error("two roles");
    await expect(insert(a.client, { account: "second", email: "lea@example.org" })).rejects.toMatchObject({
      code: "42501",
    });
    await expect(insert(a.client, { email: "lea@example.org" })).rejects.toMatchObject({ code: "42501" });
    await owner.query("insert into import_inbox_account values ($1, 'second')", [a.role]);
    await insert(a.client, { account: "second", email: "lea@example.org" });
    await insert(a.client, { email: "noe@example.org" });
    await expect(insert(a.client, { account: world.account, email: "x@example.org" })).rejects.toMatchObject({
      code: "42501",
    });
    await expect(insert(b.client, { account: "second", email: "x@example.org" })).rejects.toMatchObject({
      code: "42501",
    });
    await expect(insert(b.client, { account: "unknown", email: "x@example.org" })).rejects.toMatchObject({
      code: "42501",
    });
    await insert(owner, { account: world.account, email: "x@example.org" });
    const found = await owner.query("select account, submitted_by from applicant_import order by id");
    expect(found.rows.slice(0, 2)).toEqual([1, 2].map(() => ({ account: "second", submitted_by: a.role })));
    await expect(a.client.query("insert into import_inbox_account values ('x', 'y')")).rejects.toThrow(
      /permission denied/,
    );
  });

  it("needs approval for a source that was approved for another role or another intake", async () => {
    const { world, roles, admit } = await withRoles(2, { env: { SOURCE_APPROVAL: "1" } });
    const [a, b] = roles;
    if (a === undefined || b === undefined) throw new Error("two roles");
    const [one] = await importPeople(world, [{ email: "h@example.org", source: "careers" }]);
    await releaseImport({ database: world.database, account: world.account, by: PERSON }, one?.id ?? 0n);
    const row = (email: string) => ({ account: world.account, source: "careers", email });
    const first = await insert(a.client, row("a1@example.org"));
    await admit();
    await releaseImport({ database: world.database, account: world.account, by: PERSON }, BigInt(first));
    await insert(a.client, row("a2@example.org"));
    await insert(b.client, row("b1@example.org"));
    await insert(b.client, row("b2@example.org"));
    await admit();
    expect(await statesOf(world)).toEqual([
      "ready (released)",
      "ready (released)",
      "ready",
      "held (source_approval)",
      "held (awaits_source_approval)",
    ]);
  });
});

describe("the only account of a database", () => {
  it("needs no grant", async () => {
    const world = await openWorld();
    await account(world, world.account);
    const client = await connect(world);
    await insert(client, { email: "lea@example.org" });
    expect(await statesOf(world)).toEqual(["draft"]);
  });
});
