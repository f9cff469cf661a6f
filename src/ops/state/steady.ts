/** What no decision of a person changes: it need not be read anew after one. */
import type { Database } from "../../database/client.ts";
import { readSkew } from "../../database/clock.ts";
import { countDone } from "../../outbox/operations/overview.ts";
import { resourcesOf } from "../../sync/resources.ts";
import { gapsOf } from "../../sync/runs/truth.ts";
import { countNightRequests } from "./night.ts";
import type { StateDeps } from "./deps.ts";
import type { NoticesState } from "./types.ts";

const NO_NOTICES: NoticesState = { channels: [], waiting: 0, undelivered: [] };

export type Steady = Awaited<ReturnType<typeof readSteady>>;

export async function readSteady(
  { database, config, quotaUse, notices = () => Promise.resolve(NO_NOTICES) }: StateDeps,
  at: Date,
) {
  const { account } = config;
  const newest = { where: { account }, orderBy: { at: "desc" }, select: { at: true } } as const;
  return {
    /** How far the clock of this machine is from that of the database, in milliseconds. */
    skewMs: (await readSkew(database)).leastMs,
    use: await quotaUse(),
    pause: await readPause(database, account),
    /** When the account last made a request; null: never, as far as the log goes back. */
    lastRequestAt: (await database.apiRequest.findFirst(newest))?.at ?? null,
    nightRequests: await countNightRequests(database, config, at),
    /** How many imports are done. No screen shows it, and to count most imports takes long. */
    done: await countDone(database, account),
    /** What lacks in each resource: rows and details that only a sync brings. */
    gaps: await gapsOf(database, account, resourcesOf(config.kind)),
    notices: await notices(),
    vanished: await vanishedAccounts(database, account),
    auditFault: await readAuditFault(database, account),
  };
}

/** Until when a pause after a 403 lasts (null: none since the API last answered), and since when the API has refused every request. */
async function readPause(database: Database, account: string) {
  const pause = await database.apiPause.findUnique({ where: { account } });
  if (pause === null) return { pausedUntil: null, refusedSince: null };
  const [row] = await database.$queryRaw<{ since: Date | null }[]>`
    select min(at) as since from public.api_request where account = ${account} and status in (403, 429)
      and at > coalesce((select at from public.api_request where account = ${account} and status between 200 and 299
        order by at desc limit 1), '-infinity')`;
  return { pausedUntil: pause.until, refusedSince: row?.since ?? pause.notedAt };
}

/**
 * The other accounts of the database whose schedules no worker keeps any more: all of them have been due for a day, the last one since
 * `since`. After a week they count as given up.
 */
function vanishedAccounts(database: Database, account: string) {
  return database.$queryRaw<readonly { readonly account: string; readonly since: Date }[]>`
    select account, max(next_at) as since from public.schedule_tick where account <> ${account} group by account
    having max(next_at) between now() - interval '8 days' and now() - interval '1 day' order by account`;
}

/** The first decision that somebody touched, as the last check of the audit found it; null: nothing is wrong, or it was not checked yet. */
export async function readAuditFault(database: Database, account: string) {
  const found = await database.auditCheck.findFirst({ where: { account, fault: { not: null } } });
  return found && { decision: String(found.decision), since: found.since ?? found.checkedAt };
}
