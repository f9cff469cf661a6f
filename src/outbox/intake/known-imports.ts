/** Whether imports are in the outbox already, for some hundreds at once. Only reads. */
import type { Executor } from "../../database/client.ts";
import { IS_OTHER, sameImport } from "../import/identity.ts";

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
  const rows = asked.map(({ key, company, campaign, email }, n) => ({
    n,
    key,
    company_id: company,
    campaign_id: campaign,
    email,
  }));
  const found = await tx.$queryRaw<({ n: number } & KnownImport)[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as person from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r (n integer, key text, company_id bigint, campaign_id bigint, email text))
    select g.n, true as imported, case when i.state <> 'rejected' and ${IS_OTHER} then i.id end as "keyOwner"
    from g cross join lateral ${sameImport(account)} i`;
  const byIndex = new Map(found.map(({ n, ...known }) => [n, known]));
  return asked.map((_, n) => byIndex.get(n) ?? NEW);
}
