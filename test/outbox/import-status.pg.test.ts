import { describe, expect, it } from "vitest";
import { holdImport } from "../../src/outbox/operations/hold.ts";
import { resolveImport } from "../../src/outbox/operations/review.ts";
import { storeStatusTexts } from "../../src/outbox/operations/status-texts.ts";
import { because } from "../support/decider.ts";
import { connect, insert, openInbox } from "../support/inbox.ts";
import { importPeople } from "../support/imports.ts";
import { lead } from "../support/outbox.ts";
import { asSuperuser, onServer } from "../support/postgres.ts";
import { createRole } from "../support/role.ts";

const RIGHTS = [
  "usage on schema public",
  "insert, select (id) on public.import_inbox",
  "select on public.import_status",
];

/** Two applications that may do what docs/imports-from-programs.md grants. */
async function openApplications() {
  const inbox = await openInbox({ kind: "jobboard" });
  const url = inbox.world.env["DATABASE_URL"] ?? "";
  const deps = { database: inbox.world.database, account: inbox.world.account, by: because("Léa Martin called") };
  await storeStatusTexts(deps, "en");
  const [one, other] = [await createRole(url, ...RIGHTS), await createRole(url, ...RIGHTS)];
  const [mine, theirs] = [await connect(inbox.world, one), await connect(inbox.world, other)];
  return { ...inbox, url, deps, one, other, mine, theirs };
}

async function statusOf(client: Awaited<ReturnType<typeof connect>>, id: string) {
  const { rows } = await client.query("select * from import_status where id = $1", [id]);
  return rows[0];
}

