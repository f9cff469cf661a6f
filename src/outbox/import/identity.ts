/** Which imports are the same, as parts of SQL statements about rows `g`, with the columns `key`, `person`, `company_id` and `campaign_id`. */
import { sql, type Sql } from "../../database/client.ts";

/**
 * The import in the outbox that is the same as the row `g`: the one with its key; for a row without a key, the one without a key of the
 * same person, company and campaign. At most one, by the unique indexes. A draft that was never accepted is not in the outbox yet.
 */
export function sameImport(account: string): Sql {
  return sql`(
    select i.id, i.state, i.person, i.campaign_id from public.applicant_import i
    where i.account = ${account} and i.admitted and i.key = g.key
    union all
    select i.id, i.state, i.person, i.campaign_id from public.applicant_import i
    where g.key is null and i.account = ${account} and i.admitted and i.key is null and i.person = g.person
      and coalesce(i.company_id, 0) = coalesce(g.company_id, 0)
      and coalesce(i.campaign_id, 0) = coalesce(g.campaign_id, 0))`;
}

/** Whether the import `i` with the key of the row `g` is of another person or campaign. */
export const IS_OTHER = sql`(i.person <> g.person or coalesce(i.campaign_id, 0) <> coalesce(g.campaign_id, 0))`;

/** What rows `g` that are the same have in common: for `distinct on` and `order by`. */
export const IDENTITY = sql`g.key, case when g.key is null then g.person end,
  case when g.key is null then coalesce(g.company_id, 0) end, case when g.key is null then coalesce(g.campaign_id, 0) end`;
