import type { JsonObject } from "./items/canonical.ts";
import { mapApplicant } from "./items/applicant.ts";
import { mapApplication } from "./items/application.ts";
import { mapCampaign } from "./items/campaign.ts";
import { mapEntity, mapManager, mapUnit } from "./items/organisation.ts";
import {
  applicantColumns,
  applicationColumns,
  campaignColumns,
  entityColumns,
  managerColumns,
  unitColumns,
  type Columns,
  type Row,
} from "./items/rows.ts";

/** Every mirrored table, in the order in which they are shown. */
export const tableNames = ["campaign", "application", "applicant", "manager", "entity", "unit"] as const;
export type TableName = (typeof tableNames)[number];

/** A mirrored table, one for each kind of object. */
export interface MirrorTable {
  readonly name: TableName;
  readonly columns: Columns;
  /** Columns that hold an unchanged part of an item. The statement that writes `raw` copies them from it. */
  readonly copies: readonly string[];
  /** Maps an item of an answer to its typed columns. A pure function. */
  readonly map: (item: JsonObject) => Row<Columns>;
  /**
   * Parts of an item that an answer may leave out without meaning that they are gone (embeds, light objects): a row
   * keeps what it had. `all`: whatever is left out, for a table that several lists fill, some with less of each object.
   */
  readonly keeps: readonly string[] | "all";
  /** Columns whose changes are not recorded in the history, because they change by themselves. */
  readonly volatile: readonly string[];
  /** The columns that a row keeps of a suppressed person: ids, dates and states. Empty where no row is of one person. */
  readonly keptOfSuppressed: readonly string[];
}

/** The origin of a page: its account and, for the history, the run that read it. */
export interface WriteOrigin {
  readonly account: string;
  readonly run: number | null;
}

export interface WriteCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Rows that were marked as deleted and are listed again. They do not count as updated. */
  readonly restored: number;
}

export interface WriteResult extends WriteCounts {
  /** The ids of the rows that were inserted, updated or restored. */
  readonly written: readonly string[];
}

/** Each answer shows the whole of an object, which is no person. */
const PLAIN = { copies: [], keeps: [], volatile: [], keptOfSuppressed: [] } as const;

export const campaigns: MirrorTable = {
  name: "campaign",
  columns: campaignColumns,
  copies: [],
  map: mapCampaign,
  keeps: ["address", "channels", "entity", "tags", "unit"],
  volatile: ["last_activation_at"],
  keptOfSuppressed: [],
};

export const applications: MirrorTable = {
  name: "application",
  columns: applicationColumns,
  copies: ["comments", "status_history"],
  map: mapApplication,
  keeps: ["applicant_id", "campaign_id", "comments", "skills", "status_history", "tags"],
  // The history of the API itself: ours is of the status.
  volatile: ["status_history"],
  keptOfSuppressed: [
    "campaign_id",
    "applicant_id",
    "status",
    "status_changed_at",
    "current_stage",
    "is_complete",
    "source",
    "created_at",
    "company_id",
    "company_slug",
    "entity_id",
  ],
};

/** Filled by their own list, and in part by the applicants that applications embed. */
export const applicants: MirrorTable = {
  name: "applicant",
  columns: applicantColumns,
  copies: [],
  map: mapApplicant,
  keeps: "all",
  // It follows from the e-mail.
  volatile: ["email_key"],
  keptOfSuppressed: [
    "is_partner_newsletter_active",
    "is_campaign_alert_active",
    "is_legals_accepted_by_manager",
    "created_at",
    "company_id",
    "company_slug",
  ],
};

export const managers: MirrorTable = { ...PLAIN, name: "manager", columns: managerColumns, map: mapManager };

export const entities: MirrorTable = { ...PLAIN, name: "entity", columns: entityColumns, map: mapEntity };

export const units: MirrorTable = { ...PLAIN, name: "unit", columns: unitColumns, map: mapUnit };
