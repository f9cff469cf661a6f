import { parseCampaign } from "../../api/schemas/hiring.ts";
import type { JsonObject } from "./canonical.ts";
import type { CampaignRow } from "./rows.ts";
import { indexed, moment, addressValues, wholeNumber } from "./values.ts";

/** A campaign of an answer as a row of `campaign`. Throws `unreadable_item` for one without id. */
export function mapCampaign(item: JsonObject): CampaignRow {
  const campaign = parseCampaign(item);
  const { entity, unit } = campaign;
  return {
    name: campaign.name,
    slug: campaign.slug,
    status: indexed(campaign.status),
    created_at: moment(campaign.created_at),
    last_activation_at: moment(campaign.last_activation_at),
    job_type: campaign.job_type,
    job_field: campaign.job_field,
    working_time: campaign.working_time,
    remote_level: campaign.remote_level,
    education_level: campaign.education_level,
    experience_level: campaign.experience_level,
    stages: campaign.stages,
    video_host: campaign.video_host,
    description: campaign.description,
    profile: campaign.profile,
    salary_min: campaign.salary_min,
    salary_max: campaign.salary_max,
    salary_currency: campaign.salary_currency,
    cover_url: campaign.cover_url,
    is_draft: campaign.is_draft,
    is_online: campaign.is_online,
    company_id: wholeNumber(campaign.company_id),
    company_slug: campaign.company_slug,
    entity_id: wholeNumber(campaign.entity_id),
    entity_name: entity?.name ?? null,
    entity_reference: entity?.reference ?? null,
    unit_id: wholeNumber(campaign.unit_id),
    unit_name: unit?.name ?? null,
    unit_reference: unit?.reference ?? null,
    ...addressValues(campaign.address),
    tags: campaign.tags,
    channels: campaign.channels,
  };
}
