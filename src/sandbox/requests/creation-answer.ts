import { type SandboxAnswer, jsonAnswer } from "./answer.ts";
import type { RequestContext } from "./context.ts";
import type { Variants } from "../variants.ts";
import type { Refusals } from "./refusals.ts";

/** The answer to a creation in the chosen variant of Q9. */
export function answerCreation(
  { variants, render }: Pick<RequestContext, "variants" | "render">,
  name: "applicant" | "application",
  id: number,
  object: object,
): SandboxAnswer {
  const whole = render(object);
  const bodies: Record<Exclude<Variants["creationAnswer"], "empty">, unknown> = {
    object: whole,
    id: render({ id }),
    named: { [name]: whole },
    data: { data: whole },
    "data-named": { data: { [name]: whole } },
    silent: { message: "Created" },
  };
  if (variants.creationAnswer === "empty") return { status: variants.creationStatus, headers: {}, body: "" };
  return jsonAnswer(variants.creationStatus, bodies[variants.creationAnswer]);
}

/** How Rails says that a value is in use, by language. */
const DUPLICATE_TEXTS: Readonly<Record<Variants["duplicateText"], string>> = {
  en: "has already been taken",
  fr: "n'est pas disponible",
  "fr-used": "est déjà utilisé(e)",
  es: "ya está en uso",
};

/**
 * The refusal of a duplicate in the chosen variant of Q10; null if the variant does not refuse it. `existing` names the
 * parameter and the id of the row that has its value already.
 */
export function refuseDuplicate(
  { variants, refusals }: { readonly variants: Variants; readonly refusals: Refusals },
  variant: Variants["duplicateApplicant"],
  existing: Readonly<Record<string, number>>,
): SandboxAnswer | null {
  const complaints = Object.fromEntries(
    Object.keys(existing).map((name) => [name, [DUPLICATE_TEXTS[variants.duplicateText]]]),
  );
  if (variant.startsWith("refused") && variants.duplicateNoticedBy === "database")
    return refusals.invalid({ base: ["Internal Server Error"] }, 500);
  switch (variant) {
    case "refused-422":
      return refusals.invalid(complaints);
    case "refused-409":
      return refusals.invalid(complaints, 409);
    case "refused-409-with-id":
      return refusals.invalid(complaints, 409, { id: Object.values(existing)[0] });
    default:
      return null;
  }
}
