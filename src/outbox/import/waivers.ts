/** Which checks a person's releases have lifted for an import. */
import type { REASONS } from "./reasons.ts";

/** The reasons that a person's release lifts. */
export type LiftableCode = {
  [K in keyof typeof REASONS]: (typeof REASONS)[K] extends { readonly lifts: true } ? K : never;
}[keyof typeof REASONS];

/** The reasons that a person's releases of an import cover; without `waived`, none. */
export interface Waivable {
  readonly campaignId?: bigint | null;
  readonly waived?: readonly string[];
}

/**
 * The entry of `applicant_import.waived` for a release from a reason, such as `campaign_not_online:7`; without a campaign, the code
 * alone.
 */
function waiverOf(reasonCode: LiftableCode, { campaignId }: Waivable): string {
  return campaignId == null ? reasonCode : `${reasonCode}:${campaignId}`;
}

/** The same as SQL, of import `i`. */
export const WAIVER = "(i.reason_code || coalesce(':' || i.campaign_id, ''))";

/** Returns whether a person has released the import from this reason for its present campaign. */
export function isWaived(row: Waivable, reasonCode: LiftableCode): boolean {
  return row.waived?.includes(waiverOf(reasonCode, row)) ?? false;
}
