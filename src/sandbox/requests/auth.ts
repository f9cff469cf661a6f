import { decodeJwt, errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { Variants } from "../variants.ts";
import { jsonAnswer, type SandboxAnswer, textAnswer } from "./answer.ts";
import { parseJson } from "./context.ts";
import type { SandboxKey } from "./keys.ts";

interface AuthDeps {
  readonly keys: readonly SandboxKey[];
  readonly audience: () => string;
  readonly now: () => number;
  /** Life of an issued token in seconds; the vendor's is 4 hours (reference 4.2). */
  readonly tokenLife: number;
  readonly variants: Variants;
}

/** The key of a request, or why it is refused. */
type Identified = SandboxKey | { readonly refused: string };

const loginBody = z.object({ private_key: z.string(), secret_key: z.string() });

/** Tokens of both ways of the reference (section 4): issued by us, or signed by the caller. */
export function createAuth({ keys, audience, now, tokenLife, variants }: AuthDeps) {
  const silentExpiries = new Map<string, number>();

  async function verify(token: string): Promise<SandboxKey> {
    const issuer = decodeJwt(token).iss;
    const key = keys.find(({ privateKey }) => privateKey === issuer);
    if (key === undefined) throw new errors.JWTInvalid("unknown key");
    const { payload } = await jwtVerify(token, secretOf(key), {
      algorithms: ["HS256"],
      typ: "JWT",
      audience: audience(),
      requiredClaims: ["iat"],
      currentDate: new Date(now()),
    });
    if (variants.futureTokens === "refused" && (payload.iat ?? 0) * 1_000 > now())
      throw new errors.JWTInvalid("token of the future");
    if ((silentExpiries.get(token) ?? Infinity) <= now()) throw new errors.JWTInvalid("token expired");
    return key;
  }

  /** A token that does not claim its expiry expires nevertheless; only the server knows when. */
  async function issue(key: SandboxKey): Promise<string> {
    const issuedAt = Math.floor(now() / 1_000);
    const token = new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuer(key.privateKey)
      .setAudience(audience())
      .setIssuedAt(issuedAt);
    if (variants.jwtExpiry === "claimed") return token.setExpirationTime(issuedAt + tokenLife).sign(secretOf(key));
    const silent = await token.sign(secretOf(key));
    silentExpiries.set(silent, now() + tokenLife * 1_000);
    return silent;
  }

  return {
    /** The key that signed the token of an `Authorization` header. */
    async authenticate(header: string | undefined): Promise<Identified> {
      const token = /^Bearer (\S+)$/.exec(header ?? "")?.[1];
      if (token === undefined) return { refused: "Missing or malformed Authorization header" };
      try {
        return await verify(token);
      } catch (error) {
        if (error instanceof errors.JOSEError) return { refused: `Invalid token: ${error.message}` };
        throw error;
      }
    },

    /** The key whose two secrets stand in the body of `POST /jwt` (reference 4.2). */
    identify(body: string): Identified {
      const login = loginBody.safeParse(parseJson(body)).data;
      const key = keys.find((one) => one.privateKey === login?.private_key && one.secretKey === login.secret_key);
      return key ?? { refused: "Unknown private_key or secret_key" };
    },

    /** The answer to `POST /jwt`: a token in the chosen variant of Q1. */
    async login(key: SandboxKey): Promise<SandboxAnswer> {
      const token = await issue(key);
      if (variants.jwtAnswer === "text") return textAnswer(variants.jwtStatus, token, "text/plain");
      const bodies: Record<Exclude<Variants["jwtAnswer"], "text">, unknown> = {
        token: { token },
        jwt: { jwt: token },
        access_token: { access_token: token },
        authorization: { authorization: token },
        "data.token": { data: { token } },
        "data.jwt": { data: { jwt: token } },
        "json-string": token,
        bearer: { token: `Bearer ${token}` },
        unknown: { credentials: { value: token } },
      };
      return jsonAnswer(variants.jwtStatus, bodies[variants.jwtAnswer]);
    },
  };
}

export type Auth = ReturnType<typeof createAuth>;

const secretOf = (key: SandboxKey): Uint8Array => new TextEncoder().encode(key.secretKey);
