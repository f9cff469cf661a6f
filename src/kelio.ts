/** A request of the API as logs and errors name it. */
export interface RequestName {
  readonly method: string;
  /** A template (`/applications/:id`): never a value, which may be an e-mail. */
  readonly path: string;
}

/** The two kinds of account: one client company, or a partner that republishes offers of several. */
export type AccountKind = "customer" | "jobboard";

/** The lists of the API that we read. */
export type ListName = "campaigns" | "applications" | "applicants" | "managers" | "entities" | "units";

interface ScopeRow {
  readonly kinds: readonly AccountKind[];
  readonly method: "GET" | "POST";
  readonly resources: readonly string[];
  /** The list whose first row shows whether the scope is granted; null where only a write would show it. */
  readonly probe: ListName | null;
}

const both = ["customer", "jobboard"] as const;

/** Section 5 of the reference. That `applications_write` may be granted to a customer is not documented. */
export const scopes = {
  campaigns_read: { kinds: both, method: "GET", resources: ["campaigns"], probe: "campaigns" },
  applications_read: { kinds: both, method: "GET", resources: ["applications"], probe: "applications" },
  applications_write: { kinds: ["jobboard"], method: "POST", resources: ["applications"], probe: null },
  applicants_read: { kinds: ["customer"], method: "GET", resources: ["applicants"], probe: "applicants" },
  applicants_write: { kinds: both, method: "POST", resources: ["applicants"], probe: null },
  managers_read: { kinds: ["customer"], method: "GET", resources: ["managers", "entities"], probe: "managers" },
  managers_write: { kinds: ["customer"], method: "POST", resources: ["managers"], probe: null },
} as const satisfies Record<string, ScopeRow>;

export type Scope = keyof typeof scopes;

export function isScope(name: string): name is Scope {
  return Object.hasOwn(scopes, name);
}

/** Every scope that can be granted to a key of this kind of account. */
export function scopesOf(kind: AccountKind): readonly Scope[] {
  return Object.keys(scopes)
    .filter(isScope)
    .filter((name) => kindsOf(name).includes(kind));
}

/** Which kinds of account a scope exists for. */
export function kindsOf(scope: Scope): readonly AccountKind[] {
  return scopes[scope].kinds;
}

/** The scope that a request needs, from its path template (`/jobboards/applications/:id`); null for `/jwt`. */
export function scopeFor(method: string, path: string): Scope | null {
  const resource = path.replace(/^\/jobboards(?=\/)/, "").split("/")[1] ?? "";
  const access = method === "GET" ? "GET" : "POST";
  const rows: readonly [string, ScopeRow][] = Object.entries(scopes);
  const name = rows.find(([, row]) => row.method === access && row.resources.includes(resource))?.[0];
  return name !== undefined && isScope(name) ? name : null;
}
