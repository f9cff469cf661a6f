/** The reasons that a person's releases of an import cover, each for one campaign. */

/** The part of an import that a decision is about; without `waived`, nothing has been decided. */
export interface Waivable {
  readonly campaignId?: bigint | null;
  readonly waived?: readonly string[];
}

/**
 * The entry of `applicant_import.waived` for a release from a reason, such as `campaign_not_online:7`; without a campaign, the code
 * alone. In SQL: `reason_code || coalesce(':' || campaign_id, '')`.
 */
function waiverOf(reasonCode: string, { campaignId }: Waivable): string {
  return campaignId == null ? reasonCode : `${reasonCode}:${campaignId}`;
}

/** Returns whether a person has released the import from this reason for its present campaign. */
export function isWaived(row: Waivable, reasonCode: string): boolean {
  return row.waived?.includes(waiverOf(reasonCode, row)) ?? false;
}

/** The waivers of an import once it is released from its present reason. */
export function waivedWith(row: Waivable & { readonly reasonCode: string | null }): readonly string[] {
  const before = row.waived ?? [];
  return row.reasonCode === null || isWaived(row, row.reasonCode) ? before : [...before, waiverOf(row.reasonCode, row)];
}
