/** The classes of the columns of the schema `public`, in the order of docs/tables.md. */
import type { Relation } from "./classes.ts";

/** The columns that an import has in its table and in the view of the SQL intake. */
const IMPORT_FIELDS = {
  person: "email first_name last_name phone_code phone_number avatar_url bio_url",
  text: "consent_how consent_wording",
  quasi: "locale iso_country",
  none: `account source company_id campaign_id is_partner_newsletter_active is_campaign_alert_active
    is_legals_accepted_by_manager consent_at`,
} as const;

/** The tables and views of the schema `public`. */
export const TABLES = {
  campaign: {
    subject: "company",
    text: "description profile tags raw",
    none: `account id name slug status created_at last_activation_at job_type job_field working_time remote_level education_level
      experience_level stages video_host salary_min salary_max salary_currency cover_url is_draft is_online company_id company_slug
      entity_id entity_name entity_reference unit_id unit_name unit_reference address street_number street zipcode city country
      iso_country administrative_area_level_1 administrative_area_level_2 administrative_area_level_3 latitude longitude channels
      hash first_seen_at changed_at deleted_at`,
  },
  application: {
    subject: "mirrored",
    person: "raw",
    text: "tags skills comments status_history",
    pseudonym: "id applicant_id hash",
    none: `account campaign_id status status_changed_at current_stage is_complete source created_at company_id company_slug entity_id
      first_seen_at changed_at deleted_at`,
  },
  applicant: {
    subject: "mirrored",
    person: `email email_key first_name last_name phone_code phone_number avatar_url bio_url address street_number street raw`,
    text: "pools",
    quasi: `locale iso_country zipcode city country administrative_area_level_1 administrative_area_level_2
      administrative_area_level_3 latitude longitude`,
    pseudonym: "id hash",
    none: `account is_partner_newsletter_active is_campaign_alert_active is_legals_accepted_by_manager created_at company_id
      company_slug first_seen_at changed_at deleted_at`,
  },
  manager: {
    subject: "staff",
    person: "email first_name last_name phone_code phone_number raw",
    quasi: "locale",
    pseudonym: "id hash",
    none: "account credentials created_at company_id company_slug first_seen_at changed_at deleted_at",
  },
  entity: {
    subject: "company",
    text: "raw",
    none: "account id name reference color logo_url created_at company_id company_slug hash first_seen_at changed_at deleted_at",
  },
  unit: {
    subject: "company",
    text: "raw",
    none: "account id entity_id name reference created_at hash first_seen_at changed_at deleted_at",
  },
  sync_run: {
    none: `id account resource kind trigger state started_at finished_at total pages rows inserted updated unchanged quarantined
      error_code error_message accepted control_row seen least_total overlapping restored known candidates deleted refuted details
      detailed detail_failures`,
  },
  sync_walker: {
    none: `run_id index step next_page per_page repeats total ended_by order_by status since covered_through page_rows own_pages
      expected_shift reads_since_shrink overlap_reads_left parent fresh header kind`,
  },
  sync_page: {
    pseudonym: "ids span",
    none: `run_id walker step page per_page total inserted updated unchanged quarantined read_at received restored contiguous
      overlapping`,
  },
  sync_candidate: { pseudonym: "id", none: "run_id state" },
  pending_detail: { pseudonym: "id", none: "account resource since attempts run_id tried_at" },
  embed_offer: { none: "account resource embed misses seen_at listed_at not_offered_since tried_at" },
  change: {
    subject: "mirrored",
    // Their keys are columns of the table that `resource` names.
    person: "before after",
    pseudonym: "row_id",
    none: "account resource id at kind run_id",
  },
  quarantine: {
    subject: "mirrored",
    person: "raw",
    pseudonym: "fingerprint row_id",
    none: "account resource reason run_id first_seen_at last_seen_at part copies resolved_at",
  },
  api_request: { pseudonym: "path job", none: "id account at method status duration_ms bytes error_kind" },
  api_pause: { none: "account step noted_at until trial" },
  schedule_tick: { none: "account name expression next_at expression_since" },
  account: { none: "account kind environment api_host timezone" },
  applicant_import: {
    subject: "imported",
    ...IMPORT_FIELDS,
    text: `${IMPORT_FIELDS.text} reason notes`,
    // `person` is a salted hash of the e-mail; file and line lead to the person for whoever has the file.
    pseudonym: "id key person applicant_id application_id submitted_by file line",
    none: `${IMPORT_FIELDS.none} intake bulk applicant_state application_state state reason_code applicant_origin application_origin
      email_expected attempts resends exists_there lookups absences lookup_page not_before queued_at claimed_at unknown_since created_at
      updated_at finished_at erased_at looked_up_at waived admitted dropped_unknown without_resume refusals dismissed_at`,
  },
  import_event: {
    subject: "imported",
    text: "reason",
    pseudonym: "id import_id",
    none: "at step from_state to_state reason_code",
  },
  import_resume: {
    subject: "imported",
    person: "bytes",
    pseudonym: "import_id sha256",
    none: "type size erased_at",
  },
  import_control: { subject: "staff", text: "held_reason", none: "account held held_at reason_code" },
  import_pause: { none: "account failures paused_until" },
  account_lock: { none: "account name" },
  import_source: { pseudonym: "submitted_by", none: "account source intake seen" },
  import_inbox_account: { pseudonym: "role", none: "account" },
  import_request: { pseudonym: "key fingerprint answer", none: "account at" },
  database_identity: { none: "only_one id system database timeline version directory_id" },
  import_progress: { none: "account steps" },
  import_restore: { none: "account code found_at decided_at" },
  import_salt: { none: "only_one salt" },
  import_transition: { none: "from_state to_state" },
  import_text: { none: "account code state reason next" },
  audit: {
    subject: "staff",
    text: "why",
    pseudonym: "name subjects",
    none: "id account at source role what facts",
  },
  audit_chain: { pseudonym: "hash why_hash", none: "account position audit_id" },
  audit_check: { pseudonym: "head", none: "account checked_at decisions last_decision fault decision since" },
  settings_seen: { pseudonym: "hidden", none: "account at shown" },
  retention_person: { pseudonym: "applicant_id", none: "account clock due_on announced_on erase_on" },
  retention_clock: { none: "account clock since done_on done_at" },
  status_word: { none: "position pattern category" },
  status_category: { none: "account status category is_guessed first_seen_at" },
  report_schedule: { none: "account resource is_scheduled late_at overdue_at unproven_at" },
  application_step: {
    pseudonym: "application_id",
    none: "account step status category entered_at entered_on left_at days next_status is_current is_deleted",
  },
  application_state: {
    pseudonym: "application_id applicant_id",
    none: "account from_at until_at status campaign_id applied_on source",
  },
  pending_fact: { pseudonym: "application_ids", none: "account id categories_alone" },
  application_fact: {
    pseudonym: "application_id applicant_id",
    none: `account campaign_id entity_id source is_complete current_stage applied_at applied_on category status status_since
      status_since_on steps first_new_at first_in_progress_at first_interview_at first_offer_at first_hired_at first_refused_at
      first_withdrawn_at hired_at hired_on days_to_hire closed_at closed_on days_before_first_step first_seen_at deleted_at
      last_change`,
  },
  notice_state: { none: "account code subject last_notice last_notice_at red_since raise_at last_red_at items" },
  notice: {
    none: `id account code subject channel kind items occurred_at state attempts next_attempt_at give_up_at delivered_at error`,
  },
  condition_since: { none: "account code subject since" },
  heartbeat: { none: "account run_id started_at ended_at failed last_ping attempts next_attempt_at" },
  privacy_key: { pseudonym: "id", none: "account since" },
  suppression: { pseudonym: "hash applicant_id key_id ticket", none: "account kind created_at is_erased" },
  import_errors_file: { pseudonym: "path", none: "account host at" },
  clean_up: { none: "account requests since later" },
  erasure: { pseudonym: "id emails applicants key_id ticket", none: "account at what" },
  application_status_time: { pseudonym: "application_id", none: "account status entered_at left_at time_in_status" },
  import_inbox: {
    ...IMPORT_FIELDS,
    person: `${IMPORT_FIELDS.person} phone resume`,
    pseudonym: "id key",
  },
  // Its reason is a text of ours: what the API or an operator wrote is not shown to the role that inserts.
  import_status: {
    text: "notes",
    pseudonym: "id key applicant_id application_id",
    none: "account source state reason_code reason next created_at updated_at finished_at",
  },
  report_day: { none: "account timezone today" },
  reported_application: {
    text: "status_history",
    pseudonym: "id applicant_id",
    none: `account campaign_id entity_id source is_complete current_stage status status_changed_at created_at first_seen_at changed_at
      deleted_at`,
  },
  reported_change: {
    person: "before after",
    pseudonym: "row_id",
    none: "account id kind old_status status at",
  },
  application_stages: {
    pseudonym: "application_id",
    none: `account steps first_at since closed_at first_new_at first_in_progress_at first_interview_at first_offer_at first_hired_at
      first_refused_at first_withdrawn_at`,
  },
} as const satisfies Readonly<Record<string, Relation>>;
