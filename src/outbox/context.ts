/** What the parts of the outbox share: the account with its settings, and in a worker also what it calls. */
import type { Logger } from "pino";
import type { ApiClient, CallContext } from "../api/client.ts";
import type { Config, ImportConfig } from "../config/config.ts";
import type { Decider } from "../database/audit.ts";
import type { Database } from "../database/client.ts";
import { createKeyring, type Keyring } from "../people/suppression/key.ts";
import type { Language } from "../platform/language.ts";
import type { InputRules } from "./import/check.ts";
import type { ImportRow } from "./import/row.ts";
import type { Watermark } from "./restore/watermark.ts";

/** The settings of the intakes. */
export interface IntakeSettings extends InputRules {
  readonly account: string;
  /** By which suppressed people are recognised. */
  readonly keyring: Keyring;
  /** In which people read why an import is rejected. */
  readonly language: Language;
  readonly imports: Pick<
    ImportConfig,
    "companyId" | "defaultCountry" | "sourceApproval" | "resumeMaxBytes" | "resumeTypes"
  >;
}

export interface OutboxSettings extends IntakeSettings {
  readonly imports: ImportConfig;
  /** IANA name of the time zone of the quiet hours. */
  readonly timezone: string;
  /** The quota of the account. */
  readonly requestsPerMinute: number;
}

/** What every part of the outbox needs to know about the account and its settings. */
export function outboxOptionsOf(config: Config): OutboxSettings {
  const { account, environment, imports, language, api } = config;
  return {
    account,
    environment,
    imports,
    language,
    keyring: createKeyring(config.privacy),
    accountKind: config.kind,
    scopes: api.scopes,
    timezone: config.schedules.timezone,
    requestsPerMinute: api.requestsPerMinute,
  };
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

export type OutboxStore = Pick<OutboxContext, "account" | "database">;

/** What a decision needs: `by` becomes a row of the audit. */
export interface DecisionStore extends OutboxStore {
  readonly by: Decider;
}

/** A job of the outbox: ids and numbers only. `deliver` sends a step of an import, `reconcile` does one step of looking one up. */
export interface OutboxJob {
  readonly kind: "deliver" | "reconcile";
  readonly import: number;
  /** Tells the job from the one that enqueues it: two of the same turn are one. */
  readonly turn: number;
  readonly bulk: boolean;
}

/** What a job of the outbox is called with. */
export interface JobCall extends CallContext {
  /** The job has never begun before: an import that it finds `sending` belongs to another job, and has lost no worker. */
  readonly isFirst?: boolean;
}

/** The job of an import as it stands now. */
export function jobOf(
  kind: OutboxJob["kind"],
  row: Pick<ImportRow, "id" | "applicantState" | "resends" | "attempts" | "lookups" | "lookupPage" | "bulk">,
): OutboxJob {
  // One job for what is to be sent, however often it is tried: what the queue still holds must not come into it once more.
  const sending = row.resends * 2 + (row.applicantState === "sent" ? 1 : 0);
  const turn = kind === "deliver" ? sending : row.attempts * 10_000 + row.lookups * 1_000 + row.lookupPage;
  return { kind, import: Number(row.id), turn, bulk: row.bulk };
}
