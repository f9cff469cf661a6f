/** Who and what is there already, as far as the mirror and earlier imports know: one question, for one import or hundreds. */
import type { Executor } from "../../database/client.ts";
import { emailKey } from "../../mirror/email-key.ts";

export interface AskedPerson {
  /** The import that asks, which is not an earlier one of itself; null: it is not in the outbox. */
  readonly self: string | null;
  /** Null for a customer. */
  readonly company: string | null;
  readonly campaign: string | null;
  readonly email: string | null;
  /** Where it is known already. */
  readonly applicant?: string | null;
}

export interface KnownPerson {
  /** The living applicant: of another import of the same person and company, or of the mirror. */
  readonly applicant: bigint | null;
  /** Their living candidacy to the campaign. */
  readonly application: bigint | null;
  /** Another import of the person will create them, or may have. */
  readonly isPending: boolean;
  /** They were there, or their candidacy was, and the vendor has deleted it: it would be created again. */
  readonly isDeleted: boolean;
}

/** Nothing is known of a person. */
export const UNKNOWN_PERSON: KnownPerson = { applicant: null, application: null, isPending: false, isDeleted: false };

/**
 * What is known of each, in their order. Only reads. A jobboard's mirror knows a company's applicants by the applications that name
 * both.
 */
export async function knownPeople(
  tx: Executor,
  account: string,
  asked: readonly AskedPerson[],
): Promise<readonly KnownPerson[]> {
  const rows = asked.map(({ email, ...one }, n) => ({ n, ...one, email: email === null ? null : emailKey(email) }));
  const found = await tx.$queryRaw<({ n: number } & KnownPerson)[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as person from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r (n integer, self bigint, company bigint, campaign bigint, email text, applicant bigint)),
    imported as materialized (
      select g.n, i.id as import, i.applicant_state as state, i.applicant_id as id, exists (
        select from public.applicant p where p.account = i.account and p.id = i.applicant_id and p.deleted_at is not null) as gone
      from g join public.applicant_import i on i.account = ${account} and i.person = g.person
        and coalesce(i.company_id, 0) = coalesce(g.company, 0)
      where i.id is distinct from g.self and i.applicant_state <> 'rejected'),
    mirrored as materialized (
      select g.n, p.id, p.deleted_at is not null as gone
      from g join public.applicant p on p.account = ${account} and p.email_key = g.email
      where g.company is null or p.company_id = g.company or (p.company_id is null and exists (
        select from public.application a left join public.campaign c on c.account = a.account and c.id = a.campaign_id
        where a.account = p.account and a.applicant_id = p.id and (a.deleted_at is null or p.deleted_at is not null)
          and coalesce(a.company_id, c.company_id) = g.company))),
    people as materialized (
      select g.n, g.campaign, coalesce(g.applicant,
          (select i.id from imported i where i.n = g.n and i.state = 'sent' and not i.gone order by i.import limit 1),
          (select min(m.id) from mirrored m where m.n = g.n and not m.gone)) as applicant,
        exists (select from imported i where i.n = g.n and i.state <> 'sent') as pending,
        exists (select from imported i where i.n = g.n and i.state = 'sent' and i.gone)
          or exists (select from mirrored m where m.n = g.n and m.gone) as gone
      from g),
    applied as materialized (
      select p.n, a.id, a.deleted_at is not null as gone
      from people p join public.application a on a.account = ${account} and a.applicant_id = p.applicant
        and a.campaign_id = p.campaign
      union all
      select p.n, i.application_id, coalesce(a.deleted_at is not null, false)
      from people p join public.applicant_import i on i.account = ${account} and i.applicant_id = p.applicant
        and i.campaign_id = p.campaign and i.application_state = 'sent'
        left join public.application a on a.account = i.account and a.id = i.application_id)
    select p.n, p.applicant, d.application, p.pending as "isPending",
      case when p.applicant is null then p.gone and not p.pending else d.application is null and coalesce(d.gone, false) end as "isDeleted"
    from people p left join lateral (
      select min(id) filter (where not a.gone) as application, bool_or(a.gone) as gone from applied a where a.n = p.n) d on true`;
  const byIndex = new Map(found.map(({ n, ...known }) => [n, known]));
  return asked.map((_, n) => byIndex.get(n) ?? UNKNOWN_PERSON);
}
