/** Who asks: HTTP basic authentication of the two users of the page. */
import { createHash, timingSafeEqual } from "node:crypto";
import { refusal, type ProblemError } from "../../platform/http/problem.ts";

/** An operator sees and decides, a viewer sees. The name of a user is its role. */
export type Role = "viewer" | "operator";

export interface Passwords {
  readonly operator: string;
  /** Null: there is no viewer. */
  readonly viewer: string | null;
}

/** Wrong passwords of an address at once, and how long it waits for each more. */
const WRONG_AT_ONCE = 10;
const MS_PER_WRONG = 6_000;
/** Addresses that are remembered; the one that was wrong the longest ago is forgotten first. */
const MOST_ADDRESSES = 1_000;

/**
 * Returns a function that reads the role of a request from its `Authorization` header. It throws 401 for a missing or wrong
 * password, and 429, without looking at the password, for an address that has sent too many wrong ones.
 */
export function createAuthentication(passwords: Passwords, now: () => number = Date.now) {
  const users = Object.entries(passwords).flatMap(([user, password]) =>
    password === null ? [] : [{ role: roleOf(user), digest: digestOf(user, password) }],
  );
  /** When the address has waited for all its wrong passwords. */
  const waits = new Map<string, number>();

  return (header: string | undefined, address: string): Role => {
    const submitted = credentialsIn(header);
    if (submitted === null) throw unauthorized("password_missing", "Sign in as operator or viewer.");
    const ahead = (waits.get(address) ?? 0) - now();
    if (ahead > (WRONG_AT_ONCE - 1) * MS_PER_WRONG) throw slowDown(ahead - (WRONG_AT_ONCE - 1) * MS_PER_WRONG);
    const digest = digestOf(submitted.user, submitted.password);
    // Each is compared, so that the time reveals nothing.
    const roles = users.map((user) => (timingSafeEqual(user.digest, digest) ? user.role : null));
    const role = roles.find((one) => one !== null);
    if (role !== undefined) return role;
    waits.delete(address);
    waits.set(address, now() + Math.max(0, ahead) + MS_PER_WRONG);
    const [oldest] = waits.keys();
    if (waits.size > MOST_ADDRESSES && oldest !== undefined) waits.delete(oldest);
    throw unauthorized("password_wrong", "This is not the password of this user.");
  };
}

function roleOf(user: string): Role {
  return user === "operator" ? "operator" : "viewer";
}

function credentialsIn(header = ""): { readonly user: string; readonly password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  const parts = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8"));
  // The settings are read without the spaces around them.
  return parts === null ? null : { user: parts[1] ?? "", password: parts[2]?.trim() ?? "" };
}

function digestOf(user: string, password: string): Buffer {
  return createHash("sha256").update(`${user}:${password}`.normalize("NFC")).digest();
}

function unauthorized(code: string, detail: string): ProblemError {
  return refusal(401, code, detail, { "www-authenticate": 'Basic realm="applicant-sync", charset="UTF-8"' });
}

function slowDown(ms: number): ProblemError {
  const seconds = String(Math.ceil(ms / 1_000));
  return refusal(429, "too_many_wrong_passwords", "Too many wrong passwords: wait a minute.", {
    "retry-after": seconds,
  });
}
