import { hasEvidence } from "./consent.ts";
import { isWaived, type Waivable } from "./waived.ts";

/** Where an import begins, and why. */
export interface InitialState {
  readonly state: "held" | "ready";
  readonly reason_code: string | null;
  /** For people. */
  readonly reason: string | null;
}

/** Held where a person must look first, else ready. `held`: the kill switch; `waived`: what a person has released it from. */
export function initialState(row: Parameters<typeof hasEvidence>[0] & Waivable, held: boolean): InitialState {
  if (row.is_legals_accepted_by_manager === true && !hasEvidence(row) && !isWaived(row, "consent_evidence")) {
    const reason =
      "It says that the person agreed, without consent_at, consent_how and consent_wording. Released as it is, the person is e-mailed.";
    return { state: "held", reason_code: "consent_evidence", reason };
  }
  if (held) return { state: "held", reason_code: "kill_switch", reason: "All imports are held." };
  return { state: "ready", reason_code: null, reason: null };
}
