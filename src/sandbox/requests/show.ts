import { type SandboxAnswer, jsonAnswer } from "./answer.ts";
import type { RequestContext } from "./context.ts";
import { embedsOf } from "./list.ts";
import type { SandboxResource } from "../resources/resource.ts";
import type { Stored } from "../data/rows.ts";

/** One row by the id in the path, or by the e-mail where the resource allows it; 404 if there is none to be seen. */
export function answerShow<Row extends Stored>(context: RequestContext, resource: SandboxResource<Row>): SandboxAnswer {
  const row = findRow(context, resource, context.params["id"] ?? "");
  const isVisible = resource.visible?.(context) ?? null;
  if (row === undefined || isVisible?.(row) === false) return context.refusals.notFound();
  return jsonAnswer(200, context.render(resource.describe(row, embedsOf(context.query), context)));
}

function findRow<Row extends Stored>(
  { data, path, variants }: RequestContext,
  resource: SandboxResource<Row>,
  reference: string,
): Row | undefined {
  if (/^\d+$/.test(reference)) return resource.collection(data).get(Number(reference));
  // A cast to integer reads the digits at the beginning, and does not mind what follows.
  if (variants.emailInPath === "leading-number" && /^\d/.test(reference))
    return resource.collection(data).get(Number.parseInt(reference, 10));
  // Rails reads what follows the last dot as a format unless the route says otherwise (Q17).
  const isCut =
    variants.emailInPath === "cut-at-dot" || (variants.emailInPath === "cut-at-raw-dot" && path.includes("."));
  const email = isCut ? reference.replace(/\.[^.]*$/, "") : reference;
  return resource.byEmail?.(email, data);
}
