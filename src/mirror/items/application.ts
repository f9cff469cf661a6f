import { parseApplication } from "../../api/schemas/hiring.ts";
import type { JsonObject } from "./canonical.ts";
import type { ApplicationRow } from "./rows.ts";
import { indexed, moment, wholeNumber } from "./values.ts";

/** An application of an answer as a row of `application`. Throws `unreadable_item` for one without id. */
export function mapApplication(item: JsonObject): ApplicationRow {
  const application = parseApplication(item);
  return {
    campaign_id: wholeNumber(application.campaign_id),
    applicant_id: wholeNumber(application.applicant_id),
    status: indexed(application.status),
    status_changed_at: moment(application.status_changed_at),
    current_stage: application.current_stage,
    is_complete: application.is_complete,
    source: application.source,
    created_at: moment(application.created_at),
    company_id: wholeNumber(application.company_id),
    company_slug: application.company_slug,
    entity_id: wholeNumber(application.entity_id),
    tags: application.tags,
    skills: application.skills,
  };
}
