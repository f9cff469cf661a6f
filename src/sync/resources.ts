import type { AccountKind, ListName, Scope } from "../kelio.ts";
import type { JsonObject } from "../mirror/items/canonical.ts";
import { isObject, mapItems, type Links, type InvalidItem } from "../mirror/items/item.ts";
import { tableNames, type MirrorTable, type TableName } from "../mirror/tables.ts";
import { applicants, applications, campaigns, entities, managers, units } from "./tables.ts";

export type { AccountKind } from "../kelio.ts";

export interface Resource {
  /** The kinds of account that have this resource. */
  readonly kinds: readonly AccountKind[];
  readonly list: ListName;
  /** The parent resource, if each of its rows has its own list, and the field that names the parent; null if there is one list. */
  readonly parent: { readonly resource: ListName; readonly key: string } | null;
  /** The scope that is needed to read the list. */
  readonly scope: Scope;
  readonly table: MirrorTable;
  /** The embeds that are requested. They are optional: the vendor will soon drop them for customers. */
  readonly embed: Readonly<Record<AccountKind, readonly string[]>>;
  /** Embedded objects that are stored as their ids. */
  readonly links: Links;
  /** Those of them that are rows of another table. */
  readonly parts: Readonly<Record<string, MirrorTable>>;
  /** Whether a row can be requested by its id, so that a 404 can prove its deletion. */
  readonly show: Readonly<Record<AccountKind, boolean>>;
  /** The orders in which an incremental run polls the head of the list; empty if there are only full runs. */
  readonly polls: Readonly<Record<AccountKind, readonly string[]>>;
  /** Whether the list can be filtered by a status and the day since when a row has it. */
  readonly windows: Readonly<Record<AccountKind, boolean>>;
  /** Statuses with which a row is not listed although it is not deleted. */
  readonly unlisted: Readonly<Record<AccountKind, readonly string[]>>;
}

/** For a list without polls and windows: it is small, or only full runs can find its changes. */
const FULL_ONLY = {
  polls: { customer: [], jobboard: [] },
  windows: { customer: false, jobboard: false },
  unlisted: { customer: [], jobboard: [] },
} as const;
const NO_EMBED = { customer: [], jobboard: [] } as const;

/** The mirrored resources, one entry each. Sections 9 and 10 of the API reference. */
export const resources = {
  campaigns: {
    kinds: ["customer", "jobboard"],
    list: "campaigns",
    parent: null,
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
    kinds: ["customer", "jobboard"],
    list: "applications",
    parent: null,
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
  applicants: {
    kinds: ["customer"],
    list: "applicants",
    parent: null,
    scope: "applicants_read",
    table: applicants,
    embed: { customer: ["address", "pools"], jobboard: [] },
    links: {},
    parts: {},
    show: { customer: true, jobboard: false },
    ...FULL_ONLY,
  },
  managers: {
    kinds: ["customer"],
    list: "managers",
    parent: null,
    scope: "managers_read",
    table: managers,
    embed: NO_EMBED,
    links: {},
    parts: {},
    show: { customer: true, jobboard: false },
    ...FULL_ONLY,
  },
  entities: {
    kinds: ["customer"],
    list: "entities",
    parent: null,
    scope: "managers_read",
    table: entities,
    embed: NO_EMBED,
    links: {},
    parts: {},
    show: { customer: true, jobboard: false },
    ...FULL_ONLY,
  },
  units: {
    kinds: ["customer"],
    list: "units",
    parent: { resource: "entities", key: "entity_id" },
    scope: "managers_read",
    table: units,
    embed: NO_EMBED,
    links: {},
    parts: {},
    show: { customer: false, jobboard: false },
    ...FULL_ONLY,
  },
} as const satisfies Record<string, Resource>;

export type ResourceName = keyof typeof resources;
export const resourceNames: readonly ResourceName[] = Object.keys(resources).filter(isResourceName);

export function isResourceName(name: string): name is ResourceName {
  return Object.hasOwn(resources, name);
}

/** Which kinds of account have a resource. */
export function accountKindsOf(name: ResourceName): readonly AccountKind[] {
  return resources[name].kinds;
}

/** The resources that an account of this kind has. */
export function resourcesOf(kind: AccountKind): readonly ResourceName[] {
  return resourceNames.filter((name) => accountKindsOf(name).includes(kind));
}

/** The tables that these resources fill. */
export function tablesOf(names: readonly ResourceName[]): readonly TableName[] {
  const filled = names
    .map((name): Resource => resources[name])
    .flatMap(({ table, parts }) => [table, ...Object.values(parts)].map((one) => one.name));
  return tableNames.filter((name) => filled.includes(name));
}

/**
 * Splits the items of an answer by the table they go to. What cannot be a row of either is an invalid item. The items of the
 * list of one parent get its id here, because they need not name it.
 */
export function sortItems(resource: Resource, listed: readonly unknown[], parent: bigint | null = null) {
  const values = listed.map((value) => owned(resource, value, parent));
  const { items, invalid } = mapItems(values, resource.links);
  const parts = Object.entries(resource.parts).map(([key, table]) => {
    const embedded = mapItems(
      values
        .filter(isObject)
        .map((value: JsonObject) => value[key])
        .filter(isObject),
    );
    const marked = embedded.invalid.map((invalidItem): InvalidItem => ({ ...invalidItem, part: key }));
    return { key, table, items: embedded.items, invalid: marked };
  });
  return {
    main: { table: resource.table, items },
    parts,
    invalid: [...invalid, ...parts.flatMap((part) => part.invalid)],
  };
}

export type SortedItems = ReturnType<typeof sortItems>;

/** The ids of the rows that an answer lists, those that cannot become rows included, where they can be read. */
export function readIds({ main, invalid }: SortedItems): readonly string[] {
  const ofInvalid = invalid.flatMap(({ id, part }) => (id === undefined || part !== undefined ? [] : [id]));
  const ids = main.items.map(({ id }) => id);
  return ofInvalid.length === 0 ? ids : [...new Set([...ids, ...ofInvalid])];
}

function owned({ parent: relation }: Resource, value: unknown, parent: bigint | null): unknown {
  if (relation === null || parent === null || !isObject(value)) return value;
  const id = Number(parent);
  return { ...value, [relation.key]: value[relation.key] ?? (Number.isSafeInteger(id) ? id : String(parent)) };
}
