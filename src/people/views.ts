/** The classes of the columns of the schemas `report` and `report_people`, whose roles may read nothing else. */
import type { Relation } from "./classes.ts";

/** No person, text of a person or quasi: whoever may read this schema alone learns nobody's name. */
export const REPORT = {
  ageing: {
    none: "account category category_en category_fr age_band age_band_position age_band_en age_band_fr applications oldest_days",
  },
  application: {
    pseudonym: "application_id applicant_id",
    none: `account campaign_id entity_id source applied_at applied_on cohort_month status category status_since status_since_on
      first_new_at first_in_progress_at first_interview_at first_offer_at first_hired_at first_refused_at first_withdrawn_at hired_at
      hired_on days_to_hire closed_at closed_on closing_month is_open is_complete current_stage steps days_in_process age_days
      days_in_status days_before_first_step first_seen_at`,
  },
  application_state: {
    pseudonym: "application_id applicant_id",
    none: "account campaign_id source applied_on status category from_at until_at",
  },
  applications_by_month: { none: "account month applications since_deleted complete hired open" },
  calendar: { none: "day year quarter month week iso_year iso_week weekday is_weekend month_en month_fr" },
  campaign: {
    text: "tags",
    none: `account campaign_id name status status_en status_fr is_online is_draft created_at created_on online_since job_type job_field
      working_time remote_level education_level experience_level salary_min salary_max salary_currency company_id entity_id
      entity_name unit_id unit_name zipcode city department region country iso_country channels`,
  },
  campaign_funnel: {
    none: "account campaign_id campaign_name category category_position category_en category_fr applications reached",
  },
  campaign_name: { none: "account campaign_id name" },
  entity: { none: "account entity_id name reference created_on" },
  freshness: {
    none: "account resource resource_en resource_fr as_of proven_as_of word word_en word_fr minutes_since",
  },
  hires_by_month: { none: "account month hires since_deleted average_days_to_hire median_days_to_hire" },
  import_outcome: {
    pseudonym: "import_id applicant_id application_id",
    none: `account intake source campaign_id state state_en state_fr reason_code attempts submitted_at submitted_on finished_at
      minutes`,
  },
  label: { none: "kind code position label_en label_fr" },
  open_campaigns: {
    none: `account campaign_id name entity_name unit_name city online_since days_online applications open_applications
      new_applications in_interview in_offer hired last_applied_on`,
  },
  run: {
    none: `account run_id resource kind trigger state started_at finished_at seconds rows inserted updated unchanged restored deleted
      quarantined error_code`,
  },
  source: { none: "account source applications first_applied_on last_applied_on" },
  source_effectiveness: {
    none: `account source applications complete open interviewed offered hired hired_percent average_days_to_hire
      median_days_to_hire`,
  },
  status: {
    none: `account status category category_position category_en category_fr is_mapped is_guessed is_closed applications
      first_seen_at`,
  },
  status_days: { none: "account status days stays" },
  status_step: {
    pseudonym: "application_id",
    none: "account step status category entered_at entered_on left_at days next_status is_current",
  },
  unit: { none: "account unit_id entity_id name reference created_on" },
} as const satisfies Readonly<Record<string, Relation>>;

export const REPORT_PEOPLE = {
  applicant: {
    person: "first_name last_name email phone_code phone_number",
    quasi: "locale iso_country country zipcode city",
    pseudonym: "applicant_id",
    none: "account",
  },
  application: {
    person: "first_name last_name email",
    pseudonym: "application_id applicant_id",
    none: "account campaign_id applied_on status category is_open is_complete",
  },
} as const satisfies Readonly<Record<string, Relation>>;
