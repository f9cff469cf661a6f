import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Database } from "../../src/database/client.ts";
import type { Identifiers } from "../../src/people/suppression/suppress.ts";
import { useDatabase } from "../support/database.ts";
import { importPeople } from "../support/imports.ts";
import { openInbox } from "../support/inbox.ts";
import { keyringOf, PRIVACY_KEY } from "../support/keyring.ts";
import { openOutpost } from "../support/outpost.ts";
import { suppressOne } from "../support/suppression.ts";
import { openWorld } from "../support/world.ts";
import { openImports } from "./http/support.ts";

const database = useDatabase();
const CANARY = "canary-3c8d";
const EMAIL = `${CANARY}@example.org`;
const SPELLINGS = [
  EMAIL,
  EMAIL.toUpperCase(),
  ` ${EMAIL} `,
  EMAIL.replace("@", "\uFF20"),
  EMAIL.replace("y", "y\u200B"),
];

const suppressing = (at: Database, account: string, person: Partial<Identifiers> = { emails: [EMAIL] }) =>
  suppressOne(at, account, person);

/** In how many rows of the outbox the canary stands. */
async function bytes(at: Database): Promise<number> {
  const tables = ["applicant_import", "import_event", "import_resume", "import_request"];
  const counts = tables.map(
    (table) => `(select count(*)::int from public.${table} r where r::text ilike '%${CANARY}%')`,
  );
  const [row] = await at.$queryRawUnsafe<{ bytes: number }[]>(`select ${counts.join(" + ")} as bytes`);
  return row?.bytes ?? -1;
}

describe("an import of a suppressed person", () => {
  it("is refused by HTTP with a code of its own, in each spelling, and nothing of it is kept", async () => {
    const server = await openImports(database());
    await suppressing(database(), server.account);
    const person = (email: string) => ({ email, first_name: CANARY, last_name: CANARY });
    const alone = await server.post({ imports: [person(EMAIL)] }, { "idempotency-key": "1" });
    expect(alone).toMatchObject({ status: 422, body: { rejected: [{ code: "suppressed", index: 0 }] } });
    const rows = [...SPELLINGS.map(person), { email: "noe@example.org" }];
    const mixed = await server.post({ imports: rows }, { "idempotency-key": "2" });
    expect(mixed.body).toMatchObject({
      imports: [{ index: SPELLINGS.length }],
      rejected: SPELLINGS.map((_, index) => ({ index, code: "suppressed" })),
    });
    expect(JSON.stringify([alone.body, mixed.body])).not.toContain(CANARY);
    expect(await bytes(database())).toBe(0);
  });

  it("is refused line by line in a file, and stands in no file of rejected lines, whatever else is wrong with it", async () => {
    const world = await openWorld({ env: { PRIVACY_KEY } });
    await suppressing(world.database, world.account);
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-suppressed-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const lines = [
      "email;first_name;phone;consent_at",
      ...SPELLINGS.map((email) => `"${email}";${CANARY};;`),
      `Mail: ${EMAIL};${CANARY};not a phone;yesterday`,
      `noe@example.org;${EMAIL};not a phone;`,
      "eva@example.org;Eva;;",
      "no address;Tom;;",
    ];
    const [file, errors] = [join(directory, "people.csv"), join(directory, "errors.csv")];
    await writeFile(file, lines.join("\n"));
    for (const dry of [["--dry-run"], []]) {
      const done = await world.run(["import", file, "--errors", errors, "--json", ...dry]);
      const counts: unknown = { rejected: SPELLINGS.length + 3 };
      expect(JSON.parse(done.stdout)).toMatchObject(dry.length > 0 ? { dryRun: counts } : { imported: counts });
      expect(done.stdout + done.stderr).not.toContain(CANARY);
      const written = await readFile(errors, "utf8");
      expect(written).toContain("Tom");
      expect(written).not.toContain(CANARY);
      await rm(errors);
    }
    expect(await bytes(world.database)).toBe(0);
    expect(await world.database.applicantImport.count()).toBe(1);
  });

  it("that another application inserts is rejected and emptied, good or bad", async () => {
    const { world, insert, admit } = await openInbox({ env: { PRIVACY_KEY } });
    await suppressing(world.database, world.account);
    for (const [index, email] of SPELLINGS.entries()) {
      await insert({ key: `${CANARY} ${index}`, email, first_name: CANARY, consent_wording: CANARY });
    }
    await insert({ email: EMAIL, first_name: CANARY, phone: "not a phone" });
    await insert({ email: "noe@example.org" });
    await admit();
    const rows = await world.database.applicantImport.findMany({ orderBy: { id: "asc" } });
    expect(rows.map(({ state, reasonCode }) => [state, reasonCode])).toEqual([
      ...Array.from({ length: SPELLINGS.length + 1 }, () => ["rejected", "suppressed"]),
      ["ready", null],
    ]);
    expect(await bytes(world.database)).toBe(0);
  });

  it("that was queued before is never sent, nor is the application of whoever is suppressed by their id", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer" });
    await importPeople(outpost, [{ email: EMAIL, first_name: CANARY }, { email: "noe@example.org" }]);
    await suppressing(database(), outpost.account);
    await outpost.settle();
    const states = await database().applicantImport.findMany({
      where: { account: outpost.account },
      orderBy: { id: "asc" },
    });
    expect(states.map(({ state, reasonCode }) => [state, reasonCode])).toEqual([
      ["rejected", "suppressed"],
      ["done", null],
    ]);
    expect(outpost.sandbox.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(await bytes(database())).toBe(0);
  });

  it("is not accepted by a process that lacks the key", async () => {
    const server = await openImports(database());
    const key = keyringOf(`${PRIVACY_KEY}-other`).current();
    await suppressOne(database(), server.account, { emails: [EMAIL] }, { key });
    const refused = await server.post({ imports: [{ email: "noe@example.org" }] });
    expect(refused).toMatchObject({ status: 503, body: { code: "privacy_key_unknown" } });
  });
});
