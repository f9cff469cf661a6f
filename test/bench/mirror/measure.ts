import type { Client } from "pg";
import { z } from "zod";
import { makePage, PER_PAGE } from "./rows.ts";
import type { Writer } from "./writers.ts";

export const CASES = ["insert", "unchanged", "1 % changed"] as const;
export type Case = (typeof CASES)[number];

export interface Rate {
  readonly rowsPerSecond: number;
  /** Write-ahead log, in bytes, for as many rows as the whole bench has. */
  readonly wal: number;
}

export interface Lane {
  readonly writer: Writer;
  /** Each writer has its own rows of the one table: the id of its first. */
  readonly firstId: number;
}

/**
 * One case, page by page, all writers in turn: the rates of one machine move by half between two minutes, and a page of
 * a worker finds no warm caches either. Only the writes are timed and counted, not the making of the pages.
 */
export async function measureCase(
  client: Client,
  lanes: readonly Lane[],
  name: Case,
  rows: number,
): Promise<readonly Rate[]> {
  // So that no case pays in the log for the pages of the one before.
  await client.query("checkpoint");
  const pages = Math.ceil(rows / PER_PAGE);
  const sums = lanes.map(() => ({ rows: 0, milliseconds: 0, wal: 0 }));
  for (let page = 0; page < pages; page += 1) {
    for (const turn of lanes.keys()) {
      const i = (page + turn) % lanes.length;
      const lane = lanes[i];
      const sum = sums[i];
      if (lane === undefined || sum === undefined || page % (lane.writer.everyNthPage ?? 1) !== 0) continue;
      const items = pageOf(lane.firstId, page, name);
      const before = await walPosition(client);
      const started = performance.now();
      await lane.writer.write(items);
      sum.milliseconds += performance.now() - started;
      sum.wal += (await walPosition(client)) - before;
      sum.rows += items.length;
    }
  }
  return sums.map((sum) => ({
    rowsPerSecond: (sum.rows * 1_000) / sum.milliseconds,
    wal: sum.wal * (rows / sum.rows),
  }));
}

function pageOf(firstId: number, page: number, name: Case) {
  return makePage(firstId, page * PER_PAGE, (index) => name === "1 % changed" && index % 100 === 0);
}

async function walPosition(client: Client): Promise<number> {
  const { rows } = await client.query("select pg_current_wal_lsn() - '0/0' as position");
  const [row] = z.array(z.object({ position: z.coerce.number() })).parse(rows);
  return row?.position ?? 0;
}
