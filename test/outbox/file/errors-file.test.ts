import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { array, assert, asyncProperty, constantFrom, oneof, property, string } from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openErrorsFile } from "../../../src/outbox/intake/file/errors-file.ts";
import { escapeFormulas, unescapeAll } from "../../../src/outbox/intake/file/csv.ts";
import { openImportFile, type FileRow } from "../../../src/outbox/intake/file/rows.ts";

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "applicant-sync-errors-"))));
afterAll(() => rm(directory, { recursive: true, force: true }));

async function read(path: string): Promise<readonly FileRow[]> {
  const rows: FileRow[] = [];
  for await (const some of (await openImportFile(path)).rows()) rows.push(...some);
  return rows;
}

/** Rejects every line of a file, and reads the file of the rejected. */
async function reject(text: string, extension = ".csv") {
  const path = join(directory, `${crypto.randomUUID()}${extension}`);
  const rejected = `${path}.rejected${extension}`;
  await writeFile(path, text);
  const before = await read(path);
  const file = await openErrorsFile(rejected, await openImportFile(path), "en");
  await file.write(
    before.map((row) => ({ row, faults: [{ field: "email", reason: { en: "is not known; = + - @", fr: "" } }] })),
  );
  await file.close();
  return { before, path: rejected, text: await readFile(rejected, "utf8"), after: await read(rejected) };
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
/** What a spreadsheet reads as a formula, whatever it skips before one. */
const RUNS = /^[\s\p{C}"]*[=+\-@＝＋－＠]/u;
const ODD = [
  "=1+1",
  " =1+1",
  "\u00a0=1+1",
  "\u3000@SUM(A1)",
  "\t=1+1",
  "\n=1+1",
  "\r\n-1",
  "\u200b+1",
  "\ufeff=1",
  "\u0000=1",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(A1)",
  " ＝1",
  '"=1+1"',
  "x;=cmd|' /C calc'!A0;y",
  "x,=1+1",
  "x\t=1+1",
  "x| \u00a0=1+1",
  'x;"=1+1";y',
  "x\n@y",
  "'=1+1",
  "''=1+1",
  "x;'=1+1",
  "it's, '-5 degrees'",
  "+33 6 42 42 42 42",
  "O'Brien; Zoé",
  "plain",
];

describe("a cell that a spreadsheet would run", () => {
  it.each(ODD)("is not run, into whichever columns it is split, and is read back unchanged: %j", (cell) => {
    const safe = escapeFormulas(cell);
    expect(safe.split(/[;,|\t\r\n]/).filter((part) => RUNS.test(part))).toEqual([]);
    expect(unescapeAll(safe)).toBe(cell);
  });

  it("is not run, whatever it holds", () => {
    const part = oneof(
      constantFrom(..."=+-@＝＠'\";,|\t\r\n \u00a0\u200b".split("")),
      string({ unit: "binary", maxLength: 2 }),
    );
    assert(
      property(array(part, { maxLength: 12 }), (parts) => {
        const cell = parts.join("");
        expect(
          escapeFormulas(cell)
            .split(/[;,|\t\r\n]/)
            .filter((piece) => RUNS.test(piece)),
        ).toEqual([]);
        expect(unescapeAll(escapeFormulas(cell))).toBe(cell);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is found in time proportional to its length", () => {
    for (const part of [" ", "\t", "'", ";", "\u200b", ";'", '"']) {
      const cell = part.repeat(500_000);
      expect(unescapeAll(escapeFormulas(cell)) === cell).toBe(true);
    }
  });
});

describe("the file of rejected lines", () => {
  it("is harmless in a spreadsheet, and imports again with the original values, however often", async () => {
    for (const delimiter of [";", ",", "\t"]) {
      const cells = ODD.filter((cell) => !cell.includes("\u0000") && !/^'=|\r/.test(cell));
      const lines = cells.map((cell) => [quoted("a@example.org"), quoted(cell), quoted(cell)].join(delimiter));
      const first = await reject([["email", "consent_how", "other"].join(delimiter), ...lines].join("\n"));
      expect(first.after.map(({ submitted }) => submitted)).toEqual(first.before.map(({ submitted }) => submitted));
      expect(first.before.map(({ submitted }) => submitted)).toEqual(
        cells.map((cell) => ({ email: "a@example.org", consent_how: cell })),
      );
      const second = await reject(first.text);
      expect(second.after.map(({ submitted }) => submitted)).toEqual(first.before.map(({ submitted }) => submitted));
    }
  });

  it("of JSONL keeps values that JavaScript cannot hold, and only the latest reasons", async () => {
    const lines = [
      `{"email":"a@example.org","campaign_id":123456789012345678901234567890,"key":1e999}`,
      `{"__proto__":{"email":"b@example.org"},"constructor":1}`,
      `{ "import_errors" : "old", "email" : "x}\\"\\\\" }`,
      `{}`,
    ];
    const first = await reject(lines.join("\n"), ".jsonl");
    const written = first.text.trim().split("\n");
    expect(written[0]).toContain(`"campaign_id":123456789012345678901234567890,"key":1e999,"import_errors":"line 1: `);
    expect(Object.keys(JSON.parse(written[1] ?? ""))).toEqual(["__proto__", "constructor", "import_errors"]);
    expect(first.after.map(({ submitted }) => submitted)).toEqual(first.before.map(({ submitted }) => submitted));
    const second = await reject(first.text, ".jsonl");
    expect(second.text.length).toBe(first.text.length);
    expect(second.after.map(({ submitted }) => submitted)).toEqual(first.before.map(({ submitted }) => submitted));
  });

  it("accepts any cells", async () => {
    const cell = oneof(constantFrom(...ODD), string({ maxLength: 8 })).map((text) => text.replaceAll("\0", ""));
    const anyCells = asyncProperty(
      array(array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 5 }),
      async (rows) => {
        const lines = rows.map((cells) => ["a@example.org", ...cells].map(quoted).join(";"));
        const { before, after } = await reject(["email;consent_how;consent_wording", ...lines].join("\n"));
        expect(after.map(({ submitted }) => submitted)).toEqual(before.map(({ submitted }) => submitted));
      },
    );
    await assert(anyCells, { numRuns: 60 });
  });
});

describe("a deeply nested line of JSONL", () => {
  it.each([
    ["arrays", `{"email":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
    ["objects", `{"email":${'{"a":'.repeat(150_000)}1${"}".repeat(150_000)}}`],
    ["arrays that never end", "[".repeat(900_000)],
    ["brackets behind a string with escapes", `{"a":"${'\\"['.repeat(10)}","b":${"[".repeat(100_000)}`],
  ])("is rejected alone, with its reason: %s", async (_, deep) => {
    const { before, text } = await reject(`{"email":"a@example.org"}\n${deep}\n{"email":"b@example.org"}\n`, ".jsonl");
    expect(before.map(({ faults }) => faults.map(({ reason }) => reason.en))).toEqual([
      [],
      ["is nested too deep: an import is one object of plain values"],
      [],
    ]);
    expect(text.trim().split("\n")).toHaveLength(3);
  });

  it("is accepted if the brackets are inside a text", async () => {
    const { before } = await reject(
      `{"email":"a@example.org","consent_how":"${"[{".repeat(50)}\\"${"[".repeat(50)}"}`,
      ".jsonl",
    );
    expect(before[0]?.faults).toEqual([]);
  });
});
