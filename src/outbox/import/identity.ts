/** Which imports are the same, and which are of the same person. The SQL is about rows `g` of an intake, with their `person`. */
import { sql, type Executor } from "../../database/client.ts";
import type { CheckedInput } from "./fields.ts";
import type { ImportRow } from "./row.ts";

/** What identifies an import. `n`: the index of the row among those that came with it. */
export type ImportIdentity = Pick<CheckedInput, "key" | "company_id" | "campaign_id" | "email"> & {
  readonly n: number;
};

/** Whether the import `i` is of the same person and company as the row `g`. */
export const SAME_PERSON = sql`i.person = g.person and coalesce(i.company_id, 0) = coalesce(g.company_id, 0)`;

/**
 * The import in the outbox that is the same as the row `g`: the one with its key; for a row without a key, the one without a key of the
 * same person, company and campaign. At most one, by the unique indexes. A draft that was never accepted is not in the outbox yet.
 */
export const sameImport = (account: string) => sql`(
  select i.* from public.applicant_import i
  where i.account = ${account} and i.admitted and i.key = g.key
  union all
  select i.* from public.applicant_import i
  where g.key is null and i.account = ${account} and i.admitted and i.key is null and ${SAME_PERSON}
    and coalesce(i.campaign_id, 0) = coalesce(g.campaign_id, 0))`;

/** What rows `g` that are the same import have in common: for `distinct on` and `order by`. */
export const IDENTITY = sql`g.key, case when g.key is null then g.person end,
  case when g.key is null then coalesce(g.company_id, 0) end, case when g.key is null then coalesce(g.campaign_id, 0) end`;

/** The other imports of the same person and company, as a filter of Prisma. */
export function othersOfPerson({ id, account, person, companyId }: ImportRow) {
  return { account, person, companyId, id: { not: id } };
}

/** The import in the outbox that is the same as a row. */
export interface SameImport {
  readonly id: bigint;
  readonly state: string;
  readonly intake: string;
  /** The role that inserted it, if the intake is SQL. */
  readonly submittedBy: string | null;
  /** It has the key of the row, but is of another person or campaign. */
  readonly isOther: boolean;
}

/** Finds the imports that are the same as some hundreds of rows, by the indexes of the rows. Only reads. */
export async function sameImports(
  tx: Executor,
  account: string,
  rows: readonly ImportIdentity[],
): Promise<ReadonlyMap<number, SameImport>> {
  const keys = rows.map(({ n, key, company_id, campaign_id, email }) => ({ n, key, company_id, campaign_id, email }));
  const found = await tx.$queryRaw<({ n: number } & SameImport)[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as person from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb)
        as r (n integer, key text, company_id bigint, campaign_id bigint, email text))
    select g.n, i.id, i.state, i.intake, i.submitted_by as "submittedBy",
      i.person <> g.person or coalesce(i.campaign_id, 0) <> coalesce(g.campaign_id, 0) as "isOther"
    from g cross join lateral ${sameImport(account)} i`;
  return new Map(found.map(({ n, ...one }) => [n, one]));
}

/** The same rules for the lines of one file: texts that are equal for the same import, and for the same person. */
export function identityTexts({ key, company_id: company, campaign_id: campaign, email }: ImportIdentity) {
  const person = `${company} ${email}`;
  const owner = `${person} ${campaign}`;
  return key === null ? { import: owner, owner: undefined, person } : { import: `key ${key}`, owner, person };
}
