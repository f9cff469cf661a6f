/**
 * `npm run bench:churn -- [--rows 20000] [--passes 1000] [--purges 100] [--seed 1]`: full runs over a list that moves
 * while it is read, by the product's walkers, in simulated time: rows missed, requests over the ideal.
 */
import { table } from "../../src/commands/text.ts";
import { createSequence } from "../../src/sandbox/random.ts";
import { createList, type ChurnRates } from "./churn/list.ts";
import { simulatePass, type PassResult } from "./churn/pass.ts";
import { countOf, readOptions, runBench, tell, type Report } from "./support/bench.ts";
import { short } from "./support/figures.ts";

interface Level {
  readonly name: string;
  readonly rates: ChurnRates;
  /** At most so much over the ideal number of requests, with answers of up to 0.4 s and of up to 2 s. */
  readonly bars: readonly [number, number] | null;
  readonly purge: boolean;
}

const LEVELS: readonly Level[] = [
  { name: "still", rates: { deletions: 0, insertions: 0 }, bars: [0.01, 0.02], purge: false },
  { name: "1 + 1 a minute", rates: { deletions: 1, insertions: 1 }, bars: [0.05, 0.08], purge: false },
  { name: "6 + 6 a minute", rates: { deletions: 6, insertions: 6 }, bars: [0.12, 0.28], purge: false },
  { name: "20 + 20 a minute", rates: { deletions: 20, insertions: 20 }, bars: null, purge: false },
  { name: "120 deletions a minute", rates: { deletions: 120, insertions: 0 }, bars: [0.35, 0.5], purge: true },
];
const LATENCIES = [
  { min: 100, max: 400 },
  { min: 300, max: 900 },
  { min: 800, max: 2_000 },
] as const;

async function measure(): Promise<Report> {
  const options = readOptions({ rows: "20000", passes: "1000", purges: "100", seed: "1" });
  const rows = countOf(options.rows, "rows");
  const seed = countOf(options.seed, "seed");
  const ideal = Math.ceil(rows / 50);
  const missed: string[] = [];
  const lines: (string | number)[][] = [];
  for (const level of LEVELS) {
    for (const latency of LATENCIES) {
      const name = `${level.name}, ${latency.min / 1_000}-${latency.max / 1_000} s`;
      tell(name);
      const passes = countOf(level.purge ? options.purges : options.passes, "passes");
      const results = Array.from({ length: passes }, (_, pass): PassResult => {
        const draw = createSequence(seed, pass);
        return simulatePass(createList(rows, level.rates, draw), latency, draw);
      });
      const over = results.reduce((sum, one) => sum + one.requests, 0) / passes / ideal - 1;
      const lost = results.reduce((sum, one) => sum + (one.proven ? one.missed : 0), 0);
      const proven = results.filter((one) => one.proven).length;
      const seconds = results.reduce((sum, one) => sum + one.milliseconds, 0) / 1_000;
      const used = (results.reduce((sum, one) => sum + one.requests, 0) * 0.505) / seconds;
      lines.push([name, passes, lost, proven, `+${short(over * 100)} %`, `${short(used * 100)} %`]);
      const bar = latency.max <= 400 ? level.bars?.[0] : level.bars?.[1];
      if (bar !== undefined && over > bar)
        missed.push(`${name}: ${short(over * 100)} % over the ideal, more than ${bar * 100} %`);
      if (lost > 0) missed.push(`${name}: ${lost} living rows missed by a proven run`);
      if (proven < passes) missed.push(`${name}: ${passes - proven} runs ended unproven`);
    }
  }
  const head = ["level and latency", "passes", "rows missed", "proven", "requests over the ideal", "quota used"];
  return { text: `${table(head, lines)}\nThe ideal: ${ideal} requests for ${rows} rows.`, missed };
}

await runBench(measure);
