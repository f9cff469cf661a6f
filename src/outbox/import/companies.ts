/** Determines the company of an import. */
import type { Executor } from "../../database/client.ts";
import type { IntakeSettings } from "../context.ts";
import { fault, type InputFault } from "./faults.ts";
import type { CheckedInput } from "./fields.ts";

/** The id of a company, or why it cannot be determined. */
export type ImportCompany = { readonly id: string | null } | { readonly fault: InputFault };

type Named = Pick<CheckedInput, "company_id" | "campaign_id">;

/** Returns for each row the company that it names, else that of its campaign, else the configured one. Null for a customer. */
export async function companiesOf(
  tx: Executor,
  { account, accountKind, imports }: IntakeSettings,
  rows: readonly Named[],
): Promise<readonly ImportCompany[]> {
  if (accountKind === "customer") return rows.map(() => ({ id: null }));
  const byCampaign = await campaignsOf(tx, account, rows);
  return rows.map((row) => companyOf(row, byCampaign, imports.companyId));
}

function companyOf(
  { company_id: submitted, campaign_id: campaign }: Named,
  byCampaign: ReadonlyMap<string, string | null>,
  configured: string | null,
): ImportCompany {
  if (campaign === null) {
    const id = submitted ?? configured;
    return id === null ? { fault: fault("campaign_id", "no_offer") } : { id };
  }
  const company = byCampaign.get(campaign) ?? null;
  if (submitted !== null && company !== null && submitted !== company) {
    return { fault: fault("campaign_id", "offer_of_other_company", { campaign, company, submitted }) };
  }
  const id = submitted ?? company ?? configured;
  if (id !== null) return { id };
  return {
    fault: fault("campaign_id", byCampaign.has(campaign) ? "offer_without_company" : "offer_unknown", { campaign }),
  };
}

/** Returns the company of each campaign that the mirror knows. */
async function campaignsOf(
  tx: Executor,
  account: string,
  rows: readonly Named[],
): Promise<ReadonlyMap<string, string | null>> {
  const ids = new Set(rows.flatMap(({ campaign_id: id }) => (id === null ? [] : [BigInt(id)])));
  if (ids.size === 0) return new Map();
  const known = await tx.campaign.findMany({
    where: { account, id: { in: [...ids] } },
    select: { id: true, company_id: true },
  });
  return new Map(known.map(({ id, company_id: company }) => [String(id), company === null ? null : String(company)]));
}
