import type { Client } from "pg";
import { z } from "zod";
import type { Item } from "../../../src/mapping/item.ts";
import type { Writer } from "./writers.ts";

type Pages = readonly (readonly Item[])[];

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
  input: Readonly<Record<Case, Pages>>,
): Promise<Readonly<Record<Case, Rate>>> {
  await client.query("truncate application");
  const insert = await measureCase(client, writer, input.insert);
  await client.query("vacuum analyze application");
  const unchanged = await measureCase(client, writer, input.unchanged);
  return { insert, unchanged, "1 % changed": await measureCase(client, writer, input["1 % changed"]) };
}

async function measureCase(client: Client, writer: Writer, all: Pages): Promise<Rate> {
  const rows = countRows(all);
  const pages = writer.sample === undefined ? all : all.slice(0, Math.ceil(writer.sample / (all[0]?.length ?? 1)));
  // So that each case pays for its own pages in the log and for nobody else's.
  await client.query("checkpoint");
  const before = await walPosition(client);
  const started = performance.now();
  for (const page of pages) await writer.write(page);
  const seconds = (performance.now() - started) / 1_000;
  const written = countRows(pages);
  return { rowsPerSecond: written / seconds, wal: ((await walPosition(client)) - before) * (rows / written) };
}

function countRows(pages: Pages): number {
  return pages.reduce((sum, page) => sum + page.length, 0);
}

async function walPosition(client: Client): Promise<number> {
  const { rows } = await client.query("select pg_current_wal_lsn() - '0/0' as position");
  const [row] = z.array(z.object({ position: z.coerce.number() })).parse(rows);
  return row?.position ?? 0;
}
