/** What no decision of a person changes: it need not be read anew after one. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import { readSkew } from "../../database/clock.ts";
import { countDone } from "../../outbox/operations/overview.ts";
import { resourcesOf, type ResourceName } from "../../sync/resources.ts";
import { gapsOf, type Gaps } from "../../sync/runs/truth.ts";
import { readAuditFault } from "./audit-fault.ts";
import { countNightRequests } from "./night.ts";
import { vanishedAccounts } from "./other-accounts.ts";
import { readPause } from "./pause.ts";
import type { AuditFault, NoticesState, QuotaState, VanishedAccount } from "./types.ts";

export type RequestCounts = Pick<QuotaState, "lastMinute" | "lastHour">;

export interface SteadyDeps {
  readonly database: Database;
  readonly config: Config;
  /** Requests of the account in the last minute and hour. */
  readonly quotaUse: () => Promise<RequestCounts>;
  readonly notices?: () => Promise<NoticesState>;
}

export interface Steady {
  readonly skewMs: number;
  readonly use: RequestCounts;
  readonly pause: Pick<QuotaState, "pausedUntil" | "refusedSince">;
  /** When the account last made a request; null: never, as far as the log goes back. */
  readonly lastRequestAt: Date | null;
  readonly nightRequests: number;
  /** How many imports are done. No screen shows it, and to count most imports takes long. */
  readonly done: number;
  /** What lacks in each resource: rows and details that only a sync brings. */
  readonly gaps: ReadonlyMap<ResourceName, Gaps>;
  readonly notices: NoticesState;
  readonly vanished: readonly VanishedAccount[];
  readonly auditFault: AuditFault | null;
}

const NO_NOTICES: NoticesState = { channels: [], waiting: 0, undelivered: [] };

export async function readSteady(
  { database, config, quotaUse, notices = () => Promise.resolve(NO_NOTICES) }: SteadyDeps,
  at: Date,
): Promise<Steady> {
  const { account } = config;
  const newest = { where: { account }, orderBy: { at: "desc" }, select: { at: true } } as const;
  return {
    skewMs: (await readSkew(database)).leastMs,
    use: await quotaUse(),
    pause: await readPause(database, account),
    lastRequestAt: (await database.apiRequest.findFirst(newest))?.at ?? null,
    nightRequests: await countNightRequests(database, config, at),
    done: await countDone(database, account),
    gaps: await gapsOf(database, account, resourcesOf(config.kind)),
    notices: await notices(),
    vanished: await vanishedAccounts(database, account),
    auditFault: await readAuditFault(database, account),
  };
}
