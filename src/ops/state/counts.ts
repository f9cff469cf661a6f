/** What takes a look at many rows. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../../outbox/context.ts";
import { overviewOf, type ImportsOverview } from "../../outbox/operations/overview.ts";
import type { ResourceName } from "../../sync/resources.ts";
import { gapsOf, type Gaps } from "../../sync/runs/truth.ts";
import { readNight } from "./night.ts";
import type { Night } from "./types.ts";

export interface Counts {
  readonly at: Date;
  readonly imports: ImportsOverview;
  readonly lastNight: Night;
  readonly gaps: ReadonlyMap<ResourceName, Gaps>;
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
  const [imports, lastNight, gaps] = await Promise.all([
    overviewOf(database, outbox, workers),
    readNight(database, config, at),
    Promise.all(names.map(async (name) => [name, await gapsOf(database, config.account, name)] as const)),
  ]);
  return { at, imports, lastNight, gaps: new Map(gaps) };
}
