import { SignJWT } from "jose";
import { onTestFinished } from "vitest";

import type { SandboxKey } from "../../src/sandbox/requests/keys.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";

/** A running sandbox that ends with the test. Small and without quota unless the test says otherwise. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ campaigns: 12, applications: 230, quota: null, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body read as JSON; undefined if it is none. */
  readonly json: unknown;
}

export interface Caller {
  readonly get: (path: string) => Promise<Reply>;
  readonly post: (path: string, body: unknown) => Promise<Reply>;
}

export function customer(sandbox: Sandbox): Caller {
  return callerOf(sandbox, keyOf(sandbox, "customer"));
}

export function jobboard(sandbox: Sandbox): Caller {
  return callerOf(sandbox, keyOf(sandbox, "jobboard"));
}

/** Signs its own token, as reference 4.3 has it. */
export function callerOf(sandbox: Sandbox, key: SandboxKey): Caller {
  const authorization = async (): Promise<string> => `Bearer ${await signToken(sandbox, key)}`;
  return {
    get: async (path) => call(sandbox.url + path, { headers: { authorization: await authorization() } }),
    post: async (path, body) =>
      call(sandbox.url + path, {
        method: "POST",
        headers: { authorization: await authorization(), "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
}

export function keyOf(sandbox: Sandbox, kind: SandboxKey["kind"]): SandboxKey {
  const key = sandbox.keys.find((candidate) => candidate.kind === kind);
  if (key === undefined) throw new Error(`The sandbox has no ${kind} key`);
  return key;
}

export async function signToken(
  sandbox: Pick<Sandbox, "audience">,
  key: Pick<SandboxKey, "privateKey" | "secretKey">,
  claims: { readonly iat?: number; readonly exp?: number; readonly aud?: string; readonly typ?: string } = {},
): Promise<string> {
  const issuedAt = claims.iat ?? Math.floor(Date.now() / 1_000);
  const token = new SignJWT()
    .setProtectedHeader({ alg: "HS256", typ: claims.typ ?? "JWT" })
    .setIssuer(key.privateKey)
    .setAudience(claims.aud ?? sandbox.audience)
    .setIssuedAt(issuedAt);
  if (claims.exp !== undefined) token.setExpirationTime(claims.exp);
  return token.sign(new TextEncoder().encode(key.secretKey));
}

export async function call(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

/** The rows of a bare list; fails on anything else. */
export function rowsOf(reply: Reply): Record<string, unknown>[] {
  if (!Array.isArray(reply.json))
    throw new Error(`Status ${reply.status} is no bare list: ${reply.text.slice(0, 200)}`);
  return reply.json.map((item: unknown) => objectOf(item));
}

export function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`Not an object: ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}

export const idsOf = (reply: Reply): number[] => rowsOf(reply).map((row) => Number(row["id"]));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
