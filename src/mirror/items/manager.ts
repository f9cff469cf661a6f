import { parseManager } from "../../api/schemas/organisation.ts";
import type { JsonObject } from "./canonical.ts";
import type { ManagerRow } from "./rows.ts";
import { moment, wholeNumber } from "./values.ts";

/** A manager of an answer as a row of `manager`. Throws `unreadable_item` for one without id. */
export function mapManager(item: JsonObject): ManagerRow {
  const manager = parseManager(item);
  return {
    email: manager.email,
    first_name: manager.first_name,
    last_name: manager.last_name,
    locale: manager.locale,
    phone_code: manager.phone_code,
    phone_number: manager.phone_number,
    credentials: manager.credentials,
    created_at: moment(manager.created_at),
    company_id: wholeNumber(manager.company_id),
    company_slug: manager.company_slug,
  };
}
