import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { frenchFile } from "../../support/french-file.ts";
import { readFrench } from "../../support/read-french.ts";

it("takes every good line of a file that a French Excel saved, reads none wrongly, and refuses the others", async () => {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-french-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, "candidats.csv");
  const { bytes, expected } = frenchFile(1_000);
  await writeFile(path, bytes);
  const { encoding, summary, good, taken, wrong } = await readFrench(path, expected);
  expect({ encoding, wrong: wrong.slice(0, 5), taken, lines: summary.lines }).toEqual({
    encoding: "windows-1252",
    wrong: [],
    taken: good,
    lines: 1_000,
  });
});
