import { parseEntity, parseManager, parseUnit } from "../../api/schemas/organisation.ts";
import type { JsonObject } from "./canonical.ts";
import type { EntityRow, ManagerRow, UnitRow } from "./rows.ts";
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

/** An entity of an answer as a row of `entity`. Throws `unreadable_item` for one without id. */
export function mapEntity(item: JsonObject): EntityRow {
  const entity = parseEntity(item);
  return {
    name: entity.name,
    reference: entity.reference,
    color: entity.color,
    logo_url: entity.logo_url,
    created_at: moment(entity.created_at),
    company_id: wholeNumber(entity.company_id),
    company_slug: entity.company_slug,
  };
}

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
