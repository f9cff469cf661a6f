/**
 * Records which of the requested embeds the API brings. An embed that many consecutive answers lacked, and that no answer
 * ever had, counts as not offered to this key: no row is requested because of it, except for an occasional trial.
 */
import type { Executor } from "../database/client.ts";
import type { Statements } from "../database/statements.ts";
import type { TableName } from "./tables.ts";

interface AccountResource {
  readonly account: string;
  readonly resource: string;
}

/** The name under which the endpoint of single rows itself is recorded. */
export const SINGLE_ROWS = "*";

/** The consecutive misses after which an embed counts as not offered. More are needed if it was seen before: absent may mean empty. */
const MAX_MISSES = { unseen: 5, seen: 200 } as const;

export interface EmbedOffer {
  readonly embed: string;
  /** A list has brought it since the start of the latest full run that did not fail. */
  readonly isListed: boolean;
  readonly isOffered: boolean;
  /** It is not offered, and was not tried in the last week. */
  readonly isTrialDue: boolean;
  /** The latest answer for one row has brought it. */
  readonly isInLatest: boolean;
}

/** The state of these embeds and of the endpoint of single rows. `waiting`: rows of the table wait to be completed. */
export interface Offers {
  readonly offers: readonly EmbedOffer[];
  readonly waiting: boolean;
}

/** The SQL that reads `Offers` as JSON. `embeds`: an array of text. */
export function offersOf(account: string, resource: string, table: TableName, embeds: string): string {
  return `(select json_build_object('offers', coalesce(json_agg(json_build_object('embed', asked.embed,
      'isListed', coalesce(listed_at >= latest.started_at, false), 'isOffered', not_offered_since is null,
      'isTrialDue', not_offered_since is not null and greatest(not_offered_since, tried_at) < now() - interval '7 days',
      'isInLatest', coalesce(seen_at is not null and misses = 0, false))), '[]'),
    'waiting', exists (select from public.pending_detail where account = ${account}::text and resource = '${table}'))
    from (select (select started_at from public.sync_run
      where account = ${account}::text and resource = ${resource}::text and kind = 'full' and state <> 'failed'
      order by started_at desc limit 1) as started_at) latest
    cross join unnest(array_append(${embeds}::text[], '${SINGLE_ROWS}')) as asked(embed)
    left join public.embed_offer offer
      on offer.account = ${account}::text and offer.resource = ${resource}::text and offer.embed = asked.embed)`;
}

export async function readOffers(
  tx: Statements,
  { account, resource }: AccountResource,
  table: TableName,
  embeds: readonly string[],
): Promise<Offers> {
  const [row] = await tx.$queryRawUnsafe<{ found: Offers }[]>(
    `select ${offersOf("$1", "$2", table, "$3")} as found`,
    account,
    resource,
    embeds,
  );
  return row?.found ?? { offers: [], waiting: false };
}

/** Records the embeds that a list, or the answer for one row, has brought. */
export async function noteBrought(
  tx: Statements,
  { account, resource }: AccountResource,
  embeds: readonly string[],
  by: "list" | "row",
): Promise<void> {
  await tx.$executeRaw`
    insert into public.embed_offer (account, resource, embed, seen_at, listed_at)
    select ${account}, ${resource}, unnest(${embeds}::text[]), now(), case when ${by} = 'list' then now() end
    on conflict (account, resource, embed) do update
    set seen_at = now(), listed_at = coalesce(excluded.listed_at, embed_offer.listed_at), misses = 0,
      not_offered_since = null, tried_at = null`;
}

/** Records the embeds that the answer for one row lacked. */
export async function noteMissed(
  tx: Statements,
  { account, resource }: AccountResource,
  embeds: readonly string[],
): Promise<void> {
  if (embeds.length === 0) return;
  await tx.$executeRaw`
    insert into public.embed_offer (account, resource, embed, misses)
    select ${account}, ${resource}, unnest(${embeds}::text[]), 1
    on conflict (account, resource, embed) do update
    set misses = least(embed_offer.misses + 1, 1000000), not_offered_since = coalesce(embed_offer.not_offered_since,
      case when embed_offer.misses + 1 >= case when embed_offer.seen_at is null then ${MAX_MISSES.unseen}::integer
        else ${MAX_MISSES.seen}::integer end then now() end)`;
}

/** Records that the embeds that are not offered are tried now. */
export async function noteTrial(tx: Statements, { account, resource }: AccountResource): Promise<void> {
  await tx.$executeRaw`
    update public.embed_offer set tried_at = now()
    where account = ${account} and resource = ${resource} and not_offered_since is not null`;
}

/** An embed, or (null) the endpoint of single rows itself, that is not offered to the key. */
export interface NotOffered {
  readonly embed: string | null;
  readonly since: Date;
  /** When it was last tried since. */
  readonly triedAt: Date | null;
}

/** The embeds of each resource of an account that are not offered to the key, by name. */
export async function notOffered(tx: Executor, account: string): Promise<(resource: string) => readonly NotOffered[]> {
  const rows = await tx.embedOffer.findMany({
    where: { account, notOfferedSince: { not: null } },
    orderBy: { embed: "asc" },
    select: { resource: true, embed: true, notOfferedSince: true, triedAt: true },
  });
  return (wanted) =>
    rows.flatMap(({ resource, embed, notOfferedSince: since, triedAt }) =>
      since === null || resource !== wanted ? [] : [{ embed: embed === SINGLE_ROWS ? null : embed, since, triedAt }],
    );
}
