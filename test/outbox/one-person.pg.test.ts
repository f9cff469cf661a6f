import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { fillEmailKeys } from "../../src/mirror/email-key.ts";
import { writeItems } from "../../src/mirror/write-page.ts";
import { mapItems } from "../../src/mirror/items/item.ts";
import { claimImport } from "../../src/outbox/delivery/claim.ts";
import { admitDrafts } from "../../src/outbox/intake/sql/drafts.ts";
import type { OutboxContext } from "../../src/outbox/context.ts";
import { lookUp } from "../../src/outbox/lookup/lookup.ts";
import { loadImport } from "../../src/outbox/import/row.ts";
import { applicants } from "../../src/mirror/tables.ts";
import { importPeople } from "../support/imports.ts";
import { lead, outboxDepsOf, statesOf, worldWith } from "../support/outbox.ts";
import { openWorld, type World } from "../support/world.ts";

/** As the account holds them, and as a caller gives the same address. */
const SPELLINGS: readonly (readonly [held: string, submitted: string])[] = [
  ["lea@bücher.example", "lea@xn--bcher-kva.example"],
  ["lea@xn--bcher-kva.example", "LEA@BÜCHER.example"],
  [" Noe@Example.org ", "noe@example.org"],
  ["noe@example.org", "\u00a0noe@example.org\u00a0"],
  ["n\u200boe@example.org", "noe@exam\u00adple.org"],
  ["noe@example.org.", "noe@example.org"],
  ["noe@example.org", "Noe@Example.org."],
  ["ｎｏｅ＠example.org", "noe@example.org"],
  ["noe@bu\u0308cher.example", "noe@bücher.example"],
];

const mirrored = ({ database, account }: World, emails: readonly string[]) =>
  inTransaction(database, (tx) =>
    writeItems(
      tx,
      { account, run: null },
      applicants,
      mapItems(emails.map((email, n) => ({ id: 500 + n, email }))).items,
    ),
  );

const context = { job: "test", signal: new AbortController().signal };

describe("one person in two spellings", () => {
  it.each(SPELLINGS)("is one person for delivery: %j in the mirror, %j submitted", async (held, submitted) => {
    const world = await openWorld();
    await mirrored(world, [held]);
    const [one] = await importPeople(world, [{ email: submitted }]);
    const claim = await inTransaction(world.database, (tx) => claimImport(tx, outboxDepsOf(world), Number(one?.id)));
    expect(claim.is).toBe("known");
    expect(await statesOf(world)).toEqual(["done"]);
  });

  it.each(SPELLINGS)("is found by a lookup: %j in the account, %j submitted", async (held, submitted) => {
    const { world, ids } = await worldWith([{ email: submitted }]);
    await lead(world, ids[0] ?? 0n, ["sending", "unknown"]);
    const row = await loadImport(world.database, world.account, ids[0] ?? 0n);
    if (row === null) throw new Error("no import");
    const api: Pick<OutboxContext["api"], "list" | "show"> = {
      show: async () => ({ id: 7, email: held }),
      list: () => Promise.reject(new Error("not needed")),
    };
    expect(await lookUp({ accountKind: "customer", api }, row, "applicant", context)).toEqual({ is: "there", id: 7n });
  });

  it("is one import, whichever intake submits it and however often", async () => {
    const { world } = await worldWith([{ email: "lea@bücher.example" }]);
    const more = await importPeople(world, [
      { email: "LEA@xn--bcher-kva.example" },
      { email: " lea@bu\u0308cher.example. " },
    ]);
    expect(more.map(({ outcome }) => outcome)).toEqual(["known", "known"]);
    await world.database.$executeRaw`
      insert into public.import_inbox (account, email) values (${world.account}, ${"\u00a0Lea@Bücher.EXAMPLE"})`;
    await admitDrafts(outboxDepsOf(world));
    expect(await statesOf(world)).toEqual(["ready", "rejected (duplicate)"]);
  });

  it("is recognised in rows that were mirrored before the comparable form was stored", async () => {
    const world = await openWorld();
    await mirrored(world, ["lea@bücher.example", "noe@example.org", "\u00a0"]);
    await world.database.applicant.updateMany({ where: { account: world.account }, data: { email_key: null } });
    const before = await world.database.applicant.findMany({ orderBy: { id: "asc" } });
    expect(await fillEmailKeys(world.database)).toBe(before.filter(({ email }) => email !== null).length);
    const rows = await world.database.applicant.findMany({ orderBy: { id: "asc" } });
    expect(rows.map(({ email_key: key }) => key).slice(0, 2)).toEqual(["lea@xn--bcher-kva.example", "noe@example.org"]);
    expect(await fillEmailKeys(world.database)).toBe(0);
  });

  it("leaves no trace of the comparable form in the history of a row", async () => {
    const world = await openWorld();
    await mirrored(world, ["lea@example.org"]);
    await mirrored(world, ["lea@bücher.example"]);
    const changes = await world.database.change.findMany({ where: { account: world.account, kind: "updated" } });
    expect(changes.map(({ after }) => after)).toEqual([{ email: "lea@bücher.example" }]);
  });
});
