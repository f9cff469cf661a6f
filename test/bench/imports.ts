/**
 * `npm run bench -- imports [--minutes 10] [--backends postgres,redis] [--waiting 5000,0] [--parallel 1]`: what the sandbox
 * sees of imports during a full pull at the real quota, with a batch waiting and without one.
 */
import { table } from "../../src/platform/text.ts";
import { UsageError } from "../../src/platform/errors.ts";
import { percentile, short } from "./support/figures.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { QUOTA, runCell, type Cell, type CellResult } from "./imports/run-cell.ts";

const BARS = { share: 0.97, p50Ms: 600, p99Ms: 1_500 } as const;

function cellsOf(backends: string, waiting: string): readonly Cell[] {
  return backends.split(",").flatMap((backend) =>
    waiting.split(",").map((many) => {
      if (backend !== "postgres" && backend !== "redis") {
        throw new UsageError("bad_option", `--backends accepts postgres, redis or both, not "${backend}".`);
      }
      return { backend, waiting: many === "0" ? 0 : countOf(many, "waiting") };
    }),
  );
}

/** In `parallel` lanes: a cell mostly waits, but too many at once would measure the machine. */
async function runAll(cells: readonly Cell[], seconds: number, parallel: number): Promise<readonly CellResult[]> {
  const queue = [...cells];
  const results: CellResult[] = [];
  const lane = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      tell(`${nameOf(cell)} starts`);
      results.push(await runCell(cell, seconds));
      tell(`${nameOf(cell)} done, ${results.length} of ${cells.length}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return cells.flatMap((cell) => results.filter((result) => result.cell === cell));
}

function nameOf({ backend, waiting }: Cell): string {
  return `${backend}, ${waiting} waiting`;
}

function lineOf(result: CellResult): readonly (string | number)[] {
  const { cell, requests, creationsAMinute, refused, share, waits } = result;
  const seconds = (part: number) => (percentile(waits, part) / 1_000).toFixed(2);
  const waited = [waits.length, seconds(0.5), seconds(0.99), seconds(1)];
  const quota = [short(creationsAMinute), result.busiestMinute, refused, `${short(share * 100)} %`];
  return [cell.backend, cell.waiting, requests, ...quota, result.twice, ...waited];
}

function missedBy({ cell, busiestMinute, refused, share, waits, twice }: CellResult): readonly string[] {
  const bars = [
    [busiestMinute <= QUOTA, `${busiestMinute} requests in a rolling minute, more than ${QUOTA}`],
    [refused === 0, `${refused} requests refused for the quota`],
    [share >= BARS.share, `${short(share * 100)} % of the quota used, less than ${BARS.share * 100} %`],
    [twice === 0, `${twice} persons created twice`],
    [percentile(waits, 0.5) <= BARS.p50Ms, `the median import waited more than ${BARS.p50Ms} ms`],
    [percentile(waits, 0.99) <= BARS.p99Ms, `one import of a hundred waited more than ${BARS.p99Ms} ms`],
  ] as const;
  return bars.flatMap(([held, text]) => (held ? [] : [`${nameOf(cell)}: ${text}`]));
}

export async function measureImports(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { minutes: "10", backends: "postgres,redis", waiting: "5000,0", parallel: "1" });
  const cells = cellsOf(options.backends, options.waiting);
  const results = await runAll(cells, countOf(options.minutes, "minutes") * 60, countOf(options.parallel, "parallel"));
  const head = ["queue", "waiting", "requests", "creations/min", "busiest minute", "quota 403", "quota used", "twice"];
  const waited = ["alone", "wait p50 (s)", "p99", "max"];
  return { text: table([...head, ...waited], results.map(lineOf)), missed: results.flatMap(missedBy) };
}
