/** What a person's release of a held import covered: one reason, for one campaign. */

/** An import as far as a decision is about it; nothing has been decided on one without `waived`. */
export interface Waivable {
  readonly campaignId?: bigint | null;
  readonly waived?: readonly string[];
}

/**
 * What stands in `applicant_import.waived` for a release from a reason: `campaign_not_online:7`, or the code alone for an import
 * without a campaign. The same in SQL: `reason_code || coalesce(':' || campaign_id, '')`.
 */
function waiverOf(reasonCode: string, { campaignId }: Waivable): string {
  return campaignId == null ? reasonCode : `${reasonCode}:${campaignId}`;
}

/** Whether a person has released the import from this reason, for the campaign it names now. */
export function isWaived(row: Waivable, reasonCode: string): boolean {
  return row.waived?.includes(waiverOf(reasonCode, row)) ?? false;
}

/** The waivers of an import once it is released from its present reason. */
export function waivedWith(row: Waivable & { readonly reasonCode: string | null }): readonly string[] {
  const before = row.waived ?? [];
  return row.reasonCode === null || isWaived(row, row.reasonCode) ? before : [...before, waiverOf(row.reasonCode, row)];
}
