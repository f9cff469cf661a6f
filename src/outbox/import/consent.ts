/** What may be said of a person's agreement to be in the account: only what there is evidence for. */
interface Consent {
  readonly is_legals_accepted_by_manager: boolean | null;
  readonly consent_at: Date | null;
  readonly consent_how: string | null;
  readonly consent_wording: string | null;
}

/** Whether the person's agreement is reported to the API. If it is not, the vendor e-mails the person. */
export function consentToTell(row: Consent): boolean {
  return row.is_legals_accepted_by_manager === true && hasEvidence(row);
}

/** When, how, and the wording or where it stands. */
export function hasEvidence({ consent_at: at, consent_how: how, consent_wording: wording }: Consent): boolean {
  return at !== null && how !== null && wording !== null;
}
