/** What a person reported about an applicant, while the application that follows is not sent. */
import { because } from "../import/reasons.ts";
import { stepOf, type ImportRow } from "../import/row.ts";
import type { StepState } from "../import/states.ts";

/** The states of an application that is not in the account, and of which no request is under way. */
export const UNSENT: readonly StepState[] = ["ready", "held", "rejected"];

/** Whether the application of an applicant who is not there yet is held for a reason of its own: it was reviewed again. */
export function isApplicationHeld({ applicantState, applicationState }: ImportRow): boolean {
  return applicantState !== "sent" && applicationState === "held";
}

/** Why an application is held. A review in between has replaced its reason: then it is held by hand, and a person decides as well. */
export function holdOf(row: ImportRow): Pick<ImportRow, "reasonCode" | "reason"> {
  const { reasonCode, reason } = row.applicantState === "sent" ? row : because("by_hand");
  return { reasonCode, reason };
}

/** Whether an answer is about the applicant, whom a person reported and whose application was never sent. */
export function isAboutApplicant(row: ImportRow, is: string): boolean {
  const { step, state } = stepOf(row);
  if (step === "applicant" || row.applicantOrigin !== "reported") return false;
  const isUnsent = UNSENT.includes(state) && row.resends === 0 && !row.droppedUnknown;
  return is === "applicant" || (isUnsent && (is === "review" || is === "absent"));
}
