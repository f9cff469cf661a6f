import { hasEvidence } from "./consent.ts";
import { isWaived, type Waivable } from "./waived.ts";

/** The first state of a new import, and why. */
export interface InitialState {
  readonly state: "held" | "ready";
  readonly reason_code: string | null;
  /** For people. */
  readonly reason: string | null;
}

/** Returns `held` if a person has to decide first, else `ready`. `held`: whether the kill switch is on; `waived`: the reasons that a person has lifted. */
export function initialState(row: Parameters<typeof hasEvidence>[0] & Waivable, held: boolean): InitialState {
  if (row.is_legals_accepted_by_manager === true && !hasEvidence(row) && !isWaived(row, "consent_evidence")) {
    const reason =
      "It says that the person agreed, but consent_at, consent_how or consent_wording is missing. If you release it as it is, the person is e-mailed.";
    return { state: "held", reason_code: "consent_evidence", reason };
  }
  if (held) return { state: "held", reason_code: "kill_switch", reason: "All imports are held." };
  return { state: "ready", reason_code: null, reason: null };
}
