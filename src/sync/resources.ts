/**
 * The mirrored resources, a row each: what a list of the vendor (kelio.ts) becomes here. A new resource is a row here and in
 * kelio.ts, its table in mirror/tables.ts, its schema in api/schemas, and a migration.
 */
import { isListName, listNames, lists, offeredTo, type AccountKind, type ListName, type Scope } from "../api/kelio.ts";
import type { Links } from "../mirror/items/item.ts";
import {
  applicants,
  applications,
  campaigns,
  entities,
  managers,
  tableNames,
  units,
  type MirrorTable,
  type TableName,
} from "../mirror/tables.ts";

type ByKind<T> = Readonly<Record<AccountKind, T>>;

export interface Resource {
  readonly table: MirrorTable;
  /** The schedule of its full runs: `organisation` is that of the setting ORGANISATION_CRON. */
  readonly schedule: "campaigns" | "applications" | "applicants" | "organisation";
  /** The parent resource, if each of its rows has its own list, and the field that names the parent; null if there is one list. */
  readonly parent: { readonly resource: ListName; readonly key: string } | null;
  /** The embeds that are requested. They are optional: the vendor will soon drop them for customers. */
  readonly embed: ByKind<readonly string[]>;
  /** Embedded objects that are stored as their ids. */
  readonly links: Links;
  /** Those of them that are rows of another table. */
  readonly parts: Readonly<Record<string, MirrorTable>>;
  /** The orders in which an incremental run polls the head of the list; empty if there are only full runs. */
  readonly polls: ByKind<readonly string[]>;
  /** Whether the list can be filtered by a status and the day since when a row has it. */
  readonly windows: ByKind<boolean>;
  /** Statuses with which a row is not listed although it is not deleted. */
  readonly unlisted: ByKind<readonly string[]>;
}

const NONE = { customer: [], jobboard: [] } as const;
const NEVER = { customer: false, jobboard: false } as const;
/** One small list, or one of which only full runs can find the changes. */
const PLAIN = {
  parent: null,
  embed: NONE,
  links: {},
  parts: {},
  polls: NONE,
  windows: NEVER,
  unlisted: NONE,
} as const;

export const resources: Readonly<Record<ListName, Resource>> = {
  campaigns: {
    ...PLAIN,
    table: campaigns,
    schedule: "campaigns",
    embed: { customer: ["address", "channels", "entity", "tags", "unit"], jobboard: [] },
    polls: { customer: ["last_activation_at", "created_at"], jobboard: ["created_at"] },
    unlisted: { customer: [], jobboard: ["archived", "draft", "standby"] },
  },
  applications: {
    ...PLAIN,
    table: applications,
    schedule: "applications",
    embed: { customer: ["applicant", "campaign", "skills", "status_history", "tags"], jobboard: ["applicant"] },
    links: { applicant: "applicant_id", campaign: "campaign_id" },
    parts: { applicant: applicants },
    polls: { customer: ["created_at"], jobboard: ["created_at"] },
    windows: { customer: true, jobboard: false },
  },
  applicants: {
    ...PLAIN,
    table: applicants,
    schedule: "applicants",
    embed: { customer: ["address", "pools"], jobboard: [] },
  },
  managers: { ...PLAIN, table: managers, schedule: "organisation" },
  entities: { ...PLAIN, table: entities, schedule: "organisation" },
  units: {
    ...PLAIN,
    table: units,
    schedule: "organisation",
    parent: { resource: "entities", key: "entity_id" },
  },
};

export type ResourceName = ListName;
export const resourceNames = listNames;
export const isResourceName = isListName;

/** The scope that a key needs to read a resource. */
export function scopeOf(name: ResourceName): Scope {
  return lists[name].scope;
}

/** The kinds of account that have a resource. */
export const kindsWith: (name: ResourceName) => readonly AccountKind[] = offeredTo;

/** The resources that an account of this kind has. */
export function resourcesOf(kind: AccountKind): readonly ResourceName[] {
  return resourceNames.filter((name) => offeredTo(name).includes(kind));
}

/** The tables that these resources fill. */
export function tablesOf(names: readonly ResourceName[]): readonly TableName[] {
  const filled = names
    .map((name) => resources[name])
    .flatMap(({ table, parts }) => [table, ...Object.values(parts)].map((one) => one.name));
  return tableNames.filter((name) => filled.includes(name));
}
