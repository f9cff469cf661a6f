import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { inspectFile } from "../../src/outbox/intake/file/text.ts";
import { conditionOf } from "../../src/outbox/operations/filter.ts";
import { readIds, readResolutions } from "../../src/outbox/operations/sheet/rows.ts";
import { writeSheet } from "../../src/outbox/operations/sheet/write.ts";
import { lead, people, worldWith } from "../support/outbox.ts";

/** Three imports that need a review, and the directory of a person who looks after them. */
async function openReview() {
  const { world, ids, deps } = await worldWith(people(3, { last_name: "Müller; «Noël»" }));
  for (const id of ids) await lead(world, id, ["sending", "unknown", "needs_review"]);
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-sheet-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = async (content: string | Buffer) => {
    const path = join(directory, `${crypto.randomUUID()}.csv`);
    await writeFile(path, content);
    return path;
  };
  const list = async () => {
    const path = join(directory, "list.csv");
    const condition = await conditionOf(world.database, world.account, {});
    await writeSheet(deps, condition, { path, limit: 100, language: "en", timezone: "UTC" });
    return readFile(path, "utf8");
  };
  const [a = 0n, b = 0n, c = 0n] = ids;
  return { deps, file, list, a, b, c };
}

/** Fills a cell of the line of an import. */
function filled(text: string, id: bigint, column: string, value: string): string {
  const [head = "", ...lines] = text.split("\r\n");
  const at = head.replace("\uFEFF", "").split(";").indexOf(column);
  // No cell before these columns holds a delimiter.
  return [
    head,
    ...lines.map((line) => (line.startsWith(`${id};`) ? line.split(";").with(at, value).join(";") : line)),
  ].join("\r\n");
}

