import { readUrl } from "../platform/url.ts";

/** A request of the API as logs and errors name it. */
export interface RequestName {
  readonly method: string;
  /** A template (`/applications/:id`): never a value, which may be an e-mail. */
  readonly path: string;
}

/** The two kinds of account: one client company, or a partner that republishes offers of several. */
export type AccountKind = "customer" | "jobboard";

/** Base URL and audience of the tokens in the vendor's two environments (section 3 of the reference). */
export const environments = {
  sandbox: { url: "https://sandbox.talentview.fr/v2", audience: "https://sandbox.talentview.fr" },
  production: { url: "https://api.talentview.fr/v2", audience: "https://api.talentview.fr" },
} as const;
export type Environment = keyof typeof environments;

const domains = ["talentview.fr", "talentview.io", "kelio-ats.com"];

/** Which of the vendor's environments `url` belongs to; null for any other host, and for what is no URL. */
export function environmentOf(url: string): Environment | null {
  const host = readUrl(url)?.hostname.toLowerCase().replace(/\.$/, "") ?? "";
  if (!domains.some((domain) => host === domain || host.endsWith(`.${domain}`))) return null;
  return /(^|[.-])sandbox[.-]/.test(host) ? "sandbox" : "production";
}

/** Requests a minute; over it the vendor may close the access for good (section 6 of the reference). */
export const QUOTA_PER_MINUTE = 120;

/** Rows of the largest page of a list (section 7 of the reference). */
export const MAX_PAGE_ROWS = 50;

/** Firewalls in front of an API refuse bodies above this many bytes, with a 403. */
export const LARGE_BODY = 8_192;

const both = ["customer", "jobboard"] as const;

interface ScopeRow {
  readonly kinds: readonly AccountKind[];
  /** What may be created with it; null for a scope that reads. */
  readonly creates: string | null;
}

/** Section 5 of the reference. That `applications_write` may be granted to a customer is not documented. */
export const scopes = {
  campaigns_read: { kinds: both, creates: null },
  applications_read: { kinds: both, creates: null },
  applications_write: { kinds: ["jobboard"], creates: "applications" },
  applicants_read: { kinds: ["customer"], creates: null },
  applicants_write: { kinds: both, creates: "applicants" },
  managers_read: { kinds: ["customer"], creates: null },
  managers_write: { kinds: ["customer"], creates: "managers" },
} as const satisfies Record<string, ScopeRow>;

export type Scope = keyof typeof scopes;

interface ListRow {
  /** Below the prefix of the account's kind; `:id` stands for the parent. */
  readonly path: string;
  /** The name of one of its objects. */
  readonly one: string;
  /** The scope that is needed to read it; a list is offered to the kinds of account that have the scope. */
  readonly scope: Scope;
  /** The kinds of account to which one object is shown by its id. */
  readonly shownTo: readonly AccountKind[];
}

/** The lists of the API that we read (sections 9 and 10 of the reference). */
export const lists = {
  campaigns: { path: "/campaigns", one: "campaign", scope: "campaigns_read", shownTo: ["customer"] },
  applications: { path: "/applications", one: "application", scope: "applications_read", shownTo: ["customer"] },
  applicants: { path: "/applicants", one: "applicant", scope: "applicants_read", shownTo: ["customer"] },
  managers: { path: "/managers", one: "manager", scope: "managers_read", shownTo: ["customer"] },
  entities: { path: "/entities", one: "entity", scope: "managers_read", shownTo: ["customer"] },
  units: { path: "/entities/:id/units", one: "unit", scope: "managers_read", shownTo: [] },
} as const satisfies Record<string, ListRow>;

export type ListName = keyof typeof lists;
export const listNames: readonly ListName[] = Object.keys(lists).filter(isListName);

export function isListName(name: string): name is ListName {
  return Object.hasOwn(lists, name);
}

export function offeredTo(name: ListName): readonly AccountKind[] {
  return kindsOf(lists[name].scope);
}

/** Whether one object of a list can be requested by its id. */
export function isShown(name: ListName, kind: AccountKind): boolean {
  const { shownTo }: ListRow = lists[name];
  return shownTo.includes(kind);
}

export function isScope(name: string): name is Scope {
  return Object.hasOwn(scopes, name);
}

/** Every scope that can be granted to a key of this kind of account. */
export function scopesOf(kind: AccountKind): readonly Scope[] {
  return Object.keys(scopes)
    .filter(isScope)
    .filter((name) => kindsOf(name).includes(kind));
}

export function kindsOf(scope: Scope): readonly AccountKind[] {
  return scopes[scope].kinds;
}

/** The list whose first row shows whether a scope is granted; null for a scope that only a write would show. */
export function probeOf(scope: Scope): ListName | null {
  return listNames.find((name) => lists[name].scope === scope) ?? null;
}

/** The scope that a request needs, from its path template (`/jobboards/applications/:id`); null for `/jwt`. */
export function scopeFor(method: string, path: string): Scope | null {
  const root = rootOf(path.replace(/^\/jobboards(?=\/)/, ""));
  const list = listNames.find((name) => rootOf(lists[name].path) === root);
  if (method === "GET") return list === undefined ? null : lists[list].scope;
  return Object.keys(scopes).find((name): name is Scope => isScope(name) && scopes[name].creates === root) ?? null;
}

function rootOf(path: string): string {
  return path.split("/")[1] ?? "";
}
