/**
 * `npm run bench -- churn [--rows 20000] [--passes 1000] [--purges 100] [--seed 1]`: full runs over a list that moves
 * while it is read, two over each list, by the product's walkers, in simulated time: rows missed, living rows that would
 * be marked as deleted, requests over the ideal.
 */
import { table } from "../../src/platform/text.ts";
import { createSequence } from "../../src/sandbox/data/random.ts";
import { createList, type ChurnRates } from "./churn/list.ts";
import { PAGE_ROWS, simulatePair, type PassResult } from "./churn/pass.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
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

export async function measureChurn(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { rows: "20000", passes: "1000", purges: "100", seed: "1" });
  const rows = countOf(options.rows, "rows");
  const seed = countOf(options.seed, "seed");
  const missed: string[] = [];
  const lines: (string | number)[][] = [];
  for (const level of LEVELS) {
    for (const latency of LATENCIES) {
      const name = `${level.name}, ${latency.min / 1_000}-${latency.max / 1_000} s`;
      tell(name);
      const lists = Math.ceil(countOf(level.purge ? options.purges : options.passes, "passes") / 2);
      const pairs = Array.from({ length: lists }, (_, number) => {
        const draw = createSequence(seed, number);
        return simulatePair(createList(rows, level.rates, draw), latency, draw);
      });
      const results = pairs.flatMap((pair) => pair.passes);
      const passes = results.length;
      const sum = (of: (one: PassResult) => number) => results.reduce((total, one) => total + of(one), 0);
      const over = sum((one) => one.requests) / sum((one) => one.ideal) - 1;
      const lost = sum((one) => (one.proven ? one.missed.length : 0));
      const falseTombstones = pairs.reduce((total, pair) => total + pair.falseTombstones, 0);
      const proven = sum((one) => (one.proven ? 1 : 0));
      const used = (sum((one) => one.requests) * 0.505) / (sum((one) => one.milliseconds) / 1_000);
      lines.push([name, passes, lost, falseTombstones, proven, `+${short(over * 100)} %`, `${short(used * 100)} %`]);
      const bar = latency.max <= 400 ? level.bars?.[0] : level.bars?.[1];
      if (bar !== undefined && over > bar)
        missed.push(`${name}: ${short(over * 100)} % over the ideal, more than ${bar * 100} %`);
      if (lost > 0) missed.push(`${name}: ${lost} living rows missed by a proven run`);
      if (falseTombstones > 0) missed.push(`${name}: ${falseTombstones} living rows marked as deleted`);
      if (proven < passes) missed.push(`${name}: ${passes - proven} runs ended unproven`);
    }
  }
  const head = [
    "level and latency",
    "passes",
    "rows missed",
    "false tombstones",
    "proven",
    "requests over the ideal",
    "quota used",
  ];
  return {
    text: `${table(head, lines)}\nThe ideal: ${Math.ceil(rows / PAGE_ROWS)} requests for ${rows} rows.`,
    missed,
  };
}
