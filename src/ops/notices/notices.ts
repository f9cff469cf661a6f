import type { Logger } from "pino";
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { MaintenanceTask } from "../../schedule/clock.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import { channelsOf } from "./channels.ts";
import { deliverNotices } from "./deliver.ts";
import { beat } from "./heartbeat.ts";
import { dropOldNotices, recordNotices, type Seen } from "./record.ts";

export interface NoticeTaskDeps {
  readonly config: Config;
  readonly database: Database;
  /** The report of the state. */
  readonly read: () => Promise<Seen>;
  /** How often: a node-cron expression. */
  readonly expression: string;
  readonly logger: Logger;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
}

/** What a worker does to notify people. A task that hangs delays no other, and no run. */
export function noticeTasks(deps: NoticeTaskDeps): readonly MaintenanceTask[] {
  const { config, database, read, expression, logger, signal } = deps;
  const { account, notices } = config;
  const channels = channelsOf(config);
  const record = { database, account, channels: channels.map(({ name }) => name) };
  const deliver = () => deliverNotices({ database, account, channels, logger, signal });
  const tellNow = async () => {
    if ((await recordNotices(record, await read())) > 0) await deliver();
  };
  const task = (name: string, run: MaintenanceTask["run"]) => ({ name, expression, run, mayTakeLong: true }) as const;
  const drop = () => dropOldNotices({ database, account }, new Date());
  const full = pullsOf(config).filter((pull) => pull.kind === "full" && pull.expression !== null);
  const pulls = full.map(({ name }) => name);
  const { heartbeat: target } = notices;
  return [
    ...(channels.length === 0 ? [] : [task("notices", tellNow), task("delivery of notices", deliver)]),
    { name: "clear notices", expression: "37 4 * * *", run: drop },
    ...(target === null ? [] : [task("heartbeat", () => beat({ database, account, target, pulls, logger, signal }))]),
  ];
}
