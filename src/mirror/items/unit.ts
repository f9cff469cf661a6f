import { parseUnit } from "../../api/schemas/organisation.ts";
import type { JsonObject } from "./canonical.ts";
import type { UnitRow } from "./rows.ts";
import { moment, wholeNumber } from "./values.ts";

/** A unit of an answer as a row of `unit`; its entity where the item names one. Throws `unreadable_item` for one without id. */
export function mapUnit(item: JsonObject): UnitRow {
  const unit = parseUnit(item);
  return {
    entity_id: wholeNumber(unit.entity_id),
    name: unit.name,
    reference: unit.reference,
    created_at: moment(unit.created_at),
  };
}
