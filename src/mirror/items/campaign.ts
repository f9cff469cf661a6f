import { parseCampaign } from "../../api/schemas/hiring.ts";
import type { JsonObject } from "./canonical.ts";
import { campaignColumns, rowOf, type CampaignRow } from "./rows.ts";
import { addressValues, indexed } from "./values.ts";

/** A campaign of an answer as a row of `campaign`. Throws `unreadable_item` for one without id. */
export function mapCampaign(item: JsonObject): CampaignRow {
  const { entity, unit, address, ...campaign } = parseCampaign(item);
  return rowOf(campaignColumns, {
    ...campaign,
    ...addressValues(address),
    status: indexed(campaign.status),
    entity_name: entity?.name ?? null,
    entity_reference: entity?.reference ?? null,
    unit_name: unit?.name ?? null,
    unit_reference: unit?.reference ?? null,
  });
}
