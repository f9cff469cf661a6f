import { decodeJwt, errors, jwtVerify, SignJWT } from "jose";

import type { SandboxKey } from "./keys.ts";
import type { Variants } from "../variants.ts";

export interface Auth {
  /** The index of the key that signed the token of an `Authorization` header, or why it is refused. */
  readonly authenticate: (header: string | undefined) => Promise<number | { readonly refused: string }>;
  /** The index of the key with these two secrets; -1 if there is none. */
  readonly find: (privateKey: unknown, secretKey: unknown) => number;
  /** A token as `POST /jwt` gives it. Without the claim it expires all the same, which only the server knows. */
  readonly issue: (key: SandboxKey, claimExpiry: boolean) => Promise<string>;
}

export interface AuthDeps {
  readonly keys: readonly SandboxKey[];
  readonly audience: () => string;
  readonly now: () => number;
  /** Life of an issued token in seconds; the vendor's is 4 hours (reference 4.2). */
  readonly tokenLife: number;
  readonly futureTokens: Variants["futureTokens"];
}

/** Tokens of both ways of the reference (section 4): issued by us, or signed by the caller. */
export function createAuth({ keys, audience, now, tokenLife, futureTokens }: AuthDeps): Auth {
  const silentExpiries = new Map<string, number>();

  const verify = async (token: string): Promise<number> => {
    const issuer = decodeJwt(token).iss;
    const index = keys.findIndex((key) => key.privateKey === issuer);
    const key = keys[index];
    if (key === undefined) throw new errors.JWTInvalid("unknown key");
    const { payload } = await jwtVerify(token, secretOf(key), {
      algorithms: ["HS256"],
      typ: "JWT",
      audience: audience(),
      requiredClaims: ["iat"],
      currentDate: new Date(now()),
    });
    if (futureTokens === "refused" && (payload.iat ?? 0) * 1_000 > now())
      throw new errors.JWTInvalid("token of the future");
    if ((silentExpiries.get(token) ?? Infinity) <= now()) throw new errors.JWTInvalid("token expired");
    return index;
  };

  return {
    async authenticate(header) {
      const token = /^Bearer (\S+)$/.exec(header ?? "")?.[1];
      if (token === undefined) return { refused: "Missing or malformed Authorization header" };
      try {
        return await verify(token);
      } catch (error) {
        if (error instanceof errors.JOSEError) return { refused: `Invalid token: ${error.message}` };
        throw error;
      }
    },
    find: (privateKey, secretKey) =>
      keys.findIndex((key) => key.privateKey === privateKey && key.secretKey === secretKey),
    async issue(key, claimExpiry) {
      const issuedAt = Math.floor(now() / 1_000);
      const token = new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuer(key.privateKey)
        .setAudience(audience())
        .setIssuedAt(issuedAt);
      if (claimExpiry) return token.setExpirationTime(issuedAt + tokenLife).sign(secretOf(key));
      const silent = await token.sign(secretOf(key));
      silentExpiries.set(silent, now() + tokenLife * 1_000);
      return silent;
    },
  };
}

const secretOf = (key: SandboxKey): Uint8Array => new TextEncoder().encode(key.secretKey);
