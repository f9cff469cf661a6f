import type { Client } from "pg";
import { z } from "zod";
import type { Item } from "../../../src/mapping/item.ts";
import type { Writer } from "./writers.ts";

type Pages = Iterable<readonly Item[]>;

export const CASES = ["insert", "unchanged", "1 % changed"] as const;
export type Case = (typeof CASES)[number];

export interface Rate {
  readonly rowsPerSecond: number;
  /** Write-ahead log, in bytes, for as many rows as the whole bench has. */
  readonly wal: number;
}

/** One writer through all cases on an empty table: everything new, everything known, one row in a hundred changed. */
export async function measureWriter(
  client: Client,
  writer: Writer,
  pagesOf: (name: Case, rows: number) => Pages,
  rows: number,
): Promise<Readonly<Record<Case, Rate>>> {
  await client.query("truncate application");
  const sample = Math.min(rows, writer.sample ?? rows);
  const measureOf = async (name: Case): Promise<Rate> => {
    const { rowsPerSecond, wal } = await measureCase(client, writer, pagesOf(name, sample));
    return { rowsPerSecond, wal: wal * (rows / sample) };
  };
  const insert = await measureOf("insert");
  await client.query("vacuum analyze application");
  return { insert, unchanged: await measureOf("unchanged"), "1 % changed": await measureOf("1 % changed") };
}

/** Only the writes are timed, not the making of the pages. */
async function measureCase(client: Client, writer: Writer, pages: Pages): Promise<Rate> {
  // So that each case pays for its own pages in the log and for nobody else's.
  await client.query("checkpoint");
  const before = await walPosition(client);
  let milliseconds = 0;
  let rows = 0;
  for (const page of pages) {
    const started = performance.now();
    await writer.write(page);
    milliseconds += performance.now() - started;
    rows += page.length;
  }
  return { rowsPerSecond: (rows * 1_000) / milliseconds, wal: (await walPosition(client)) - before };
}

async function walPosition(client: Client): Promise<number> {
  const { rows } = await client.query("select pg_current_wal_lsn() - '0/0' as position");
  const [row] = z.array(z.object({ position: z.coerce.number() })).parse(rows);
  return row?.position ?? 0;
}
