/** What stands around the names of the columns, and how the cells below are written. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openImportFile } from "../../../src/outbox/intake/file/rows.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "applicant-sync-header-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function read(text: string | Uint8Array) {
  const path = join(directory, `${crypto.randomUUID()}.csv`);
  await writeFile(path, text);
  const file = await openImportFile(path);
  const rows = [];
  for await (const some of file.rows()) rows.push(...some);
  return rows.map(({ line, submitted, faults }) => ({ line, ...(faults.length > 0 ? { faults } : { submitted }) }));
}

const HEADER = "Adresse mail;Nom;Portable";
const PERSON = { email: "lea@example.org", last_name: "Martin", phone: "0612345678" };
const LINE = "lea@example.org;Martin;0612345678";

describe("the names of the columns", () => {
  it.each([
    ["a title", `Export des candidats\n\n${HEADER}\n${LINE}\n`, 4],
    ["a title in a row of cells", `Liste des e-mails;;\n;;\n${HEADER}\n${LINE}\n`, 4],
    ["rows of empty cells", `;;\n;;\n${HEADER}\n${LINE}\n`, 4],
    ["a delimiter in quotation marks", `"sep=;"\r\n${HEADER}\r\n${LINE}\r\n`, 3],
    ["a delimiter that a spreadsheet saved again", `sep=;;;\n${HEADER}\n${LINE}\n`, 3],
  ])("may stand below %s", async (_, text, line) => {
    expect(await read(text)).toEqual([{ line, submitted: PERSON }]);
  });

  it.each([
    ["over several lines", `"Adresse\nmail";"Nom\r\nde famille";Portable\n${LINE}\n`, 4],
    ["with what a form says beside them", `Adresse mail (obligatoire);Nom *;"Portable\n(facultatif)"\n${LINE}\n`, 3],
    ["between bars", `${HEADER}\n${LINE}\n`.replaceAll(";", "|"), 2],
  ])("may be written %s", async (_, text, line) => {
    expect(await read(text)).toEqual([{ line, submitted: PERSON }]);
  });

  it("of which two are the same are refused without advice that would fail", async () => {
    await expect(read("email;nom;Nom\na@example.org;A;B\n")).rejects.toMatchObject({
      code: "doubled_column",
      message: expect.stringContaining('give it another name, such as "nom 2"'),
    });
  });
});

it.each([
  ["without its mark, little end first", (bytes: Buffer) => bytes],
  ["without its mark, big end first", (bytes: Buffer) => bytes.swap16()],
])("reads UTF-16 %s", async (_, order) => {
  const bytes = order(Buffer.from(`${HEADER}\n${LINE}\n`, "utf16le"));
  expect(await read(bytes)).toEqual([{ line: 2, submitted: PERSON }]);
});

it("reads a text that a program wrote as a formula, with and without quotation marks around the cell", async () => {
  const raw = 'lea@example.org;="Martin";="0612345678"';
  const quoted = 'lea@example.org;"=""Martin""";"=""0612345678"""';
  const empty = 'lea@example.org;="Martin";=""';
  expect(await read(`${HEADER}\n${raw}\n${quoted}\n${empty}\n`)).toEqual([
    { line: 2, submitted: PERSON },
    { line: 3, submitted: PERSON },
    { line: 4, submitted: { email: PERSON.email, last_name: PERSON.last_name } },
  ]);
});
