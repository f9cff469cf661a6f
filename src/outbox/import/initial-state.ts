import { hasEvidence } from "./consent.ts";
import { because, type ReasonCode } from "./reasons.ts";
import { isWaived, type Waivable } from "./waivers.ts";

/** The first state of a new import, and why. */
export interface InitialState {
  readonly state: "held" | "ready";
  readonly reason_code: ReasonCode | null;
  /** For people. */
  readonly reason: string | null;
}

/** Returns `held` if a person has to decide first, else `ready`. `held`: whether the kill switch is on; `waived`: the reasons that a person has lifted. */
export function initialState(row: Parameters<typeof hasEvidence>[0] & Waivable, held: boolean): InitialState {
  const lacksEvidence = row.is_legals_accepted_by_manager === true && !hasEvidence(row);
  const why =
    lacksEvidence && !isWaived(row, "consent_evidence")
      ? because("consent_evidence")
      : held
        ? because("kill_switch")
        : null;
  if (why === null) return { state: "ready", reason_code: null, reason: null };
  return { state: why.to, reason_code: why.reasonCode, reason: why.reason };
}
