/**
 * `npm run bench -- unchanged [--rows 50000]`: what a full sync in which nothing changed adds to the log of Postgres
 * (WAL), the bookkeeping of the run included, the quota lifted, on both queue backends.
 */
import type { Client } from "pg";
import { z } from "zod";
import { table } from "../../src/platform/text.ts";
import { AppError } from "../../src/platform/errors.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { short } from "./support/figures.ts";
import { openFullSyncs, type QueueHome } from "./support/full-sync.ts";
import { withParts } from "./support/parts.ts";

const MEGABYTE = 1_000_000;
const BAR_BYTES = 2 * MEGABYTE;

interface Sync {
  readonly queue: QueueHome;
  readonly pages: number;
  readonly bytes: number;
  readonly records: number;
}

async function secondSync(queue: QueueHome, rows: number): Promise<Sync> {
  return withParts(async (parts) => {
    const { client, ended, again } = await openFullSyncs(parts, { queue, rows });
    tell(`the queue in ${queue}: first sync`);
    await ended(1);
    await client.query("vacuum (freeze, analyze)");
    await client.query("checkpoint");
    const before = await logOf(client);
    tell(`the queue in ${queue}: second sync`);
    await again();
    const { pages, changed } = await ended(2);
    const after = await logOf(client);
    if (changed !== 0) throw new AppError("sync_failed", `The second sync changed ${changed} rows.`);
    return { queue, pages, bytes: after.bytes - before.bytes, records: after.records - before.records };
  });
}

async function logOf(client: Client): Promise<{ readonly bytes: number; readonly records: number }> {
  const { rows } = await client.query(
    "select pg_current_wal_insert_lsn() - '0/0' as bytes, wal_records as records from pg_stat_wal",
  );
  const [log] = z.array(z.object({ bytes: z.coerce.number(), records: z.coerce.number() })).parse(rows);
  return log ?? { bytes: 0, records: 0 };
}

export async function measureUnchanged(args: readonly string[]): Promise<Report> {
  const rows = countOf(readOptions(args, { rows: "50000" }).rows, "rows");
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
