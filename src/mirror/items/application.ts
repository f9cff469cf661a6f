import { parseApplication } from "../../api/schemas/hiring.ts";
import type { JsonObject } from "./canonical.ts";
import { applicationColumns, rowOf, type ApplicationRow } from "./rows.ts";
import { indexed } from "./values.ts";

/** An application of an answer as a row of `application`. Throws `unreadable_item` for one without id. */
export function mapApplication(item: JsonObject): ApplicationRow {
  const application = parseApplication(item);
  return rowOf(applicationColumns, { ...application, status: indexed(application.status) });
}
