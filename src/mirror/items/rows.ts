import { wholeNumber } from "./values.ts";

/** The SQL types that mirrored columns use, and how a value of each travels in the JSON of a page write. */
interface ValueOf {
  text: string;
  bigint: string;
  boolean: boolean;
  numeric: string;
  "double precision": number;
  timestamptz: string;
  "text[]": readonly string[];
}

export type ColumnType = keyof ValueOf;
export type Columns = Readonly<Record<string, ColumnType>>;
/** A row of a mirrored table: every typed column, null where the answer had nothing that could be read. */
export type Row<C extends Columns> = { readonly [Name in keyof C]: ValueOf[C[Name]] | null };

const addressColumns = {
  address: "text",
  street_number: "text",
  street: "text",
  zipcode: "text",
  city: "text",
  country: "text",
  iso_country: "text",
  administrative_area_level_1: "text",
  administrative_area_level_2: "text",
  administrative_area_level_3: "text",
  latitude: "double precision",
  longitude: "double precision",
} as const satisfies Columns;

export const campaignColumns = {
  name: "text",
  slug: "text",
  status: "text",
  created_at: "timestamptz",
  last_activation_at: "timestamptz",
  job_type: "text",
  job_field: "text",
  working_time: "text",
  remote_level: "text",
  education_level: "text",
  experience_level: "text",
  stages: "text[]",
  video_host: "text",
  description: "text",
  profile: "text",
  salary_min: "numeric",
  salary_max: "numeric",
  salary_currency: "text",
  cover_url: "text",
  is_draft: "boolean",
  is_online: "boolean",
  company_id: "bigint",
  company_slug: "text",
  entity_id: "bigint",
  entity_name: "text",
  entity_reference: "text",
  unit_id: "bigint",
  unit_name: "text",
  unit_reference: "text",
  ...addressColumns,
  tags: "text[]",
  channels: "text[]",
} as const satisfies Columns;

export const applicationColumns = {
  campaign_id: "bigint",
  applicant_id: "bigint",
  status: "text",
  status_changed_at: "timestamptz",
  current_stage: "text",
  is_complete: "boolean",
  source: "text",
  created_at: "timestamptz",
  company_id: "bigint",
  company_slug: "text",
  entity_id: "bigint",
  tags: "text[]",
  skills: "text[]",
} as const satisfies Columns;

export const applicantColumns = {
  email: "text",
  email_key: "text",
  first_name: "text",
  last_name: "text",
  locale: "text",
  phone_code: "text",
  phone_number: "text",
  avatar_url: "text",
  bio_url: "text",
  is_partner_newsletter_active: "boolean",
  is_campaign_alert_active: "boolean",
  is_legals_accepted_by_manager: "boolean",
  created_at: "timestamptz",
  company_id: "bigint",
  company_slug: "text",
  ...addressColumns,
  pools: "text[]",
} as const satisfies Columns;

export const managerColumns = {
  email: "text",
  first_name: "text",
  last_name: "text",
  locale: "text",
  phone_code: "text",
  phone_number: "text",
  credentials: "text",
  created_at: "timestamptz",
  company_id: "bigint",
  company_slug: "text",
} as const satisfies Columns;

export const entityColumns = {
  name: "text",
  reference: "text",
  color: "text",
  logo_url: "text",
  created_at: "timestamptz",
  company_id: "bigint",
  company_slug: "text",
} as const satisfies Columns;

export const unitColumns = {
  entity_id: "bigint",
  name: "text",
  reference: "text",
  created_at: "timestamptz",
} as const satisfies Columns;

export type CampaignRow = Row<typeof campaignColumns>;
export type ApplicationRow = Row<typeof applicationColumns>;
export type ApplicantRow = Row<typeof applicantColumns>;

/** The values of these columns in an object that has them all, and others: an id is a bigint, or null if it is none. */
export function rowOf<C extends Columns>(columns: C, values: Row<C>): Row<C>;
// An overload, because a loop forgets which name has which value.
export function rowOf(columns: Columns, values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(columns)) {
    row[name] = type === "bigint" ? wholeNumber(values[name]) : values[name];
  }
  return row;
}
