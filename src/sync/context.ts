import type { ApiClient } from "../api/client.ts";
import type { Database } from "../database/client.ts";
import type { AccountKind } from "../api/kelio.ts";
import type { SuppressionKeys } from "../mirror/suppressed.ts";

/** What the run protocol needs of the process that it runs in. */
export interface SyncContext {
  readonly database: Database;
  readonly account: string;
  /** By which suppressed people are recognised. */
  readonly keyring: SuppressionKeys;
  /** The id of the latest erasure that is known outside the database; null: none is. */
  readonly latestErasure: () => Promise<string | null>;
  readonly accountKind: AccountKind;
  readonly api: Pick<ApiClient, "list" | "show">;
  /** The time that the quota gives each request, in milliseconds. */
  readonly slotMs: number;
  /** The 90th percentile of the latest response times, in milliseconds; null before the first. */
  readonly latencyMs: () => Promise<number | null>;
  /** How many rows one run may complete one by one. */
  readonly detailsPerRun: number;
}
