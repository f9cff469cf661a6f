/** The agreement of a person to be in the account. It is reported only with evidence. */
import type { CheckedInput } from "./fields.ts";

type Consent = Pick<CheckedInput, "is_legals_accepted_by_manager" | "consent_at" | "consent_how" | "consent_wording">;

/** Returns whether the agreement is reported to the API. If it is not, the vendor e-mails the person. */
export function consentToTell(row: Consent): boolean {
  return row.is_legals_accepted_by_manager === true && hasEvidence(row);
}

/** Returns whether there is evidence: when, how, and the wording or where it is kept. */
export function hasEvidence({ consent_at: at, consent_how: how, consent_wording: wording }: Consent): boolean {
  return at !== null && how !== null && wording !== null;
}
