import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import { forecast } from "../../schedule/forecast/forecast.ts";
import type { Tonight } from "./types.ts";

/** What the schedules will ask of the quota, and whether that fits. */
export async function readTonight(database: Database, config: Config, now: Date): Promise<Tonight> {
  const { busiestDay, conflicts } = await forecast(database, config);
  const { from = now, to = now, requests = 0, share = 0 } = busiestDay ?? {};
  return { from, to, requests, share, conflicts };
}
