/** What a decision of a person may change, and what tells of it: the page shows it as it is right after one. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../../outbox/context.ts";
import { overviewOf } from "../../outbox/operations/overview.ts";
import { heldRuns } from "../../sync/conclusion/review.ts";
import { notedSince } from "./condition-since.ts";
import { readKillSwitch } from "./kill-switch.ts";
import { readNight } from "./night.ts";
import { readRetention } from "./retention.ts";
import { unmappedStatuses } from "./unmapped-statuses.ts";

export interface DecidedDeps {
  readonly database: Database;
  readonly config: Config;
  readonly outbox: OutboxSettings;
  readonly workers: () => Promise<number | null>;
  /** How many imports are done. */
  readonly done: () => Promise<number>;
}

export async function readDecided({ database, config, outbox, workers, done }: DecidedDeps, at: Date) {
  const { account } = config;
  return {
    imports: await overviewOf(database, outbox, workers, done),
    killSwitch: await readKillSwitch(database, account),
    reviews: await heldRuns(database, account),
    night: await readNight(database, config, at),
    unmapped: await unmappedStatuses(database, account),
    retention: await readRetention(database, config),
    noted: await notedSince(database, account),
  };
}
