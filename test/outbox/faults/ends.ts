import type { Step } from "../../../src/outbox/import/states.ts";
import type { Variants } from "../../../src/sandbox/variants.ts";
import type { FaultCase } from "./cases.ts";

export type End = "done" | "rejected" | "needs_review";

/** What one request says to us in the chosen variants. */
type Said = "sent" | "refused" | "exists" | "accepted";

/** Where an import must end, once all is quiet: derived from the variants alone, independently of the code under test. */
export function endOf(of: FaultCase, variants: Variants): End {
  const first = endOfStep(of, of.step, variants);
  if (first !== "done" || of.kind === "customer" || of.step === "application") return first;
  return endOfStep({ ...of, before: "nobody", fault: NO_FAULT }, "application", variants);
}

const NO_FAULT: FaultCase["fault"] = { name: "nothing wrong", leaves: "harmless", times: 1 };

function endOfStep({ kind, before, fault }: FaultCase, step: Step, variants: Variants): End {
  let isThere = before !== "nobody";
  // A jobboard sees nobody but those who applied, a customer everybody, and an application is seen by who made it.
  const isSeen = (): boolean => isThere && (kind === "customer" || step === "application" || before === "application");
  const review = kind === "jobboard" && step === "applicant";

  for (let request = 1, unknowns = 0; ; request += 1) {
    const leaves = request <= fault.times ? fault.leaves : "harmless";
    if (leaves === "nothing") continue;
    if (leaves === "refused") return "rejected";
    if (leaves === "harmless") {
      const said = answerOf(step, isThere, variants);
      if (said === "sent") return "done";
      if (said === "refused") return "rejected";
      isThere = true;
      return isSeen() ? "done" : "needs_review";
    }
    if (leaves === "done" || leaves === "accepted" || isEffective(fault)) isThere = true;
    if (isSeen()) return "done";
    unknowns += 1;
    if (review || leaves === "exists" || leaves === "accepted" || unknowns > 1) return "needs_review";
  }
}

const isEffective = ({ answer }: FaultCase["fault"]): boolean =>
  answer !== undefined && "effect" in answer && answer.effect === "after";

function answerOf(step: Step, isThere: boolean, variants: Variants): Said {
  const { creationAnswer, errorBody } = variants;
  const duplicate = step === "applicant" ? variants.duplicateApplicant : variants.duplicateApplication;
  const isProse = errorBody === "html" || errorBody === "empty";
  if (isThere && duplicate === "refused-422") return isProse ? "refused" : "exists";
  if (isThere && duplicate === "refused-409") return "exists";
  if (isThere && duplicate === "refused-409-with-id") return isProse || errorBody === "text" ? "exists" : "sent";
  return creationAnswer === "silent" || creationAnswer === "empty" ? "accepted" : "sent";
}
