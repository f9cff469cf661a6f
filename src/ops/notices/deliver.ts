/** Sends the notices that wait, each once for a receiver that honours its id. If a process dies, another continues. */
import { z } from "zod";
import type { Logger } from "pino";
import type { Database } from "../../database/client.ts";
import { errorFields } from "../../platform/errors.ts";
import { CODES, conditionCode, KINDS, noticeItem, type ChannelName, type Notice } from "./notice.ts";

/** How long after its beginning an attempt counts as lost. Several times what a channel may take. */
const LEASE_MS = 120_000;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 30 * 60_000;
/** A receiver that asks for more is asked again after this. */
const LONGEST_RETRY_AFTER_MS = 6 * 3_600_000;
const GIVE_UP_AFTER_HOURS = 24;
/** Of one channel in one go. */
const MOST_AT_ONCE = 50;
const MOST_ERROR = 300;

export interface Sent {
  readonly isDelivered: boolean;
  /** One line for people, without a secret. */
  readonly answer: string;
  /** How long it asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number;
}

export interface Channel {
  readonly name: ChannelName;
  /** For people: where it leads, without a secret. */
  readonly description: string;
  /** Sends one notice within a bounded time. Rejects if there was no answer. `attemptAt` stands in its signature. */
  readonly send: (notice: Notice, attempt: { readonly at: Date; readonly signal?: AbortSignal }) => Promise<Sent>;
}

export interface DeliverDeps {
  readonly database: Database;
  readonly account: string;
  readonly channels: readonly Channel[];
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Ends attempts when the process stops. */
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

/** Sends what is due by every channel, none of which waits for another. A channel that fails is left alone until its next time. */
export async function deliverNotices(deps: DeliverDeps): Promise<void> {
  await Promise.all(deps.channels.map((channel) => deliverBy(deps, channel)));
}

async function deliverBy(deps: DeliverDeps, channel: Channel): Promise<void> {
  for (let sent = 0; sent < MOST_AT_ONCE && deps.signal?.aborted !== true; sent += 1) {
    const claimed = await claim(deps, channel.name);
    if (claimed === null || !(await attempt(deps, channel, claimed))) return;
  }
}

type Claimed = z.infer<typeof claimedRow>;

const claimedRow = z.object({
  id: z.string(),
  kind: z.enum(KINDS),
  code: conditionCode,
  items: z.array(noticeItem),
  occurredAt: z.date(),
  attempts: z.int(),
  giveUpAt: z.date(),
});

/**
 * Claims the oldest notice that is due, for `LEASE_MS`. What is said of one condition arrives in order: while an older notice of it
 * waits, a newer one does.
 */
async function claim(
  { database, account, now = () => new Date() }: DeliverDeps,
  channel: ChannelName,
): Promise<Claimed | null> {
  const at = now();
  const [row] = await database.$queryRaw<unknown[]>`
    update public.notice set state = 'sending', attempts = attempts + 1,
      next_attempt_at = ${at}::timestamptz + make_interval(secs => ${LEASE_MS / 1_000}::integer),
      give_up_at = coalesce(give_up_at, ${at}::timestamptz + make_interval(hours => ${GIVE_UP_AFTER_HOURS}::integer))
    where id = (
      select id from public.notice due
      where account = ${account} and channel = ${channel} and state in ('waiting', 'sending')
        and next_attempt_at <= ${at}::timestamptz and code = any(${CODES})
        and not exists (select from public.notice older
          where older.account = due.account and older.channel = due.channel and older.code = due.code
            and older.subject = due.subject and older.state in ('waiting', 'sending') and older.occurred_at < due.occurred_at)
      order by occurred_at, id limit 1 for update skip locked)
    returning id::text, kind, code, items, occurred_at as "occurredAt", attempts, give_up_at as "giveUpAt"`;
  return row === undefined ? null : claimedRow.parse(row);
}

/** Returns whether the receiver accepted it. */
async function attempt(deps: DeliverDeps, channel: Channel, claimed: Claimed): Promise<boolean> {
  const { logger, signal, now = () => new Date() } = deps;
  const { id, kind, code, attempts } = claimed;
  const sent = await send(channel, claimed, { at: now(), ...(signal === undefined ? {} : { signal }) });
  if (sent.isDelivered) {
    await settle(deps, claimed, { state: "delivered", deliveredAt: now(), error: null });
    logger.info({ notice: id, channel: channel.name, condition: code, kind, attempts }, "notice delivered");
    return true;
  }
  const wait = Math.max(waitAfter(attempts), Math.min(sent.retryAfterMs, LONGEST_RETRY_AFTER_MS));
  const next = new Date(now().getTime() + (signal?.aborted === true ? 0 : wait));
  const isOver = next > claimed.giveUpAt;
  const error = sent.answer.slice(0, MOST_ERROR);
  await settle(deps, claimed, { state: isOver ? "given_up" : "waiting", nextAttemptAt: isOver ? now() : next, error });
  const said = isOver ? "notice given up" : "notice not delivered";
  logger.warn({ notice: id, channel: channel.name, condition: code, kind, attempts, answer: error }, said);
  return false;
}

/** Milliseconds: they double from half a minute to half an hour. */
export function waitAfter(attempts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
}

async function send(channel: Channel, claimed: Claimed, by: Parameters<Channel["send"]>[1]): Promise<Sent> {
  try {
    return await channel.send(claimed, by);
  } catch (error) {
    return { isDelivered: false, answer: errorFields(error).message, retryAfterMs: 0 };
  }
}

/** Only the attempt that has the claim settles it: another process may have taken it over. */
async function settle(
  { database }: DeliverDeps,
  { id, attempts }: Claimed,
  data: { state: string; error: string | null; deliveredAt?: Date; nextAttemptAt?: Date },
): Promise<void> {
  await database.notice.updateMany({ where: { id, attempts, state: "sending" }, data });
}
