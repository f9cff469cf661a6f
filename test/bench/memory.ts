/**
 * `npm run bench -- memory [--rows 100000,1000000]`: the most memory a worker holds during a pull of so many
 * applications, the quota lifted, the sandbox in a process of its own. The smallest pull is repeated with the page and the metrics, while
 * both are asked for all the time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { freePort } from "../../src/database/embedded/port.ts";
import { table } from "../../src/platform/text.ts";
import { AppError } from "../../src/platform/errors.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { ACCOUNT, workerEnvironment } from "./support/environment.ts";
import { short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openProduct, peakMemory } from "./support/product.ts";
import { openClient, openPostgres } from "./support/services.ts";

const MEGABYTE = 1_000_000;
const BARS = { bytes: 200 * MEGABYTE, growth: 1.15, ops: 40 * MEGABYTE } as const;
const UNLIMITED = 60_000;
const POLL_MS = 500;
const TELL_EVERY_PAGES = 1_000;
const PASSWORD = "operations-2026";
const PATHS = ["/", "/ops/runs", "/ops/sync", "/ops/deletions", "/ops/imports", "/ops/audit", "/metrics"] as const;

interface Pull {
  readonly rows: number;
  /** How often the page and the metrics were asked for. */
  readonly views: number;
  readonly requests: number;
  readonly seconds: number;
  readonly peak: number;
}

const progress = z.object({ state: z.string(), pages: z.coerce.number() });

/** `isOpen`: the page and the metrics are open, and somebody looks at them. */
function pull(rows: number, isOpen: boolean): Promise<Pull> {
  return withParts(async (parts) => {
    const args = ["sandbox", "--port", "0", "--quota", "off", "--applications", String(rows)];
    const sandbox = await openProduct(parts, args);
    const origin = await sandbox.said((output) => /^KELIO_AUDIENCE=(\S+)$/m.exec(output)?.[1] ?? null);
    const databaseUrl = await openPostgres(parts);
    const client = await openClient(parts, databaseUrl);
    const env = workerEnvironment({ origin, databaseUrl, redisUrl: null, requestsPerMinute: UNLIMITED });
    const port = String(await freePort());
    const open = isOpen ? { HTTP_PORT: port, OPS_PASSWORD: PASSWORD } : {};
    const started = performance.now();
    const worker = await openProduct(parts, ["start"], { ...env, ...open });
    let views = 0;

    const concluded = (async () => {
      let printed = 0;
      for (;;) {
        await sleep(POLL_MS);
        if (isOpen) views += await view(`http://127.0.0.1:${port}`);
        const found = await client.query(
          `select state, (select sum(step) from sync_walker where run_id = id) as pages from sync_run where account = $1`,
          [ACCOUNT],
        );
        const [run] = z.array(progress).parse(found.rows);
        if (run === undefined) continue;
        if (run.state !== "running") return run;
        if (run.pages < printed + TELL_EVERY_PAGES) continue;
        printed = run.pages;
        tell(`${run.pages} pages read, peak ${short((await peakMemory(worker.pid)) / MEGABYTE)} MB`);
      }
    })();
    const run = await Promise.race([concluded, worker.failure, sandbox.failure]);
    const counted = await client.query(`select count(*) as rows from application where account = $1`, [ACCOUNT]);
    const [mirror] = z.array(z.object({ rows: z.coerce.number() })).parse(counted.rows);
    if (run.state !== "proven" || mirror?.rows !== rows) {
      throw new AppError("pull_failed", `The pull of ${rows} rows ended ${run.state} with ${mirror?.rows} rows.`);
    }
    const seconds = (performance.now() - started) / 1_000;
    return { rows, views, requests: run.pages, seconds, peak: await peakMemory(worker.pid) };
  });
}

/** Asks for the page and the metrics. Returns how many were answered: the worker may not listen yet. */
async function view(url: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`operator:${PASSWORD}`).toString("base64")}`;
  const asked = PATHS.map(async (path) => {
    const response = await fetch(url + path, { headers: { authorization } }).catch(() => null);
    await response?.arrayBuffer();
    return response?.ok === true;
  });
  return (await Promise.all(asked)).filter(Boolean).length;
}

function missedBy(pulls: readonly Pull[], open: Pull): readonly string[] {
  const more = open.peak - (pulls[0]?.peak ?? 0);
  const [first, last] = [pulls[0], pulls.at(-1)];
  const tooLarge = pulls.filter(({ peak }) => peak > BARS.bytes);
  const growth = (last?.peak ?? 0) / (first?.peak ?? 1);
  return [
    ...tooLarge.map(({ rows, peak }) => `${rows} rows: ${short(peak / MEGABYTE)} MB, more than 200 MB`),
    ...(growth > BARS.growth
      ? [`${last?.rows} rows needed ${growth.toFixed(2)} times the memory of ${first?.rows}`]
      : []),
    ...(more > BARS.ops ? [`the page and the metrics needed ${short(more / MEGABYTE)} MB, more than 40 MB`] : []),
  ];
}

export async function measureMemory(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { rows: "100000,1000000" });
  const sizes = options.rows.split(",").map((text) => countOf(text.trim(), "rows"));
  const pulls: Pull[] = [];
  for (const rows of sizes.toSorted((a, b) => a - b)) {
    tell(`a pull of ${rows} applications starts`);
    pulls.push(await pull(rows, false));
  }
  tell("the smallest pull starts again, with the page and the metrics");
  const open = await pull(Math.min(...sizes), true);
  const head = ["applications", "views", "requests", "minutes", "rows a second", "ms a request", "peak RSS (MB)"];
  const lines = [...pulls, open].map(({ rows, views, requests, seconds, peak }) => [
    rows,
    views,
    requests,
    short(seconds / 60),
    Math.round(rows / seconds),
    short((seconds * 1_000) / requests),
    short(peak / MEGABYTE),
  ]);
  return { text: table(head, lines), missed: missedBy(pulls, open) };
}
