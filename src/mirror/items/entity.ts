import { parseEntity } from "../../api/schemas/organisation.ts";
import type { JsonObject } from "./canonical.ts";
import type { EntityRow } from "./rows.ts";
import { moment, wholeNumber } from "./values.ts";

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
