import type { Sandbox } from "../../src/sandbox/server.ts";

const MINUTE_MS = 60_000;
export const QUOTA = 120;
/** A schedule that is due once, when it is first seen. */
export const ENV = { APPLICATIONS_CRON: "0 3 29 2 *", KELIO_REQUESTS_PER_MINUTE: String(QUOTA) };
/** More pages than any test can read. */
export const SANDBOX = { applications: 15_000, quota: { limit: QUOTA, window: "rolling" } } as const;

/** The largest number of requests that any minute held. */
export function busiestMinute(requests: Sandbox["requests"]): number {
  return Math.max(
    ...requests.map(({ at }) => requests.filter((other) => other.at <= at && other.at > at - MINUTE_MS).length),
  );
}
