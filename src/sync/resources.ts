import type { AccountKind, ListName, Scope } from "../api/scopes.ts";
import type { JsonObject } from "../mapping/canonical.ts";
import { mapApplicant } from "../mapping/applicant.ts";
import { mapApplication } from "../mapping/application.ts";
import { mapCampaign } from "../mapping/campaign.ts";
import { isObject, readItems, type Links } from "../mapping/item.ts";
import { applicantColumns, applicationColumns, campaignColumns } from "../mapping/rows.ts";
import type { MirrorTable } from "../mirror/tables.ts";

export type { AccountKind } from "../api/scopes.ts";

const campaigns: MirrorTable = {
  name: "campaign",
  columns: campaignColumns,
  copies: [],
  map: mapCampaign,
  keeps: ["address", "channels", "entity", "tags", "unit"],
  volatile: ["last_activation_at"],
};

const applications: MirrorTable = {
  name: "application",
  columns: applicationColumns,
  copies: ["comments", "status_history"],
  map: mapApplication,
  keeps: ["applicant_id", "campaign_id", "comments", "skills", "status_history", "tags"],
  // The history of the API itself: ours tells of the status.
  volatile: ["status_history"],
};

const applicants: MirrorTable = {
  name: "applicant",
  columns: applicantColumns,
  copies: [],
  map: mapApplicant,
  keeps: "all",
  volatile: [],
};

export interface Resource {
  readonly list: ListName;
  /** The scope that opens the list. */
  readonly scope: Scope;
  readonly table: MirrorTable;
  /** The embeds we ask for. They are used where present and never needed: for customers they are soon to end. */
  readonly embed: Readonly<Record<AccountKind, readonly string[]>>;
  /** Embedded objects that are stored as their ids. */
  readonly links: Links;
  /** Which of those are rows of a table of their own. */
  readonly parts: Readonly<Record<string, MirrorTable>>;
  /** Whether one of them can be asked for by its id, which proves that it is gone. */
  readonly show: Readonly<Record<AccountKind, boolean>>;
  /** The orders in which an incremental run polls the head of the list; none: there are only full runs. */
  readonly polls: Readonly<Record<AccountKind, readonly string[]>>;
  /** Whether the list can be asked for a status and the day since it was reached. */
  readonly windows: Readonly<Record<AccountKind, boolean>>;
  /** Statuses that explain why a row is not listed: it is not gone. */
  readonly unlisted: Readonly<Record<AccountKind, readonly string[]>>;
}

/** The resources we mirror; one row each. Sections 9 and 10 of the API reference. */
export const resources = {
  campaigns: {
    list: "campaigns",
    scope: "campaigns_read",
    table: campaigns,
    embed: { customer: ["address", "channels", "entity", "tags", "unit"], jobboard: [] },
    links: {},
    parts: {},
    show: { customer: true, jobboard: false },
    polls: { customer: ["last_activation_at", "created_at"], jobboard: ["created_at"] },
    windows: { customer: false, jobboard: false },
    unlisted: { customer: [], jobboard: ["archived", "draft", "standby"] },
  },
  applications: {
    list: "applications",
    scope: "applications_read",
    table: applications,
    embed: { customer: ["applicant", "campaign", "skills", "status_history", "tags"], jobboard: ["applicant"] },
    links: { applicant: "applicant_id", campaign: "campaign_id" },
    parts: { applicant: applicants },
    show: { customer: true, jobboard: false },
    polls: { customer: ["created_at"], jobboard: ["created_at"] },
    windows: { customer: true, jobboard: false },
    unlisted: { customer: [], jobboard: [] },
  },
} as const satisfies Record<string, Resource>;

export type ResourceName = keyof typeof resources;
export const resourceNames: readonly ResourceName[] = ["campaigns", "applications"];

export function isResourceName(name: string): name is ResourceName {
  return Object.hasOwn(resources, name);
}

/** Splits the items of an answer by the table they go to. What cannot be a row of either is a misfit. */
export function sortItems(resource: Resource, values: readonly unknown[]) {
  const { items, misfits } = readItems(values, resource.links);
  const parts = Object.entries(resource.parts).map(([key, table]) => {
    const embedded = readItems(
      values
        .filter(isObject)
        .map((value: JsonObject) => value[key])
        .filter(isObject),
    );
    return { table, ...embedded };
  });
  return {
    main: { table: resource.table, items },
    parts,
    misfits: [...misfits, ...parts.flatMap((part) => part.misfits)],
  };
}
