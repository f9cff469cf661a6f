import { parseApplicant } from "../../api/schemas/hiring.ts";
import { emailKey } from "../../platform/email-key.ts";
import type { JsonObject } from "./canonical.ts";
import type { ApplicantRow } from "./rows.ts";
import { indexed, moment, addressValues, wholeNumber } from "./values.ts";

/** An applicant, whole or as an application embeds it, as a row of `applicant`. Throws `unreadable_item` for one without id. */
export function mapApplicant(item: JsonObject): ApplicantRow {
  const applicant = parseApplicant(item);
  const home = addressValues(applicant.address);
  const email = indexed(applicant.email);
  return {
    email,
    email_key: email === null ? null : indexed(emailKey(email)),
    first_name: applicant.first_name,
    last_name: applicant.last_name,
    locale: applicant.locale,
    phone_code: applicant.phone_code,
    phone_number: applicant.phone_number,
    avatar_url: applicant.avatar_url,
    bio_url: applicant.bio_url,
    is_partner_newsletter_active: applicant.is_partner_newsletter_active,
    is_campaign_alert_active: applicant.is_campaign_alert_active,
    is_legals_accepted_by_manager: applicant.is_legals_accepted_by_manager,
    created_at: moment(applicant.created_at),
    company_id: wholeNumber(applicant.company_id),
    company_slug: applicant.company_slug,
    ...home,
    iso_country: applicant.iso_country ?? home.iso_country,
    pools: applicant.pools,
  };
}
