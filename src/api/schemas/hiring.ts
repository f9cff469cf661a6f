import { z } from "zod";
import { fieldsOf } from "../answer/body.ts";
import {
  decimal,
  flag,
  id,
  instant,
  label,
  labels,
  objectOrNull,
  readInstant,
  readLabel,
  reference,
  text,
} from "./fields.ts";
import { address, company, companyOf, parse, part } from "./parts.ts";

/** A job offer (sections 11, 12.1 and 12.2 of the reference). Unknown fields stay; a missing or strange one is null. */
const campaignSchema = z
  .looseObject({
    id,
    name: text,
    slug: text,
    status: label,
    created_at: instant,
    last_activation_at: instant,
    job_type: label,
    job_field: label,
    working_time: label,
    remote_level: label,
    education_level: label,
    experience_level: label,
    stages: labels,
    video_host: label,
    description: text,
    profile: text,
    salary_min: decimal,
    salary_max: decimal,
    salary_currency: label,
    cover_url: text,
    is_draft: flag,
    is_online: flag,
    ...company,
    address,
    entity_id: reference,
    entity: part,
    unit_id: reference,
    unit: part,
    tags: labels,
    channels: labels,
  })
  .transform((item) => ({
    ...item,
    ...companyOf(item),
    entity_id: item.entity_id ?? item.entity?.id ?? null,
    unit_id: item.unit_id ?? item.unit?.id ?? null,
  }));

/** A person's account (sections 9.4 and 12.1), whole or as an application embeds it. */
const applicantSchema = z
  .looseObject({
    id,
    email: text,
    first_name: text,
    last_name: text,
    locale: label,
    phone_code: text,
    phone_number: text,
    iso_country: text,
    avatar_url: text,
    bio_url: text,
    is_partner_newsletter_active: flag,
    is_campaign_alert_active: flag,
    is_legals_accepted_by_manager: flag,
    created_at: instant,
    ...company,
    address,
    pools: labels,
  })
  .transform((item) => ({ ...item, ...companyOf(item) }));

/** A status is a word, or an object of the word and the day it was set. */
const status = z.unknown().transform((value) => {
  const { date, changed_at, updated_at } = fieldsOf(value);
  return {
    value: readLabel(value),
    changedAt: readInstant(changed_at) ?? readInstant(date) ?? readInstant(updated_at),
  };
});

/** A stage that is null is an answer (the application is complete); one that is missing is none. */
const stage = z.unknown().transform((value) => ({ value: readLabel(value), isLast: value === null }));

/**
 * One person's candidacy to one campaign (sections 10.2, 11 and 12.1). `status`, `status_changed_at`, `campaign_id` and
 * `applicant_id` are filled from wherever the answer has them; `is_complete` follows from `current_stage` if need be.
 */
const applicationSchema = z
  .looseObject({
    id,
    campaign_id: reference,
    campaign: objectOrNull(campaignSchema),
    applicant_id: reference,
    applicant: objectOrNull(applicantSchema),
    status: status.catch({ value: null, changedAt: null }),
    status_changed_at: instant,
    current_stage: stage.catch({ value: null, isLast: false }),
    is_complete: flag,
    source: label,
    created_at: instant,
    ...company,
    entity_id: reference,
    entity: part,
    tags: labels,
    skills: labels,
  })
  .transform((item) => ({
    ...item,
    ...companyOf(item),
    campaign_id: item.campaign_id ?? item.campaign?.id ?? null,
    applicant_id: item.applicant_id ?? item.applicant?.id ?? null,
    status: item.status.value,
    status_changed_at: item.status_changed_at ?? item.status.changedAt,
    current_stage: item.current_stage.value,
    is_complete: item.is_complete ?? completeness(item.current_stage),
    entity_id: item.entity_id ?? item.entity?.id ?? null,
  }));

function completeness(current: { readonly value: string | null; readonly isLast: boolean }): boolean | null {
  if (current.isLast) return true;
  return current.value === null ? null : false;
}

export type Address = NonNullable<z.infer<typeof address>>;

export const parseCampaign = (item: unknown) => parse("campaign", campaignSchema, item);
export const parseApplication = (item: unknown) => parse("application", applicationSchema, item);
export const parseApplicant = (item: unknown) => parse("applicant", applicantSchema, item);