describe("import_status", () => {
  it("tells a role what became of its rows, why, and what to do next", async () => {
    const { mine, world, admit, deps } = await openApplications();
    const good = await insert(mine, {
      account: world.account,
      key: "k1",
      source: "form",
      email: "lea@example.org",
      company_id: 1,
    });
    expect(await statusOf(mine, good)).toMatchObject({
      key: "k1",
      source: "form",
      state: "draft",
      next: "A worker checks it next.",
    });
    const bad = await insert(mine, { account: world.account, email: "no address", company_id: 1 });
    await admit();
    expect(await statusOf(mine, good)).toMatchObject({ state: "ready", reason_code: null, reason: null });
    expect(await statusOf(mine, bad)).toMatchObject({
      state: "rejected",
      reason_code: "invalid",
      reason: "email must be an e-mail address",
      next: "Fix what the reason names, and import it again.",
    });
    await lead(world, BigInt(good), ["sent"]);
    expect(await statusOf(mine, good)).toMatchObject({ state: "done", applicant_id: String(500n + BigInt(good)) });
    const again = await insert(mine, { account: world.account, email: "lea@example.org", company_id: 1, key: "k1" });
    await admit();
    expect(await statusOf(mine, again)).toMatchObject({
      state: "rejected",
      reason_code: "duplicate",
      reason: expect.stringContaining(good),
    });
    expect(deps.account).toBe(world.account);
  });

  it("tells what was assumed or left out, and not that a person was deleted in the account", async () => {
    const { mine, world, admit } = await openApplications();
    const row = { account: world.account, company_id: 1 };
    const odd = await insert(mine, { ...row, email: "lea@example.org", locale: "Klingon" });
    const plain = await insert(mine, { ...row, email: "noe@example.org", locale: "Français" });
    await admit();
    expect(await statusOf(mine, odd)).toMatchObject({
      state: "ready",
      notes: expect.stringMatching(/^locale is no language/),
    });
    expect(await statusOf(mine, plain)).toMatchObject({ state: "ready", notes: null });
    await world.database.$executeRaw`
      update public.applicant_import set applicant_state = 'held', reason_code = 'deleted_there', queued_at = null
      where id = ${BigInt(plain)}`;
    expect(await statusOf(mine, plain)).toMatchObject({ state: "held", reason_code: null, reason: null });
    expect((await statusOf(mine, plain)).next).toMatch(/^Check it, then: /);
  });

  it("names no import of another role or intake where a row repeats it or its key", async () => {
    const { mine, theirs, world, admit } = await openApplications();
    const row = { account: world.account, company_id: 1 };
    await importPeople(world, [{ email: "noe@example.org", company_id: 1 }]);
    await insert(theirs, { ...row, key: "their-key", email: "lea@example.org" });
    await admit();
    const repeats = [
      await insert(mine, { ...row, email: "noe@example.org" }),
      await insert(mine, { ...row, key: "their-key", email: "lea@example.org" }),
      await insert(mine, { ...row, key: "their-key", email: "ana@example.org" }),
    ];
    await admit();
    const seen = [];
    for (const id of repeats) seen.push(await statusOf(mine, id));
    expect(seen.map(({ reason_code: code, reason }) => [code, reason])).toEqual([
      ["duplicate", "It is another import already."],
      ["duplicate", "It is another import already."],
      ["key_in_use", "Its key is that of another person or campaign already."],
    ]);
  });

  it("shows nothing that the API or a person wrote, for that may name somebody", async () => {
    const { mine, world, admit, deps } = await openApplications();
    const row = { account: world.account, company_id: 1 };
    const held = await insert(mine, { ...row, email: "lea@example.org" });
    const refused = await insert(mine, { ...row, email: "noe@example.org" });
    await admit();
    await holdImport(deps, BigInt(held));
    await world.database.$executeRaw`
      update public.applicant_import set applicant_state = 'rejected', reason_code = 'api_invalid',
        reason = 'noe@example.org is invalid', finished_at = now() where id = ${BigInt(refused)}`;
    expect(await statusOf(mine, held)).toMatchObject({
      reason: "A person held it.",
      next: `Check it, then: applicant-sync imports release ${held}, or applicant-sync imports drop ${held}`,
    });
    expect(await statusOf(mine, refused)).toMatchObject({
      state: "rejected",
      reason: "The API did not accept it, or its answer is unknown.",
    });
    const { rows } = await mine.query("select * from import_status");
    expect(JSON.stringify(rows)).not.toMatch(/@|martin/i);
  });

  it("hides the rows of other roles and intakes, whatever the reader asks for", async () => {
    const { mine, theirs, world, insert: asOwner, one, other, url } = await openApplications();
    const row = { account: world.account, company_id: 1 };
    const id = await insert(theirs, { ...row, key: "secret", email: "lea@example.org" });
    const owners = await asOwner({ ...row, email: "noe@example.org" });
    // A condition that tells what it sees would tell more, if it were evaluated first.
    await onServer(asSuperuser(url), `grant create on schema public to ${one}`);
    await mine.query(`create function public.leak(t text) returns boolean cost 0.0001 language plpgsql as
      $$ begin raise notice '%', t; return true; end $$`);
    const seen: string[] = [];
    mine.on("notice", ({ message }) => seen.push(message ?? ""));
    expect((await mine.query("select * from import_status where public.leak(key)")).rows).toEqual([]);
    expect(seen).toEqual([]);
    expect([await statusOf(mine, id), await statusOf(mine, owners)]).toEqual([undefined, undefined]);
    expect(await statusOf(theirs, id)).toMatchObject({ key: "secret" });
    // Members of a role share what it inserted.
    await onServer(asSuperuser(url), `grant ${other} to ${one}`);
    expect(await statusOf(mine, id)).toMatchObject({ key: "secret" });
    for (const table of ["applicant_import", "import_text", "import_event", "import_resume", "applicant"]) {
      await expect(mine.query(`select * from public.${table}`)).rejects.toThrow(/permission denied/);
    }
    for (const change of ["update public.import_status set key = 'x'", "delete from public.import_status"]) {
      await expect(mine.query(change)).rejects.toThrow(/permission denied|cannot/);
    }
  });

  it("speaks the language in which a worker started last", async () => {
    const { mine, world, admit, deps } = await openApplications();
    const id = await insert(mine, { account: world.account, email: "lea@example.org", company_id: 1 });
    await admit();
    await storeStatusTexts(deps, "fr");
    expect(await statusOf(mine, id)).toMatchObject({ next: "Il est envoyé ensuite." });
    await resolveImport(deps, BigInt(id), { is: "drop" });
    expect(await statusOf(mine, id)).toMatchObject({ reason: "Une personne l'a abandonné." });
    expect(await world.database.importText.count()).toBeGreaterThan(20);
  });
});
