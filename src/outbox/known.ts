/** Who and what is there already, as far as the mirror and earlier imports know: no request is spent on it. */
import type { Executor } from "../database.ts";
import { emailKey } from "../email-key.ts";
import type { ImportRow } from "./store.ts";

interface Person {
  readonly account: string;
  readonly companyId: bigint | null;
  readonly person: Uint8Array;
  readonly email: string | null;
}

/**
 * The applicant's id: from another import of the same person and company, or from the mirror. A jobboard's mirror knows a
 * company's applicants by the applications that name both.
 */
export async function knownApplicant(
  tx: Executor,
  { account, companyId, person, email }: Person,
): Promise<bigint | null> {
  const [imported] = await tx.$queryRaw<{ id: bigint }[]>`
    select applicant_id as id from public.applicant_import
    where account = ${account} and person = ${person} and coalesce(company_id, 0) = coalesce(${companyId}::bigint, 0)
      and applicant_state = 'sent' and not exists (
        select from public.applicant p where p.account = applicant_import.account and p.id = applicant_id and p.deleted_at is not null)
    order by id limit 1`;
  if (imported !== undefined) return imported.id;
  const [mirrored] = await tx.$queryRaw<{ id: bigint }[]>`
    select p.id from public.applicant p
    where p.account = ${account} and p.email_key = ${email === null ? null : emailKey(email)}::text and p.deleted_at is null
      and (${companyId}::bigint is null or p.company_id = ${companyId}::bigint or (p.company_id is null and exists (
        select from public.application a left join public.campaign c on c.account = a.account and c.id = a.campaign_id
        where a.account = p.account and a.applicant_id = p.id and a.deleted_at is null
          and coalesce(a.company_id, c.company_id) = ${companyId}::bigint)))
    order by p.id limit 1`;
  return mirrored?.id ?? null;
}

/** The application's id, where this applicant's candidacy to this campaign is known. */
export async function knownApplication(
  tx: Executor,
  { account, applicantId, campaignId }: Pick<ImportRow, "account" | "applicantId" | "campaignId">,
): Promise<bigint | null> {
  if (applicantId === null || campaignId === null) return null;
  const [found] = await tx.$queryRaw<{ id: bigint }[]>`
    (select application_id as id from public.applicant_import
      where account = ${account} and applicant_id = ${applicantId} and campaign_id = ${campaignId}
        and application_state = 'sent' and not exists (
          select from public.application a where a.account = applicant_import.account and a.id = application_id
            and a.deleted_at is not null) limit 1)
    union all
    (select id from public.application where account = ${account} and applicant_id = ${applicantId}
      and campaign_id = ${campaignId} and deleted_at is null order by id limit 1)
    limit 1`;
  return found?.id ?? null;
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
