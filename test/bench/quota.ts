/**
 * `npm run bench -- quota [--seconds 600] [--cells all] [--parallel 2]`: what the sandbox sees of a long pull, by queue
 * backend, number of worker processes and latency of the API.
 */
import { table } from "../../src/platform/text.ts";
import { percentile, short } from "./support/figures.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { chooseCells, type Cell } from "./quota/cells.ts";
import { QUOTA, runCell, type CellResult } from "./quota/run-cell.ts";

const BARS = { share: 0.97, waitMs: 1_100 } as const;

/** In `parallel` lanes: a cell mostly waits, but too many at once would measure the machine. */
async function runAll(cells: readonly Cell[], seconds: number, parallel: number): Promise<readonly CellResult[]> {
  const queue = [...cells];
  const results: CellResult[] = [];
  const lane = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      tell(`${cell.name} starts`);
      const result = await runCell(cell, seconds);
      results.push(result);
      tell(`${cell.name} done, ${results.length} of ${cells.length}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return cells.flatMap((cell) => results.filter((result) => result.cell === cell));
}

function lineOf({ cell, requests, busiestMinute, refused, share, waits }: CellResult): readonly (string | number)[] {
  const seconds = (part: number) => (waits.length === 0 ? "" : (percentile(waits, part) / 1_000).toFixed(2));
  return [
    cell.backend,
    cell.processes,
    `${cell.latencyMs / 1_000} s${cell.faults ? ", faults" : ""}`,
    requests,
    busiestMinute,
    refused,
    `${short(share * 100)} %`,
    waits.length,
    seconds(0.5),
    seconds(0.99),
    seconds(1),
  ];
}

function missedBy({ cell, busiestMinute, refused, share, waits }: CellResult): readonly string[] {
  const longest = Math.max(0, ...waits);
  const bars = [
    [busiestMinute <= QUOTA, `${busiestMinute} requests in a rolling minute, more than ${QUOTA}`],
    [refused === 0, `${refused} requests refused for the quota`],
    [cell.faults || share >= BARS.share, `${short(share * 100)} % of the quota used, less than ${BARS.share * 100} %`],
    [longest <= BARS.waitMs, `an urgent job waited ${longest} ms, more than ${BARS.waitMs} ms`],
  ] as const;
  return bars.flatMap(([held, text]) => (held ? [] : [`${cell.name}: ${text}`]));
}

export async function measureQuota(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { seconds: "600", cells: "all", parallel: "2" });
  const seconds = countOf(options.seconds, "seconds");
  const results = await runAll(chooseCells(options.cells), seconds, countOf(options.parallel, "parallel"));
  const head = ["queue", "processes", "API latency", "requests", "busiest minute", "quota 403", "quota used"];
  const waited = ["urgent jobs", "wait p50 (s)", "p99", "max"];
  return { text: table([...head, ...waited], results.map(lineOf)), missed: results.flatMap(missedBy) };
}
