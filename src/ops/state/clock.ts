import type { Database } from "../../database/client.ts";

/** How far the clock of this machine is from that of the database, in milliseconds; at least so far, where the answer took time. */
export async function readSkew(database: Database): Promise<number> {
  const before = Date.now();
  const [row] = await database.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
  const after = Date.now();
  const [middle, delay] = [(before + after) / 2, (after - before) / 2];
  return Math.round(Math.max(0, Math.abs((row?.now.getTime() ?? middle) - middle) - delay));
}
