import type { RequestContext } from "../requests/context.ts";
import type { SandboxData } from "../data/data.ts";
import type { SandboxCampaign } from "../data/rows.ts";

/** The company that a customer key belongs to. */
export function employerOf(
  key: RequestContext["key"],
  { companies }: Pick<SandboxData, "companies">,
): number | undefined {
  return key.companyId ?? companies[0]?.id;
}

/** Rows of the key's own company; null if there are no others, so that the whole list need not be filtered. */
export function ofCompany({
  key,
  data,
}: Pick<RequestContext, "key" | "data">): ((row: { readonly company_id: number }) => boolean) | null {
  if (data.isUniform() && key.companyId === undefined) return null;
  const company = employerOf(key, data);
  return (row) => row.company_id === company;
}

export const sameCompanySlug =
  (slug: string, { companies }: Pick<SandboxData, "companies">) =>
  (row: { readonly company_id: number }): boolean =>
    companies.some((company) => company.slug === slug && company.id === row.company_id);

/** Whether a campaign is shown to candidates; the rule of a jobboard's list and of its applications (reference 9.3). */
export const isBroadcast = (campaign: Pick<SandboxCampaign, "status">): boolean => campaign.status === "online";
