import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { array, assert, asyncProperty, constantFrom, integer, oneof } from "fast-check";
import { expect, it } from "vitest";
import { importFile } from "../../../src/outbox/intake/file/import-file.ts";
import { openImportFile } from "../../../src/outbox/intake/file/rows.ts";
import { useDatabase } from "../../support/database.ts";
import { keyringOf } from "../../support/keyring.ts";

const database = useDatabase();

/** A line of `email;first_name`, and the person that it must bring; null: none. */
interface Line {
  readonly text: string;
  readonly person: string | null;
}

const person = integer({ min: 1, max: 25 }).map((n) => `person${n}@example.org`);
const good = oneof(
  person.map((email): Line => ({ text: `${email};Léa`, person: email })),
  person.map((email): Line => ({ text: `${email.toUpperCase()};`, person: email })),
  person.map((email): Line => ({ text: `"${email}";"Le ""roi""; Max"`, person: email })),
);
const bad = constantFrom(
  "nobody;x",
  ";x",
  "a@example.org",
  "a@example.org;b;c",
  '"a@example.org;x',
  'a@example.org;x"y',
  "a@@example.org;",
  "a@example.org;=1+1",
  "a@example.org;\0",
).map((text): Line => ({ text, person: null }));
const blank = constantFrom("", ";").map((text): Line => ({ text, person: "" }));

it("accepts every good line of any file once, and counts each line once, however often it is imported", async () => {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-random-"));
  const property = asyncProperty(
    array(oneof({ weight: 4, arbitrary: good }, { weight: 2, arbitrary: bad }, blank), { maxLength: 60 }),
    constantFrom("\n", "\r\n"),
    async (lines, ending) => {
      const account = `test-${crypto.randomUUID()}`;
      const path = join(directory, `${account}.csv`);
      await writeFile(path, ["email;first_name", ...lines.map(({ text }) => text)].join(ending));
      const options = {
        account,
        keyring: keyringOf(null),
        accountKind: "customer",
        environment: "sandbox",
        scopes: ["applicants_write"],
        language: "en",
        imports: { resumeTypes: {}, resumeMaxBytes: 1, companyId: null, defaultCountry: null, sourceApproval: 0 },
        source: "file",
        directory,
        errors: null,
        signal: new AbortController().signal,
      } as const;
      const run = async () => importFile(database(), await openImportFile(path), options);
      const filled = lines.filter((one) => one.person !== "");
      const people = new Set(filled.flatMap((one) => one.person ?? []));
      const rejected = filled.filter((one) => one.person === null).length;
      const accepted = filled.length - rejected;
      expect(await run()).toMatchObject({
        lines: filled.length,
        queued: people.size,
        known: accepted - people.size,
        rejected,
        ready: people.size,
      });
      expect(await run()).toMatchObject({ lines: filled.length, queued: 0, known: accepted, rejected });
      const stored = await database().applicantImport.findMany({ where: { account }, select: { email: true } });
      expect(new Set(stored.map(({ email }) => email))).toEqual(people);
      expect(stored).toHaveLength(people.size);
    },
  );
  await assert(property, { numRuns: 60 });
  await rm(directory, { recursive: true, force: true });
});
