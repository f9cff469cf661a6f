import type { Database } from "./client.ts";

/** The clock of this machine beside that of the database, in milliseconds. */
interface Skew {
  /** How far ours is ahead; negative: behind. */
  readonly aheadMs: number;
  /** The same without its direction, less what the way of the answer may account for. */
  readonly leastMs: number;
}

/** Compares the clocks at the middle of a query. */
export async function readSkew(database: Pick<Database, "$queryRaw">): Promise<Skew> {
  const before = Date.now();
  const [row] = await database.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
  const after = Date.now();
  const middle = (before + after) / 2;
  const aheadMs = middle - (row?.now.getTime() ?? middle);
  return { aheadMs, leastMs: Math.round(Math.max(0, Math.abs(aheadMs) - (after - before) / 2)) };
}
