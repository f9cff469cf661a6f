/** Who and what is there already, as far as the mirror and earlier imports know: no request is spent on it. */
import type { Executor } from "../../database/client.ts";
import { knownPeople, UNKNOWN_PERSON, type KnownPerson } from "./known-people.ts";
import type { ImportRow } from "../import/row.ts";

/** What is known of an import's person, and of their candidacy. */
export async function knownOf(tx: Executor, row: ImportRow): Promise<KnownPerson> {
  const { account, id, companyId, campaignId, email, applicantId } = row;
  const text = (value: bigint | null) => (value === null ? null : String(value));
  const asked = {
    self: String(id),
    company: text(companyId),
    campaign: text(campaignId),
    email,
    applicant: text(applicantId),
  };
  const [known] = await knownPeople(tx, account, [asked]);
  return known ?? UNKNOWN_PERSON;
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
