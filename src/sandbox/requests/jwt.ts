import { z } from "zod";

import { type SandboxAnswer, jsonAnswer, textAnswer } from "./answer.ts";
import type { Auth } from "./auth.ts";
import { parseJson } from "./creation-body.ts";
import type { SandboxKey } from "./keys.ts";
import type { Variants } from "../variants.ts";

const loginBody = z.object({ private_key: z.string(), secret_key: z.string() });

/** The index of the key whose two secrets stand in the body of `POST /jwt` (reference 4.2); -1 if there is none. */
export function keyOfLogin(auth: Auth, body: string): number {
  const login = loginBody.safeParse(parseJson(body));
  return login.success ? auth.find(login.data.private_key, login.data.secret_key) : -1;
}

/** A token in the chosen variant of Q1. */
export async function answerLogin(auth: Auth, key: SandboxKey, variants: Variants): Promise<SandboxAnswer> {
  const token = await auth.issue(key, variants.jwtExpiry === "claimed");
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
  if (variants.jwtAnswer === "text") return textAnswer(variants.jwtStatus, token, "text/plain");
  return jsonAnswer(variants.jwtStatus, bodies[variants.jwtAnswer]);
}
