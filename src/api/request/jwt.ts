import { decodeJwt } from "jose/jwt/decode";
import { SignJWT } from "jose/jwt/sign";
import { fieldsOf } from "../answer/body.ts";
import { jsonOrText } from "../answer/explanation.ts";

const LIFE_S = 4 * 60 * 60;
/** The token is backdated, in case our clock is ahead of the server's (question Q2 of the reference). */
const BACKDATE_S = 5;

export interface Credentials {
  readonly privateKey: string;
  readonly secretKey: string;
  readonly audience: string;
}

export interface IssuedToken {
  readonly value: string;
  /** Milliseconds since the epoch, by our own clock. */
  readonly expiresAt: number;
}

/**
 * Signs a token (section 4.3 of the reference): HS256 with the secret key as raw UTF-8; the "private key" is not a key, but
 * the name of the issuer. `now`: milliseconds since the epoch.
 */
export async function signToken({ privateKey, secretKey, audience }: Credentials, now: number): Promise<IssuedToken> {
  const issuedAt = Math.floor(now / 1000) - BACKDATE_S;
  const value = await new SignJWT()
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(privateKey)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFE_S)
    .sign(new TextEncoder().encode(secretKey));
  return { value, expiresAt: (issuedAt + LIFE_S) * 1000 };
}

const NAMES = ["jwt", "token", "access_token", "authorization"];
const THREE_PARTS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The token in an answer of `POST /jwt`, whose form is not documented (question Q1): a text, a JSON string, or a field
 * `jwt`, `token`, `access_token` or `authorization` at the root or under `data`, with or without "Bearer".
 * Without a token: the names of the fields that came, and no value.
 */
export function readToken(text: string): { readonly token: string } | { readonly fields: readonly string[] } {
  const body = jsonOrText(text);
  const root = fieldsOf(body);
  const data = fieldsOf(root["data"]);
  const candidates = [body, ...NAMES.map((name) => root[name]), root["data"], ...NAMES.map((name) => data[name])];
  const token = candidates.map(bare).find((candidate) => THREE_PARTS.test(candidate));
  if (token !== undefined) return { token };
  return { fields: [...Object.keys(root), ...Object.keys(data).map((name) => `data.${name}`)] };
}

/** When a received token expires by our clock. Its life counts from the request, because the server's clock may differ. */
export function expiryOf(token: string, requestedAt: number): number {
  const { exp, iat } = claimsOf(token);
  if (exp === undefined) return requestedAt + LIFE_S * 1000;
  return iat === undefined ? exp * 1000 : requestedAt + (exp - iat) * 1000;
}

function claimsOf(token: string): { readonly exp?: number | undefined; readonly iat?: number | undefined } {
  try {
    const { exp, iat } = decodeJwt(token);
    return { exp: finite(exp), iat: finite(iat) };
  } catch {
    return {};
  }
}

function finite(claim: unknown): number | undefined {
  return typeof claim === "number" && Number.isFinite(claim) ? claim : undefined;
}

function bare(value: unknown): string {
  return typeof value === "string" ? value.trim().replace(/^Bearer\s+/i, "") : "";
}