describe("a file of imports list, completed by a person", () => {
  it("says what they found out, and leaves alone what they left empty", async () => {
    const { deps, file, list, a, b } = await openReview();
    const text = filled(filled(await list(), a, "applicant_id", "4711"), b, "decision", "Absente");
    expect(await readResolutions(deps, await file(text), null)).toEqual({
      answers: new Map([
        [b, { is: "absent" }],
        [a, { is: "applicant", id: 4711n }],
      ]),
      note: {
        en: "Imports without an answer in the file, left as they are: 1.",
        fr: "Imports sans réponse dans le fichier, laissés tels quels : 1.",
      },
    });
  });

  it("may be saved by Excel in French: in Windows-1252, without the mark, with cells and lines left over, numbers grouped", async () => {
    const { deps, file, list, a, b } = await openReview();
    const text = filled(filled(await list(), a, "applicant_id", "14\u00a0711"), b, "applicant_id", "127,00");
    const excel = `${text.replace("\uFEFF", "").replaceAll("\r\n", ";;\r\n")};;;;\r\n`;
    const saved = Buffer.from(excel, "latin1");
    const { answers: found, note } = await readResolutions(deps, await file(saved), null);
    expect(note?.en).not.toMatch(/Changed cells/);
    expect([found.get(a), found.get(b)]).toEqual([
      { is: "applicant", id: 14_711n },
      { is: "applicant", id: 127n },
    ]);
    const swiss = await file(`id;applicant_id\n${a};1’127\n`);
    expect((await readResolutions(deps, swiss, null)).answers.get(a)).toEqual({ is: "applicant", id: 1127n });
    const asTabs = Buffer.from(`\uFEFFid\tdecision\n${a}\tdrop\n`, "utf16le");
    expect((await readResolutions(deps, await file(asTabs), null)).answers).toEqual(new Map([[a, { is: "drop" }]]));
    const declared = await file(`sep=,\nid,decision\n${a},libérer\n"${b}",Libérer\n`);
    expect(await readIds(deps, declared, "release")).toEqual({ ids: [a, b], note: null });
  });

  it("may be in an encoding that its words do not tell", async () => {
    const { deps, file, a } = await openReview();
    const odd = Buffer.concat([
      Buffer.from(`id;decision;last_name\n${a};drop;`),
      Buffer.from([0x81, 0x8d, 0x9d, 0x0a]),
    ]);
    const path = await file(odd);
    await expect(inspectFile(path)).rejects.toMatchObject({ code: "unclear_encoding" });
    expect(await readIds(deps, path, "drop")).toMatchObject({ ids: [a] });
  });

  it("is about the lines in which something was decided, and about all lines where nothing was", async () => {
    const { deps, file, a, b, c } = await openReview();
    const some = await file(`id;decision\n${a};release\n${b};\n${c};\n`);
    const note = "Imports without a decision in the file, left as they are: 2.";
    expect(await readIds(deps, some, "release")).toMatchObject({ ids: [a], note: { en: note } });
    const none = await file(`id;decision\n${a};\n${b};\n`);
    expect(await readIds(deps, none, "release")).toEqual({ ids: [a, b], note: null });
  });

  it("whose other cells were changed says that they are not stored, and takes no notice of how a spreadsheet writes them", async () => {
    const { deps, file, list, a, b } = await openReview();
    const text = await list();
    const noteAbout = async (content: string) => (await readIds(deps, await file(content), "retry")).note?.en ?? null;
    expect(await noteAbout(text)).toBeNull();
    expect(await noteAbout(filled(text, a, "company_id", "7"))).toMatch(/^Changed cells.*: line 4 \(company_id\)\. To/);
    expect(await noteAbout(filled(text, b, "applicant_id", "99"))).toMatch(/line 3 \(applicant_id\)/);
    const { email } = await deps.database.applicantImport.findUniqueOrThrow({ where: { id: a } });
    expect(await noteAbout(`id;first_name\n${a};Léa\n`)).toMatch(
      /line 2 \(first_name\)\. To correct rejected imports, import/,
    );
    const rewritten = `id;email;last_name;is_legals_accepted_by_manager\n${a};${email?.toUpperCase()};"Müller;  «Noël» ";VRAI\n`;
    await deps.database.applicantImport.update({ where: { id: a }, data: { is_legals_accepted_by_manager: true } });
    expect(await noteAbout(rewritten)).toBeNull();
  });

  it("that is wrong is refused as a whole, with each line and why", async () => {
    const { deps, file, list, a, b } = await openReview();
    const text = await list();
    const wrong = async (content: string) => {
      const path = await file(content);
      const error: unknown = await readResolutions(deps, path, null).catch((thrown: unknown) => thrown);
      return error instanceof Error ? error.message : "it was accepted";
    };
    expect(await wrong(`id;who\n${a};x`)).toMatch(/nothing was done.*no meaning here: who/);
    expect(await wrong(`name;decision\nx;drop`)).toMatch(/no column id/);
    expect(await wrong(`id;id\n${a};${b}`)).toMatch(/two columns id/);
    expect(await wrong("id;decision\n;;\n")).toMatch(/holds no import/);
    expect(await wrong(`id\n${a};drop`)).toMatch(/line 2 has 2 cells/);
    expect(await wrong(`id;decision\n${a};"drop\n`)).toMatch(/not a CSV/);
    expect(await wrong(`id;decision\n${a};drop\n${a};absent\n`)).toMatch(/line 3: import \d+ is in line 2 already/);
    expect(await wrong("id\n1,23E+05\n0\n\n999999999")).toMatch(
      /line 2: id is 1,23E\+05: the spreadsheet has shortened.*\n.*line 3: id must be/,
    );
    expect(await wrong("id\n999999999")).toMatch(/there is no import 999999999 in account/);
    expect(await wrong(filled(text, a, "applicant_id", "4,7E+11"))).toMatch(/applicant_id is 4,7E\+11/);
    // 1,000 is a thousand to some and one to others: neither is another person's id.
    for (const grouped of ["5.000", "1,000", "101,000", "1.234.000"]) {
      expect(await wrong(filled(text, a, "applicant_id", grouped))).toContain(`applicant_id must be a whole number`);
      expect(await wrong(`id\n${grouped === "5.000" ? grouped : `"${grouped}"`}\n`)).toContain("id must be a whole");
    }
    expect(await wrong(filled(text, a, "decision", "perhaps"))).toMatch(/one of absent, drop/);
    expect(await wrong(filled(text, a, "decision", "release"))).toMatch(/decision release is for imports release/);
    expect(await wrong(filled(filled(text, a, "decision", "drop"), a, "applicant_id", "7"))).toMatch(
      /2 answers: drop, applicant/,
    );
    // A column that was sorted alone gives each import to another person.
    expect(
      await wrong(text.replace(`\n${b};`, "\nX;").replace(`\n${a};`, `\n${b};`).replace("\nX;", `\n${a};`)),
    ).toMatch(/another person/);
    await expect(readIds(deps, await file(`id;decision\n${a};drop`), "release")).rejects.toThrow(
      /decision is drop, not release/,
    );
    await expect(readIds(deps, "/nowhere/list.csv", "release")).rejects.toMatchObject({ code: "no_such_file" });
  });

  it("is about one account alone", async () => {
    const { deps, file, a } = await openReview();
    const other = { ...deps, account: "another" };
    await expect(readIds(other, await file(`id\n${a}`), "drop")).rejects.toThrow(/no import \d+ in account another/);
  });
});
