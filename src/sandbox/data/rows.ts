/**
 * The sandbox's rows: the vendor's names and vocabulary (API reference, sections 11 and 12), with every time in
 * milliseconds since the epoch; the renderer turns them into what goes over the wire.
 */
export interface Stored {
  readonly id: number;
  readonly created_at: number;
}

export interface AddressRow {
  readonly name: string;
  readonly lon: number | null;
  readonly lat: number | null;
  readonly street_number: string | null;
  readonly street: string | null;
  readonly zipcode: string | null;
  readonly city: string | null;
  readonly country: string | null;
  readonly iso_country: string | null;
  readonly administrative_area_level_1: string | null;
  readonly administrative_area_level_2: string | null;
  readonly administrative_area_level_3: string | null;
}

export interface SandboxCampaign extends Stored {
  readonly company_id: number;
  readonly entity_id: number | null;
  readonly unit_id: number | null;
  readonly slug: string;
  readonly name: string;
  readonly status: string;
  readonly job_type: string;
  readonly job_field: string | null;
  readonly working_time: string | null;
  readonly education_level: number | null;
  readonly experience_level: number | null;
  readonly remote_level: number | null;
  readonly stages: readonly string[];
  readonly video_host: string | null;
  readonly salary_min: number | null;
  readonly salary_max: number | null;
  readonly salary_currency: number | null;
  readonly description: string | null;
  readonly profile: string | null;
  readonly cover_url: string | null;
  readonly last_activation_at: number | null;
  readonly address: AddressRow | null;
  readonly channels: readonly string[];
  readonly tags: readonly string[];
}

export interface StatusRow {
  readonly value: string;
  readonly date: number;
}

export interface SandboxApplication extends Stored {
  readonly company_id: number;
  readonly campaign_id: number | null;
  readonly applicant_id: number | null;
  readonly current_stage: string | null;
  readonly status: StatusRow | null;
  readonly source: string | null;
  readonly tags: readonly string[];
  readonly skills: readonly string[];
  readonly comments: readonly { readonly text: string; readonly created_at: number }[];
}

export interface SandboxApplicant extends Stored {
  readonly company_id: number;
  readonly email: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly locale: string | null;
  readonly phone_code: string | null;
  readonly phone_number: string | null;
  readonly avatar_url: string | null;
  readonly bio_url: string | null;
  readonly iso_country: string | null;
  readonly is_partner_newsletter_active: boolean;
  readonly is_campaign_alert_active: boolean;
  readonly address: AddressRow | null;
  readonly pools: readonly string[];
}

export interface SandboxManager extends Stored {
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly locale: string;
  readonly credentials: number;
  readonly unit_ids: readonly number[];
}

export interface SandboxEntity extends Stored {
  readonly name: string;
  readonly reference: string;
  readonly color: string;
}

export interface SandboxUnit extends Stored {
  readonly entity_id: number;
  readonly name: string;
  readonly reference: string;
}

export interface SandboxCompany {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
}
