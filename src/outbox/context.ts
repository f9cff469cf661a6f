/** What the parts of the outbox share: the account with its settings, and in a worker also what it calls. */
import type { Logger } from "pino";
import type { ApiClient } from "../api/client.ts";
import type { ImportConfig } from "../config/config.ts";
import type { Database } from "../database/client.ts";
import type { OutboxJob } from "./delivery/jobs.ts";
import type { InputRules } from "./import/check.ts";
import type { Watermark } from "./restore/watermark.ts";

/** The settings of the intakes. */
export interface IntakeSettings extends InputRules {
  readonly account: string;
  readonly imports: Pick<ImportConfig, "companyId" | "sourceApproval" | "resumeMaxBytes" | "resumeTypes">;
}

export interface OutboxSettings extends IntakeSettings {
  readonly imports: ImportConfig;
  /** IANA name of the time zone of the quiet hours. */
  readonly timezone: string;
}

export interface OutboxContext extends OutboxSettings {
  readonly database: Database;
  readonly watermark: Watermark;
  readonly api: Pick<ApiClient, "list" | "show" | "createApplicant" | "createApplication">;
  readonly logger: Pick<Logger, "info" | "warn">;
  readonly enqueue: (job: OutboxJob) => Promise<void>;
  /** Starts an incremental sync of the campaigns. */
  readonly refreshCampaigns: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}
