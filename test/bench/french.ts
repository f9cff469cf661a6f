/**
 * `npm run bench -- french [--lines 100000]`: a file of people as a French Excel saves it, every spelling mixed in, read as `import`
 * reads it (without a database): how many of its good lines are taken, and whether any is read wrongly.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { table } from "../../src/platform/text.ts";
import { frenchFile } from "../support/french-file.ts";
import { readFrench } from "../support/read-french.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openDirectory } from "./support/services.ts";

/** The share of the good lines that must be taken. */
const TAKEN = 0.999;
const SHOWN = 10;

export async function measureFrench(args: readonly string[]): Promise<Report> {
  const lines = countOf(readOptions(args, { lines: "100000" }).lines, "lines");
  return withParts(async (parts) => {
    const path = join(await openDirectory(parts), "candidats.csv");
    tell(`writing ${lines} lines`);
    const { bytes, expected } = frenchFile(lines);
    await writeFile(path, bytes);
    const began = performance.now();
    const { encoding, summary, good, taken, wrong } = await readFrench(path, expected);
    const seconds = (performance.now() - began) / 1_000;
    const head = ["lines", "encoding", "good", "taken", "read wrongly", "refused", "seconds"];
    const row = [lines, encoding, good, taken, wrong.length, summary.rejected, short(seconds)];
    const missed = [
      ...(taken < TAKEN * good ? [`${taken} of ${good} good lines were taken, less than 99.9 %`] : []),
      ...(wrong.length > 0 ? [`read wrongly: ${wrong.slice(0, SHOWN).join("; ")}`] : []),
    ];
    return { text: table(head, [row]), missed };
  });
}
