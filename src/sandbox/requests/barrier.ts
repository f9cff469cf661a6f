import { type SandboxAnswer, barrierAnswer } from "./answer.ts";
import type { Variants } from "../variants.ts";

const FIREWALL_BYTES = 8 * 1_024;
const NGINX_BYTES = 1_024 * 1_024;

/** What stands before the API answers itself, before any key is looked at; null where it lets the request through. */
export function answerOfBarrier(
  barrier: Variants["barrier"],
  { userAgent, body }: { readonly userAgent: string | undefined; readonly body: string },
): SandboxAnswer | null {
  const bytes = Buffer.byteLength(body);
  if (barrier === "firewall" && (bytes > FIREWALL_BYTES || (userAgent ?? "") === ""))
    return barrierAnswer(403, "Forbidden");
  if (barrier === "body-limit" && bytes > NGINX_BYTES) return barrierAnswer(413, "Request Entity Too Large");
  return null;
}
