/** How the notices stand, for the report of the state and for doctor. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { NoticesState } from "../state/types.ts";
import { CHANNELS, type ChannelName } from "./notice.ts";

interface ChannelRow {
  readonly channel: string;
  readonly waiting: number;
  /** Since when a notice was given up that nothing delivered has followed. */
  readonly since: Date | null;
  readonly deliveredAt: Date | null;
}

/** Of the configured channels alone: what waits for another is of no use to anybody. */
export async function noticesState(
  database: Database,
  { account, notices }: Pick<Config, "account" | "notices">,
): Promise<NoticesState & { readonly delivered: readonly { readonly channel: ChannelName; readonly at: Date }[] }> {
  const channels = CHANNELS.filter((name) => notices[name] !== null);
  if (channels.length === 0) return { channels, waiting: 0, delivered: [], undelivered: [] };
  const rows = await database.$queryRaw<ChannelRow[]>`
    with last as (
      select channel, max(delivered_at) as delivered_at from public.notice where account = ${account} group by channel)
    select channel, last.delivered_at as "deliveredAt",
      count(*) filter (where state in ('waiting', 'sending'))::integer as waiting,
      min(occurred_at) filter (
        where state = 'given_up' and (last.delivered_at is null or last.delivered_at < next_attempt_at)) as since
    from public.notice join last using (channel) where account = ${account} and channel = any(${channels})
    group by channel, last.delivered_at`;
  const each = channels.flatMap((channel) => {
    const row = rows.find((one) => one.channel === channel);
    return row === undefined ? [] : [{ ...row, channel }];
  });
  return {
    channels,
    waiting: each.reduce((sum, { waiting }) => sum + waiting, 0),
    delivered: each.flatMap(({ channel, deliveredAt: at }) => (at === null ? [] : [{ channel, at }])),
    undelivered: each.flatMap(({ channel, since }) => (since === null ? [] : [{ channel, since }])),
  };
}
