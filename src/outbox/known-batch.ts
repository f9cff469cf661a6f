/** The questions of known.ts for some hundreds at once, before any of them is in the outbox. Only reads. */
import type { Executor } from "../database.ts";

export interface Asked {
  readonly key: string | null;
  /** Null for a customer. */
  readonly company: string | null;
  readonly campaign: string | null;
  /** As `checkImport` writes it. */
  readonly email: string;
}

export interface KnownOf {
  /** This very import is in the outbox. */
  readonly imported: boolean;
  /** The import of this key in the outbox is of another person or campaign; null: there is none. */
  readonly takenBy: bigint | null;
  /** The person is in the mirror, or another import of theirs is in the outbox: no applicant is created for this one. */
  readonly person: boolean;
  /** Their candidacy to the campaign is known. */
  readonly application: boolean;
}

/** By the place among `asked`; of whom nothing is known has no entry. */
export async function knownBatch(
  tx: Executor,
  account: string,
  asked: readonly Asked[],
): Promise<ReadonlyMap<number, KnownOf>> {
  const rows = asked.map((one, n) => ({ n, ...one }));
  const found = await tx.$queryRaw<({ n: number } & KnownOf)[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as hash from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r (n integer, key text, company bigint, campaign bigint, email text)),
    known as (
      select g.n, i.id is not null as imported, case when i.other then i.id end as "takenBy", o.person is not null as other, p.ids
      from g
      left join lateral (
        (select i.id, i.state <> 'rejected'
            and (i.person <> g.hash or coalesce(i.campaign_id, 0) <> coalesce(g.campaign, 0)) as other
          from public.applicant_import i where i.account = ${account} and i.key = g.key and i.admitted limit 1)
        union all
        (select i.id, false from public.applicant_import i where g.key is null and i.key is null and i.admitted and i.account = ${account}
          and i.person = g.hash and coalesce(i.company_id, 0) = coalesce(g.company, 0)
          and coalesce(i.campaign_id, 0) = coalesce(g.campaign, 0) limit 1)
        limit 1) i on true
      left join lateral (select o.person from public.applicant_import o where o.account = ${account} and o.person = g.hash
          and coalesce(o.company_id, 0) = coalesce(g.company, 0) and o.applicant_state <> 'rejected' limit 1) o on true
      left join lateral (select array_agg(p.id) as ids from public.applicant p
        where p.account = ${account} and p.email_key = g.email and p.deleted_at is null
          and (g.company is null or p.company_id = g.company or (p.company_id is null and exists (
            select from public.application a left join public.campaign c on c.account = a.account and c.id = a.campaign_id
            where a.account = p.account and a.applicant_id = p.id and a.deleted_at is null
              and coalesce(a.company_id, c.company_id) = g.company)))) p on true
      where i.id is not null or o.person is not null or p.ids is not null)
    select k.n, k.imported, k."takenBy", k.other or k.ids is not null as person, exists (
      select from public.application a join g on g.n = k.n where a.account = ${account} and a.applicant_id = any(k.ids)
        and a.campaign_id = g.campaign and a.deleted_at is null) as application
    from known k`;
  return new Map(found.map(({ n, ...known }) => [n, known]));
}
