import { stepOf, type ImportRow } from "../import/row.ts";
import type { StepState } from "../import/states.ts";

type Known = Pick<
  ImportRow,
  | "id"
  | "applicantState"
  | "applicationState"
  | "reasonCode"
  | "notBefore"
  | "erasedAt"
  | "email"
  | "source"
  | "campaignId"
>;

const OF_STATE: Readonly<Record<StepState, (row: Known, releaseAll: string) => string>> = {
  draft: () => "A worker checks it next.",
  held: nextOfHeld,
  waiting: () => "It is sent once the applicant is there.",
  ready: ({ notBefore }) =>
    notBefore === null ? "A worker sends it next." : `A worker sends it after ${notBefore.toISOString()}.`,
  sending: () => "A request is in flight.",
  sent: () => "Nothing: it is done.",
  unknown: ({ id }) =>
    `A worker looks it up before it is sent again. To look it up at once: applicant-sync imports retry ${id}`,
  needs_review: ({ id }) =>
    `Check the account, then: applicant-sync imports resolve ${id} with --applicant or --application and the id found there, --absent or --drop`,
  rejected: ({ id, email, reasonCode }) =>
    email === null
      ? "Its data has been erased: import the person again."
      : reasonCode === "invalid" || reasonCode === "duplicate"
        ? "Fix what the reason names, and import it again."
        : `Fix what the reason names and import it again, or try it as it is: applicant-sync imports retry ${id}`,
};

/** Returns in one line for people what happens next with an import, and what they can do. `releaseAll`: the command that turns the kill switch off. */
export function nextStepOf(row: Known, releaseAll: string): string {
  return OF_STATE[stepOf(row).state](row, releaseAll);
}

function nextOfHeld({ id, reasonCode, source, campaignId }: Known, releaseAll: string): string {
  const release = `applicant-sync imports release ${id}`;
  if (reasonCode === "kill_switch") return `All imports are held: ${releaseAll}`;
  if (reasonCode === "awaits_source_approval") {
    return `It is released once the first imports of its source have been decided: applicant-sync imports list --source "${source}" --state held`;
  }
  if (reasonCode === "consent_evidence") {
    return `Release it as it is, and the person is e-mailed: ${release}. Or drop it (applicant-sync imports resolve ${id} --drop) and import it again with consent_at, consent_how and consent_wording.`;
  }
  if (reasonCode === "offer_refused") {
    return `A worker tries it once more after a minute. If it stays held, check the offer, then: applicant-sync imports release --campaign ${campaignId}, or ${release}, or applicant-sync imports resolve ${id} --drop`;
  }
  if (reasonCode === "resume_refused") {
    return `Send it without the resume: ${release} --without-resume. Or send it as it is: ${release}`;
  }
  return `Check it, then: ${release}, or applicant-sync imports resolve ${id} --drop`;
}
