/** The encoding of a file without a mark: detected by its words, or asked for. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../src/platform/errors.ts";
import { createDecoder, encodingOf } from "../../../src/outbox/intake/file/decoder.ts";
import { openImportFile, type FileOptions } from "../../../src/outbox/intake/file/rows.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "applicant-sync-encoding-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function open(file: string | Uint8Array, options: FileOptions = {}) {
  const path = join(directory, `${crypto.randomUUID()}.csv`);
  await writeFile(path, file);
  return openImportFile(path, options);
}

/** The bytes of a text in an encoding of one byte a character. */
function bytesIn(encoding: string, text: string): Uint8Array {
  const decoder = createDecoder(encoding);
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  return Uint8Array.from(text, (character) => bytes.get(character) ?? 0x3f);
}

async function textOf(file: Uint8Array, options: FileOptions = {}) {
  const { encoding, rows } = await open(file, options);
  const lines: unknown[] = [];
  for await (const some of rows()) lines.push(...some.map(({ submitted }) => submitted));
  return { encoding, lines };
}

describe("the encoding of a file", () => {
  const PEOPLE = ["Léa", "Hélène", "François", "Noël", "Zoë", "Gaëlle", "Benoît", "Élodie", "ANDRÉ", "Anaïs"];
  const text = `email;Prénom\n${PEOPLE.map((name, n) => `p${n}@example.org;${name}`).join("\n")}\n`;
  const lines = PEOPLE.map((first_name, n) => ({ email: `p${n}@example.org`, first_name }));
  const windows = createDecoder("windows-1252");
  const twice = (written: string) => windows.decode(new TextEncoder().encode(written));

  it("tells UTF-8 that was read as Windows-1252, whose characters from 0x80 to 0x9f are not those of Latin-1", async () => {
    expect(windows.decode(Uint8Array.from({ length: 32 }, (_, n) => n + 0x80))).toBe(
      "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ",
    );
    const file = Buffer.from("email;nom\na@example.org;Lâ€™HÃ´te\nb@example.org;Å’uvrard\n");
    expect(await textOf(file)).toMatchObject({
      encoding: "utf-8-twice",
      lines: [{ last_name: "L’Hôte" }, { last_name: "Œuvrard" }],
    });
  });

  it.each<readonly [encoding: string, file: Uint8Array]>([
    ["utf-8", Buffer.from(text)],
    ["utf-8", Buffer.from(`\uFEFF${text}`)],
    ["utf-16le", Buffer.from(`\uFEFF${text.replaceAll(";", "\t")}`, "utf16le")],
    ["utf-8-twice", Buffer.from(twice(text))],
    ["utf-8-twice", Buffer.from(`\uFEFF${twice(text)}`)],
    ...["windows-1252", "macintosh", "ibm850"].map((encoding) => [encoding, bytesIn(encoding, text)] as const),
  ])("is detected by its words: %s", async (encoding, file) => {
    expect(await textOf(file)).toEqual({ encoding, lines });
  });

  it.each(
    PEOPLE.flatMap((name) => ["windows-1252", "macintosh", "ibm850"].map((encoding) => [name, encoding] as const)),
  )("is right, or asked for, by one word alone: %s in %s", async (name, encoding) => {
    const file = bytesIn(encoding, `email;nom\na@example.org;${name}\n`);
    const right = [{ email: "a@example.org", last_name: name }];
    const outcome = await textOf(file).then(
      (found) => found.lines,
      (error: unknown) =>
        error instanceof UsageError && error.code === "unclear_encoding" && error.message.includes(name)
          ? right
          : error,
    );
    expect(outcome).toEqual(right);
  });

  it.each(
    Object.entries({
      "windows-1252":
        "Lætitia Simões Pokorný Œuvrard Muñoz João Sørensen L'Haÿ Cœur Fenêtre Conceição Åse Geneviève Maëlys Núñez",
      macintosh: "FRANÇOIS LEFÈVRE Château Cœur Garçon",
      "windows-1250":
        "Dębski Gdańsk Kučera Dvořák Wiśniewski Brăila Kamiński Procházka Piątek Růžička Čech Szőke Tőkés",
    }).flatMap(([encoding, words]) => words.split(" ").map((word) => [word, encoding] as const)),
  )("is never wrong by one word: %s in %s", async (word, encoding) => {
    const outcome = await textOf(bytesIn(encoding, `email;nom\na@example.org;${word}\n`)).then(
      ({ lines: found }) => found,
      (error: unknown) => (error instanceof UsageError ? error.code : error),
    );
    expect([[{ email: "a@example.org", last_name: word }], "unclear_encoding"]).toContainEqual(outcome);
  });

  it("is not asked for because of one name from another country", async () => {
    for (const last_name of ["Pokorný", "Lætitia", "Œuvrard", "Guðmundsson"]) {
      const file = bytesIn("windows-1252", `${text}z@example.org;${last_name}\n`);
      expect(await textOf(file)).toMatchObject({
        encoding: "windows-1252",
        lines: expect.arrayContaining([{ email: "z@example.org", first_name: last_name }]),
      });
    }
  });

  it("tells ISO-8859-15 where it differs", async () => {
    const file = bytesIn("iso-8859-15", "email;nom\na@example.org;Lecœur\nb@example.org;Zoé\n");
    expect(await textOf(file)).toMatchObject({
      encoding: "iso-8859-15",
      lines: [{ last_name: "Lecœur" }, { last_name: "Zoé" }],
    });
  });

  it("is asked for, with names in two readings, where no reading is plausible", async () => {
    const file = bytesIn("windows-1251", "email;nom\na@example.org;Иванов\nb@example.org;Петрова\n");
    await expect(open(file)).rejects.toMatchObject({
      code: "unclear_encoding",
      message: expect.stringMatching(/--encoding \S+: \S+, \S+\n {2}--encoding \S+: \S+, \S+/),
    });
    expect(await textOf(file, { encoding: encodingOf("cp1251") })).toMatchObject({
      lines: [{ last_name: "Иванов" }, {}],
    });
  });

  it("may be named in several ways, and is refused if it is not known", () => {
    expect(["UTF8", "cp1252", "latin1", "MacRoman", "cp850", "latin9"].map(encodingOf)).toEqual([
      "utf-8",
      "windows-1252",
      "windows-1252",
      "macintosh",
      "ibm850",
      "iso-8859-15",
    ]);
    expect(() => encodingOf("martian")).toThrow(/martian is not known/);
  });
});
