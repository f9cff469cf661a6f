/** What takes a look at many rows. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../../outbox/context.ts";
import { overviewOf, type ImportsOverview } from "../../outbox/operations/overview.ts";
import type { ResourceName } from "../../sync/resources.ts";
import { gapsOf, type Gaps } from "../../sync/runs/truth.ts";
import { readNight } from "./night.ts";
import type { Night, RetentionState, UnmappedStatuses } from "./types.ts";
import { readRetention } from "./retention.ts";
import { unmappedStatuses } from "./unmapped-statuses.ts";

interface Counts {
  readonly imports: ImportsOverview;
  readonly lastNight: Night;
  readonly gaps: ReadonlyMap<ResourceName, Gaps>;
  readonly unmapped: UnmappedStatuses;
  readonly retention: RetentionState | null;
}

export interface CountsDeps {
  readonly database: Database;
  readonly config: Config;
  readonly outbox: OutboxSettings;
  readonly workers: () => Promise<number | null>;
}

export async function readCounts(
  { database, config, outbox, workers }: CountsDeps,
  names: readonly ResourceName[],
  at: Date,
): Promise<Counts> {
  const imports = await overviewOf(database, outbox, workers);
  const lastNight = await readNight(database, config, at);
  const gaps = await gapsOf(database, config.account, names);
  const unmapped = await unmappedStatuses(database, config.account);
  const retention = await readRetention(database, config);
  return { imports, lastNight, gaps, unmapped, retention };
}
