import { createHash, timingSafeEqual } from "node:crypto";
import { refusal, type ProblemError } from "./problem.ts";

const REALM = 'Bearer realm="applicant-sync"';

/**
 * Returns what is wrong with an `Authorization` header; null: it holds the token, which `setting` defines. Takes the same time for every
 * wrong token.
 */
export function bearerFault(header: string | undefined, token: string, setting: string): ProblemError | null {
  const submitted = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
  const headers = (challenge: string) => ({ "www-authenticate": challenge, connection: "close" });
  if (submitted === undefined) {
    return refusal(401, "token_missing", `Send the header Authorization: Bearer ${setting}.`, headers(REALM));
  }
  if (timingSafeEqual(digest(submitted), digest(token))) return null;
  return refusal(401, "token_wrong", "This is not the token.", headers(`${REALM}, error="invalid_token"`));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
