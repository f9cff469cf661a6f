export type SandboxKind = "customer" | "jobboard";

/** Credentials as the vendor gives them (reference 4.1): an identifier, the HMAC key of HS256, and the scopes attached to them. */
export interface SandboxKey {
  readonly kind: SandboxKind;
  /** Goes into tokens as `iss`. */
  readonly privateKey: string;
  /** Signs tokens, as raw UTF-8. */
  readonly secretKey: string;
  readonly scopes: readonly string[];
  /** The company a customer key belongs to; by default the main one, 42. */
  readonly companyId?: number;
}

/** Scopes by kind of account (reference 5). */
export const KEY_SCOPES: Readonly<Record<SandboxKind, readonly string[]>> = {
  customer: [
    "campaigns_read",
    "applications_read",
    "applicants_read",
    "applicants_write",
    "managers_read",
    "managers_write",
  ],
  jobboard: ["campaigns_read", "applications_read", "applications_write", "applicants_write"],
};

/** Known to everyone and worth nothing: they open the local sandbox only. */
export const WELL_KNOWN_KEYS: readonly [SandboxKey, SandboxKey] = [
  {
    kind: "customer",
    privateKey: "00000000-0000-4000-a000-00000000c001",
    secretKey: "sandboxCustomerSecret0001",
    scopes: KEY_SCOPES.customer,
  },
  {
    kind: "jobboard",
    privateKey: "00000000-0000-4000-a000-00000000b001",
    secretKey: "sandboxJobboardSecret0001",
    scopes: KEY_SCOPES.jobboard,
  },
];
