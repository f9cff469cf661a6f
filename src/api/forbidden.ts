import { scopeFor } from "./scopes.ts";
import type { RequestName } from "./errors.ts";

const NEAR = 0.9;
const MAX_PAUSES_IN_A_ROW = 3;
const PAUSE_MS = 60_000;
const JITTER_MS = 5_000;

/** What our own request log knows when a 403 arrives, this answer not counted. */
export interface RecentRequests {
  /** Requests of ours in the last 60 s. */
  readonly lastMinute: number;
  /** How many of the latest answers in a row were 403. */
  readonly refusedInARow: number;
  /** Whether this path got a 2xx in the last ten minutes. */
  readonly pathAnsweredLately: boolean;
}

/**
 * Whether a 403 is the quota or a refusal: the API gives the same status for both (question Q5 of the reference,
 * invariant I3). Near the quota it is the quota. Far below it is a refusal, unless the same path was answered lately:
 * then the scope is granted, and another program that shares the key uses the quota up, which is worth three pauses.
 */
export function judgeForbidden(recent: RecentRequests, requestsPerMinute: number): "quota" | "refused" {
  if (recent.lastMinute >= NEAR * requestsPerMinute) return "quota";
  return recent.pathAnsweredLately && recent.refusedInARow < MAX_PAUSES_IN_A_ROW ? "quota" : "refused";
}

/** A full minute, and a little more so that several programs do not come back together. */
export function quotaPauseMs(random: number = Math.random()): number {
  return PAUSE_MS + Math.ceil(random * JITTER_MS);
}

/** What a user should look at when the API refuses a request that the quota does not explain. */
export function refusalAdvice(request: RequestName, { lastMinute }: RecentRequests, perMinute: number): string {
  const scope = scopeFor(request.method, request.path);
  const need =
    scope === null ? "" : `Ask the vendor whether the key has the scope ${scope}, or take it out of KELIO_SCOPES. `;
  return (
    `not the quota, as far as we know (${lastMinute} of ${perMinute} requests in the last minute). ${need}` +
    "The access may also have been closed without warning, or another program may be using the quota of the same key"
  );
}
