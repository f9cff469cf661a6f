import { type Answer, jsonAnswer } from "./answer.ts";
import type { RequestContext } from "./context.ts";
import type { Readings } from "./readings.ts";
import type { Refusals } from "./refusals.ts";

/** The answer to a creation in the chosen reading of Q9. */
export function answerCreation(
  { readings, render }: Pick<RequestContext, "readings" | "render">,
  name: "applicant" | "application",
  id: number,
  object: object,
): Answer {
  const whole = render(object);
  const bodies: Record<Exclude<Readings["creationAnswer"], "empty">, unknown> = {
    object: whole,
    id: render({ id }),
    named: { [name]: whole },
    data: { data: whole },
    "data-named": { data: { [name]: whole } },
    silent: { message: "Created" },
  };
  if (readings.creationAnswer === "empty") return { status: readings.creationStatus, headers: {}, body: "" };
  return jsonAnswer(readings.creationStatus, bodies[readings.creationAnswer]);
}

/**
 * The refusal of a duplicate in the chosen reading of Q10; null if the reading does not refuse it. `taken` names the
 * parameter and the id of the row that has its value already.
 */
export function refuseDuplicate(
  refusals: Refusals,
  reading: Readings["duplicateApplicant"],
  taken: Readonly<Record<string, number>>,
): Answer | null {
  const complaints = Object.fromEntries(Object.keys(taken).map((name) => [name, ["has already been taken"]]));
  switch (reading) {
    case "refused-422":
      return refusals.invalid(complaints);
    case "refused-409":
      return refusals.invalid(complaints, 409);
    case "refused-409-with-id":
      return refusals.invalid(complaints, 409, { id: Object.values(taken)[0] });
    default:
      return null;
  }
}
