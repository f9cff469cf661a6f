import { parseApplicant } from "../../api/schemas/hiring.ts";
import { emailKey } from "../../platform/email-key.ts";
import type { JsonObject } from "./canonical.ts";
import { applicantColumns, rowOf, type ApplicantRow } from "./rows.ts";
import { addressValues, indexed } from "./values.ts";

/** An applicant, whole or as an application embeds it, as a row of `applicant`. Throws `unreadable_item` for one without id. */
export function mapApplicant(item: JsonObject): ApplicantRow {
  const applicant = parseApplicant(item);
  const home = addressValues(applicant.address);
  const email = indexed(applicant.email);
  return rowOf(applicantColumns, {
    ...applicant,
    ...home,
    email,
    email_key: email === null ? null : indexed(emailKey(email)),
    iso_country: applicant.iso_country ?? home.iso_country,
  });
}
