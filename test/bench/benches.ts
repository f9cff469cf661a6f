/** `npm run bench -- NAME [options]`: one bench, which prints a table; without a name, what there is. */
import { UsageError } from "../../src/platform/errors.ts";
import { measureChurn } from "./churn.ts";
import { measureCost } from "./cost.ts";
import { measureDay } from "./day.ts";
import { measureDryRun } from "./dry-run.ts";
import { measureFrench } from "./french.ts";
import { measureHouse } from "./house.ts";
import { measureImports } from "./imports.ts";
import { measureMemory } from "./memory.ts";
import { measureMirror } from "./mirror.ts";
import { measureOps } from "./ops.ts";
import { measurePeople } from "./people.ts";
import { measureQuota } from "./quota.ts";
import { measureReport } from "./report.ts";
import { measureSql } from "./sql.ts";
import { runBench, type Measure } from "./support/bench.ts";
import { measureUnchanged } from "./unchanged.ts";

const BENCHES: ReadonlyMap<string, readonly [measure: Measure, meaning: string]> = new Map([
  ["quota", [measureQuota, "requests of a long pull at the real quota, by queue backend and processes"]],
  ["mirror", [measureMirror, "rows a second and write-ahead log of the page write, beside other ways to write"]],
  ["memory", [measureMemory, "the most memory of a worker during a long pull"]],
  ["churn", [measureChurn, "full syncs of a list that moves, in simulated time"]],
  ["day", [measureDay, "requests and freshness of a day, beside full syncs alone, in simulated time"]],
  ["imports", [measureImports, "imports during a full pull at the real quota"]],
  ["sql", [measureSql, "a single import while a large SQL insert is checked and sent"]],
  ["dry-run", [measureDryRun, "time of `import FILE --dry-run` for a large file"]],
  ["french", [measureFrench, "a large file of a French Excel: good lines taken, lines read wrongly"]],
  ["ops", [measureOps, "a page and a scrape of the worker, with a million rows and a hundred thousand imports"]],
  [
    "people",
    [measurePeople, "the erasure of a person, the check of suppressed people and retention, with a million rows"],
  ],
  ["report", [measureReport, "the questions of reports over a million applications, and what they cost a sync"]],
  ["unchanged", [measureUnchanged, "write-ahead log of a full sync in which nothing changed"]],
  ["house", [measureHouse, "lines, rooms and imports of the source, without running it"]],
  ["cost", [measureCost, "CPU and round trips to Postgres of one request of a full sync"]],
] as const);

const [name = "", ...args] = process.argv.slice(2);

await runBench(() => {
  const bench = BENCHES.get(name);
  if (bench !== undefined) return bench[0](args);
  const list = [...BENCHES].map(([known, [, meaning]]) => `  ${known.padEnd(10)} ${meaning}`);
  throw new UsageError("unknown_bench", `npm run bench -- NAME [options], one of:\n${list.join("\n")}`);
});
