import type { Step } from "../../../src/outbox/states.ts";
import type { Readings } from "../../../src/sandbox/readings.ts";
import type { FaultCase } from "./cases.ts";

export type End = "done" | "rejected" | "needs_review";

/** What one request says to us in the chosen readings. */
type Said = "sent" | "refused" | "exists" | "accepted";

/** Where an import must end, once all is quiet: told apart from the code that is tried, from the readings alone. */
export function endOf(of: FaultCase, readings: Readings): End {
  const first = endOfStep(of, of.step, readings);
  if (first !== "done" || of.kind === "customer" || of.step === "application") return first;
  return endOfStep({ ...of, before: "nobody", fault: NO_FAULT }, "application", readings);
}

const NO_FAULT: FaultCase["fault"] = { name: "nothing wrong", leaves: "harmless", times: 1 };

function endOfStep({ kind, before, fault }: FaultCase, step: Step, readings: Readings): End {
  let isThere = before !== "nobody";
  // A jobboard sees nobody but those who applied, a customer everybody, and an application is seen by who made it.
  const isSeen = (): boolean => isThere && (kind === "customer" || step === "application" || before === "application");
  const review = kind === "jobboard" && step === "applicant";

  for (let request = 1, unknowns = 0; ; request += 1) {
    const leaves = request <= fault.times ? fault.leaves : "harmless";
    if (leaves === "nothing") continue;
    if (leaves === "refused") return "rejected";
    if (leaves === "harmless") {
      const said = answerOf(step, isThere, readings);
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

function answerOf(step: Step, isThere: boolean, readings: Readings): Said {
  const { creationAnswer, errorBody } = readings;
  const duplicate = step === "applicant" ? readings.duplicateApplicant : readings.duplicateApplication;
  const isProse = errorBody === "html" || errorBody === "empty";
  if (isThere && duplicate === "refused-422") return isProse ? "refused" : "exists";
  if (isThere && duplicate === "refused-409") return "exists";
  if (isThere && duplicate === "refused-409-with-id") return isProse || errorBody === "text" ? "exists" : "sent";
  return creationAnswer === "silent" || creationAnswer === "empty" ? "accepted" : "sent";
}
