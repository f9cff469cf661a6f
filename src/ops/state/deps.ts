import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../../outbox/context.ts";
import type { NoticesState } from "./types.ts";

/** What the state of an account is read from. */
export interface StateDeps {
  readonly database: Database;
  readonly config: Config;
  /** Requests of the account in the last minute and hour. */
  readonly quotaUse: () => Promise<{ readonly lastMinute: number; readonly lastHour: number }>;
  readonly outbox: OutboxSettings;
  /** How many processes process jobs of the account; null: that cannot be known. */
  readonly workers: () => Promise<number | null>;
  readonly notices?: () => Promise<NoticesState>;
  readonly now?: () => Date;
}
