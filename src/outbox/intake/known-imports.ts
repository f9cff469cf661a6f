/** Whether imports are in the outbox already, for some hundreds at once. Only reads. */
import type { Executor } from "../../database/client.ts";

export interface Asked {
  readonly key: string | null;
  /** Null for a customer. */
  readonly company: string | null;
  readonly campaign: string | null;
  /** As `checkImport` writes it. */
  readonly email: string;
}

export interface KnownImport {
  /** This very import is in the outbox. */
  readonly imported: boolean;
  /** The import of this key in the outbox is of another person or campaign; null: there is none. */
  readonly keyOwner: bigint | null;
}

const NEW: KnownImport = { imported: false, keyOwner: null };

/** Which of these are in the outbox already, in their order. */
export async function knownImports(
  tx: Executor,
  account: string,
  asked: readonly Asked[],
): Promise<readonly KnownImport[]> {
  const rows = asked.map((one, n) => ({ n, ...one }));
  const found = await tx.$queryRaw<({ n: number } & KnownImport)[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as hash from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r (n integer, key text, company bigint, campaign bigint, email text))
    select g.n, true as imported, case when i.other then i.id end as "keyOwner"
    from g cross join lateral (
      (select i.id, i.state <> 'rejected'
          and (i.person <> g.hash or coalesce(i.campaign_id, 0) <> coalesce(g.campaign, 0)) as other
        from public.applicant_import i where i.account = ${account} and i.key = g.key and i.admitted limit 1)
      union all
      (select i.id, false from public.applicant_import i where g.key is null and i.key is null and i.admitted and i.account = ${account}
        and i.person = g.hash and coalesce(i.company_id, 0) = coalesce(g.company, 0)
        and coalesce(i.campaign_id, 0) = coalesce(g.campaign, 0) limit 1)
      limit 1) i`;
  const byIndex = new Map(found.map(({ n, ...known }) => [n, known]));
  return asked.map((_, n) => byIndex.get(n) ?? NEW);
}
