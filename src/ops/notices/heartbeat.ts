/** Reports to HEARTBEAT_URL how the nights of full syncs go. It reads the runs and changes none: a receiver that hangs delays nothing. */
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Database } from "../../database/client.ts";
import { errorFields } from "../../platform/errors.ts";
import type { Proxy } from "../../platform/tunnels.ts";
import { waitAfter } from "./deliver.ts";
import { describeAnswer, exchange, isTaken, type WebAnswer } from "./http.ts";

/** A full sync that is due within this belongs to the night. */
const NIGHT_GOES_ON_MS = 3_600_000;
/** How long after its beginning a ping counts as lost. */
const LEASE_MS = 60_000;

export type Ping = "start" | "success" | "fail";

export interface HeartbeatDeps {
  readonly database: Database;
  readonly account: string;
  readonly target: { readonly url: string; readonly proxy: Proxy | null };
  /** The names of the schedules of full syncs, which are those of their resources. */
  readonly pulls: readonly string[];
  readonly logger: Pick<Logger, "warn">;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

/**
 * Notes where the night is, and sends the ping that is due. A night begins with the first scheduled full sync and ends when none is
 * running, and none is due within an hour that has not run in it. It failed if the last full sync of a resource in it did.
 */
export async function beat(deps: HeartbeatDeps): Promise<void> {
  await noteNight(deps);
  while (await pingOnce(deps));
}

async function noteNight({ database, account, pulls, now = () => new Date() }: HeartbeatDeps): Promise<void> {
  const at = now();
  const goesOnUntil = new Date(at.getTime() + NIGHT_GOES_ON_MS);
  const justNow = new Date(at.getTime() - NIGHT_GOES_ON_MS);
  // The first full sync that began after the last night ended begins a night. What ended long before the first night is not reported.
  await database.$executeRaw`
    insert into public.heartbeat as night (account, run_id, started_at, next_attempt_at)
    select account, ${randomUUID()}::uuid, min(started_at), ${at}::timestamptz from public.sync_run run
    where account = ${account} and kind = 'full' and trigger = 'schedule' and resource = any(${pulls})
      and coalesce(started_at > (select ended_at from public.heartbeat last where last.account = run.account),
        state = 'running' or finished_at > ${justNow}::timestamptz)
    group by account
    on conflict (account) do update set run_id = excluded.run_id, started_at = excluded.started_at, ended_at = null,
      failed = null, last_ping = null, attempts = 0, next_attempt_at = excluded.next_attempt_at
    where night.ended_at is not null`;
  await database.$executeRaw`
    with runs as (
      select distinct on (run.resource) run.resource, run.state, run.finished_at from public.sync_run run join public.heartbeat using (account)
      where account = ${account} and run.kind = 'full' and run.trigger = 'schedule' and run.resource = any(${pulls})
        and run.started_at >= heartbeat.started_at
      order by run.resource, run.id desc)
    update public.heartbeat set ended_at = (select max(finished_at) from runs),
      failed = (select string_agg(resource, ', ' order by resource) from runs where state = 'failed'),
      attempts = 0, next_attempt_at = ${at}::timestamptz
    where account = ${account} and ended_at is null and exists (select from runs)
      and not exists (select from runs where state = 'running')
      and not exists (select from public.schedule_tick tick
        where tick.account = heartbeat.account and tick.name = any(${pulls}) and tick.next_at <= ${goesOnUntil}::timestamptz
          and tick.name not in (select resource from runs))`;
}

/** Sends the next ping, if one is due. Returns whether the receiver accepted it. */
async function pingOnce(deps: HeartbeatDeps): Promise<boolean> {
  const { database, account, logger, target, signal, now = () => new Date() } = deps;
  const at = now();
  const [night] = await database.$queryRaw<
    { runId: string; lastPing: string | null; failed: string | null; attempts: number }[]
  >`
    update public.heartbeat set attempts = attempts + 1,
      next_attempt_at = ${at}::timestamptz + make_interval(secs => ${LEASE_MS / 1_000}::integer)
    where account = ${account} and next_attempt_at <= ${at}::timestamptz
      and (last_ping is null or (last_ping = 'start' and ended_at is not null))
    returning run_id::text as "runId", last_ping as "lastPing", failed, attempts`;
  if (night === undefined) return false;
  const { runId, failed, attempts } = night;
  const ping = night.lastPing === null ? "start" : failed === null ? "success" : "fail";
  const answer = await sendPing(target, ping, { runId, failed, signal }).catch(
    (error: unknown) => errorFields(error).message,
  );
  const isDelivered = answer === null || (typeof answer === "object" && isTaken(answer));
  const wait = isDelivered ? 0 : waitAfter(attempts);
  const lastPing = ping === "start" ? "start" : "end";
  await database.heartbeat.updateMany({
    where: { account, runId, attempts },
    data: { ...(isDelivered ? { lastPing, attempts: 0 } : {}), nextAttemptAt: new Date(now().getTime() + wait) },
  });
  if (!isDelivered) {
    const said = typeof answer === "string" || answer === null ? answer : describeAnswer(answer);
    logger.warn({ ping, attempts, answer: said }, "heartbeat not delivered");
  }
  return isDelivered;
}

interface PingDetails {
  readonly runId: string;
  /** The resources that failed; null: none. */
  readonly failed: string | null;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one ping. Null: this receiver knows no such ping. */
export async function sendPing(
  { url, proxy }: HeartbeatDeps["target"],
  ping: Ping,
  details: PingDetails,
): Promise<WebAnswer | null> {
  const to = pingUrl(url, ping, details);
  return to === null ? null : exchange({ method: "GET", url: to, proxy, signal: details.signal });
}

/** For people: where it leads, without its path, which is a secret. */
export function describeTarget({ url }: HeartbeatDeps["target"]): string {
  return `${isPush(new URL(url)) ? "Uptime Kuma" : "healthchecks"} at ${new URL(url).host}`;
}

function isPush({ pathname }: URL): boolean {
  return /\/api\/push\/[^/]+\/?$/.test(pathname);
}

/** As healthchecks wants it; as Uptime Kuma does where the path is that of its push monitors, which know no start. */
export function pingUrl(
  target: string,
  ping: Ping,
  { runId, failed }: Pick<PingDetails, "runId" | "failed">,
): string | null {
  const url = new URL(target);
  if (isPush(url)) {
    if (ping === "start") return null;
    url.searchParams.set("status", ping === "fail" ? "down" : "up");
    url.searchParams.set("msg", ping === "fail" ? `failed: ${failed}` : "OK");
    return url.href;
  }
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = ping === "success" ? path : `${path}/${ping}`;
  url.searchParams.set("rid", runId);
  return url.href;
}
