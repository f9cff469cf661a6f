/** The import that a path names. */
import { reasonOf } from "../../../outbox/import/reasons.ts";
import { readImport, type ImportReport } from "../../../outbox/operations/report.ts";
import { refusal } from "../../../platform/http/problem.ts";
import type { PageContext } from "../context.ts";
import type { Visit } from "../route.ts";
import { idIn } from "../ids.ts";

/** The import of the path. Throws 404. */
export async function importOf({ database, config }: PageContext, { params }: Visit): Promise<ImportReport> {
  const id = idIn(params["id"]);
  const found = id === null ? null : await readImport(database, config.account, id);
  if (found === null) throw refusal(404, "no_import", `There is no such import in this account.`);
  return found;
}

/** A viewer reads the text of the code alone: what a person or the API wrote may name somebody. */
export function whyOfImport(one: ImportReport, { language, person }: Visit): string | null {
  if (person.role === "viewer") return reasonOf(one.reasonCode)?.text[language] ?? one.reasonCode;
  return (language === "fr" ? one.french.reason : one.reason) ?? one.reasonCode;
}
