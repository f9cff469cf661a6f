/**
 * `npm run bench:unchanged -- [--rows 50000]`: what a full sync in which nothing changed adds to the log of Postgres
 * (WAL), the bookkeeping of the run included, the quota lifted, on both queue backends.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { z } from "zod";
import { table } from "../../src/commands/text.ts";
import { AppError } from "../../src/errors.ts";
import { countOf, readOptions, runBench, tell, type Report } from "./support/bench.ts";
import { ACCOUNT, workerEnvironment } from "./support/environment.ts";
import { short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openProduct } from "./support/product.ts";
import { openClient, openPostgres, openRedis } from "./support/services.ts";

const MEGABYTE = 1_000_000;
const BAR_BYTES = 2 * MEGABYTE;
const UNLIMITED = 60_000;
const POLL_MS = 500;

interface Sync {
  readonly queue: "Redis" | "Postgres";
  readonly pages: number;
  readonly bytes: number;
  readonly records: number;
}

const runRow = z.object({ state: z.string(), pages: z.number().nullable(), changed: z.number().nullable() });

async function secondSync(queue: Sync["queue"], rows: number): Promise<Sync> {
  return withParts(async (parts) => {
    const args = ["sandbox", "--port", "0", "--quota", "off", "--applications", String(rows)];
    const sandbox = await openProduct(parts, args);
    const origin = await sandbox.said((output) => /^KELIO_AUDIENCE=(\S+)$/m.exec(output)?.[1] ?? null);
    const databaseUrl = await openPostgres(parts);
    const redisUrl = queue === "Redis" ? await openRedis(parts) : null;
    const client = await openClient(parts, databaseUrl);
    const env = workerEnvironment({ origin, databaseUrl, redisUrl, requestsPerMinute: UNLIMITED });
    const worker = await openProduct(parts, ["start"], env);
    const ended = (nth: number) => Promise.race([endOf(client, nth), worker.failure, sandbox.failure]);

    tell(`the queue in ${queue}: first sync`);
    await ended(1);
    await client.query("vacuum (freeze, analyze)");
    await client.query("checkpoint");
    const before = await logOf(client);
    tell(`the queue in ${queue}: second sync`);
    await client.query("update schedule_tick set next_at = now()");
    const { state, pages, changed } = await ended(2);
    const after = await logOf(client);
    if (state !== "proven" || changed !== 0)
      throw new AppError("sync_failed", `The second sync ended ${state} and changed ${changed} rows.`);
    return { queue, pages: pages ?? 0, bytes: after.bytes - before.bytes, records: after.records - before.records };
  });
}

async function endOf(client: Client, nth: number): Promise<z.infer<typeof runRow>> {
  for (;;) {
    const { rows } = await client.query(
      `select state, pages, inserted + updated + restored as changed from sync_run
       where account = $1 and state <> 'running' order by id offset $2::integer`,
      [ACCOUNT, nth - 1],
    );
    const [run] = z.array(runRow).parse(rows);
    if (run !== undefined) return run;
    await sleep(POLL_MS);
  }
}

async function logOf(client: Client): Promise<{ readonly bytes: number; readonly records: number }> {
  const { rows } = await client.query(
    "select pg_current_wal_insert_lsn() - '0/0' as bytes, wal_records as records from pg_stat_wal",
  );
  const [log] = z.array(z.object({ bytes: z.coerce.number(), records: z.coerce.number() })).parse(rows);
  return log ?? { bytes: 0, records: 0 };
}

async function measure(): Promise<Report> {
  const rows = countOf(readOptions({ rows: "50000" }).rows, "rows");
  const syncs = [await secondSync("Redis", rows), await secondSync("Postgres", rows)];
  const lines = syncs.map(({ queue, pages, bytes, records }) => [
    queue,
    pages,
    short(bytes / MEGABYTE),
    Math.round(bytes / pages),
    short(records / pages),
  ]);
  const missed = syncs.flatMap(({ queue, bytes }) =>
    bytes > BAR_BYTES ? [`${short(bytes / MEGABYTE)} MB of log with the queue in ${queue}, more than 2 MB`] : [],
  );
  return {
    text: table(["queue in", "pages", "WAL (MB)", "bytes a page", "records a page"], lines),
    missed,
  };
}

await runBench(measure);
