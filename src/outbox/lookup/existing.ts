/** Who is in the account already, as far as the mirror and earlier imports know. Makes no request. */
import type { Executor } from "../../database/client.ts";
import { emailKey } from "../../platform/email-key.ts";
import { SAME_PERSON } from "../import/identity.ts";
import type { ImportRow } from "../import/row.ts";

type Id = bigint | string | null;

/** An import, or a line of a file that is not one yet. */
export interface ImportedPerson {
  /** The import itself, which is no earlier import of its own person; null: it is not in the outbox. */
  readonly id: Id;
  /** Null for a customer. */
  readonly companyId: Id;
  readonly campaignId: Id;
  readonly email: string | null;
  /** The applicant, if already known. */
  readonly applicantId: Id;
}

export interface Existing {
  /** The living applicant: of another import of the same person and company, or of the mirror. */
  readonly applicant: bigint | null;
  /** Their living application to the campaign. */
  readonly application: bigint | null;
  /** Another import of the person will create them, or may have. */
  readonly isPending: boolean;
  /** The person, or their application, was there and the vendor has deleted it: sending would create it again. */
  readonly isDeleted: boolean;
}

/** The result of `existing` for a single import. */
export async function existingOf(tx: Executor, row: ImportRow): Promise<Existing> {
  const [found] = await existing(tx, row.account, [row]);
  return found ?? NOTHING;
}

const NOTHING: Existing = { applicant: null, application: null, isPending: false, isDeleted: false };

/**
 * Returns what exists of each person, in the order of `people`, with one query. A jobboard's mirror knows a company's applicants by the
 * applications that name both.
 */
export async function existing(
  tx: Executor,
  account: string,
  people: readonly ImportedPerson[],
): Promise<readonly Existing[]> {
  const rows = people.map(({ id, companyId, campaignId, email, applicantId }, n) => ({
    n,
    self: id?.toString() ?? null,
    company_id: companyId?.toString() ?? null,
    campaign: campaignId?.toString() ?? null,
    email: email === null ? null : emailKey(email),
    applicant: applicantId?.toString() ?? null,
  }));
  const found = await tx.$queryRaw<({ n: number } & Existing)[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as person from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r (n integer, self bigint, company_id bigint, campaign bigint, email text, applicant bigint)),
    imported as materialized (
      select g.n, i.id as import, i.applicant_state as state, i.applicant_id as id, exists (
        select from public.applicant p where p.account = i.account and p.id = i.applicant_id and p.deleted_at is not null) as gone
      from g join public.applicant_import i on i.account = ${account} and ${SAME_PERSON}
      where i.id is distinct from g.self and i.applicant_state <> 'rejected'),
    mirrored as materialized (
      select g.n, p.id, p.deleted_at is not null as gone
      from g join public.applicant p on p.account = ${account} and p.email_key = g.email
      where g.company_id is null or p.company_id = g.company_id or (p.company_id is null and exists (
        select from public.application a left join public.campaign c on c.account = a.account and c.id = a.campaign_id
        where a.account = p.account and a.applicant_id = p.id and (a.deleted_at is null or p.deleted_at is not null)
          and coalesce(a.company_id, c.company_id) = g.company_id))),
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
      select min(id) filter (where not a.gone) as application, bool_or(a.gone) as gone from applied a where a.n = p.n) d on true
    where p.applicant is not null or p.pending or p.gone`;
  const byIndex = new Map(found.map(({ n, ...one }) => [n, one]));
  return people.map((_, n) => byIndex.get(n) ?? NOTHING);
}

/**
 * What the mirror says of the campaign that an import names: `listed`; `gone`, as a run has shown that began after the
 * import came; `stale`: not there, but it may have come or gone online since the last run; `unread`: no run yet.
 */
export async function knownCampaign(
  tx: Executor,
  { account, createdAt, companyId }: Pick<ImportRow, "account" | "createdAt" | "companyId">,
  campaignId: bigint,
): Promise<"listed" | "elsewhere" | "gone" | "stale" | "unread"> {
  const campaign = await tx.campaign.findUnique({
    where: { account_id: { account, id: campaignId } },
    select: { deleted_at: true, status: true, company_id: true },
  });
  const isListed = campaign?.deleted_at === null && (campaign.status === null || campaign.status === "online");
  if (isListed) return (campaign.company_id ?? companyId) === companyId ? "listed" : "elsewhere";
  const run = await tx.syncRun.findFirst({
    where: { account, resource: "campaigns", state: { in: ["proven", "unproven", "needs_review", "done"] } },
    orderBy: { startedAt: "desc" },
    select: { startedAt: true },
  });
  if (run === null) return "unread";
  return run.startedAt > createdAt ? "gone" : "stale";
}
