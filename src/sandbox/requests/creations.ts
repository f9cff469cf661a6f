import type { SandboxAnswer } from "./answer.ts";
import { isBroadcast } from "../resources/companies.ts";
import type { RequestContext } from "./context.ts";
import { type SandboxApplicantBody, applicantBody, applicationBody, companyFor, readBody } from "./creation-body.ts";
import { answerCreation, refuseDuplicate } from "./creation-answer.ts";
import type { SandboxEffect } from "./effects.ts";
import { JOBBOARD_APPLICATIONS } from "../resources/applications.ts";
import { APPLICANTS } from "../resources/people.ts";
import type { SandboxApplicant, SandboxApplication, SandboxCampaign } from "../data/rows.ts";

/** `POST /jobboards/applicants` and `POST /applicants` (reference 9.4, 10). E-mails the person unless consent is flagged. */
export function createApplicant(context: RequestContext): SandboxAnswer {
  const { data, variants, refusals } = context;
  const body = readBody(context, applicantBody);
  if ("refusal" in body) return body.refusal;
  const company = companyFor(context, body.value.company_id);
  if (company === undefined) return refusals.invalid({ company_id: ["is unknown"] });

  const submitted = body.value.applicant;
  const existing = data.applicantsByEmail(submitted.email).find((row) => row.company_id === company);
  if (existing !== undefined) {
    const refusal = refuseDuplicate(context, variants.duplicateApplicant, { email: existing.id });
    if (refusal !== null) return refusal;
  }
  const { row, outcome } = writeApplicant(context, submitted, company, existing);
  recordApplicant(context, submitted, row, outcome);
  return answerCreation(context, "applicant", row.id, APPLICANTS.describe(row, [], context));
}

function writeApplicant(
  { data, variants }: RequestContext,
  submitted: SandboxApplicantBody,
  company: number,
  existing: SandboxApplicant | undefined,
): { readonly row: SandboxApplicant; readonly outcome: SandboxEffect["outcome"] } {
  const { resume: _, is_legals_accepted_by_manager: __, ...fields } = submitted;
  if (existing === undefined) return { row: data.applicants.insert(complete(fields, company)), outcome: "created" };
  if (variants.duplicateApplicant === "merged") return { row: existing, outcome: "merged" };
  if (variants.duplicateApplicant === "doubled")
    return { row: data.applicants.insert(complete(fields, company)), outcome: "doubled" };
  return { row: data.applicants.edit(existing.id, complete(fields, company)), outcome: "overwritten" };
}

/** What the caller left out is null, not made up. */
function complete(
  fields: Omit<SandboxApplicantBody, "resume" | "is_legals_accepted_by_manager">,
  company: number,
): Omit<SandboxApplicant, "id" | "created_at"> {
  return {
    company_id: company,
    email: fields.email,
    first_name: fields.first_name ?? null,
    last_name: fields.last_name ?? null,
    locale: fields.locale ?? null,
    phone_code: fields.phone_code ?? null,
    phone_number: fields.phone_number ?? null,
    avatar_url: fields.avatar_url ?? null,
    bio_url: fields.bio_url ?? null,
    iso_country: fields.iso_country ?? null,
    is_partner_newsletter_active: fields.is_partner_newsletter_active,
    is_campaign_alert_active: fields.is_campaign_alert_active,
    address: null,
    pools: [],
  };
}

function recordApplicant(
  { effects, keyIndex, now, variants }: RequestContext,
  submitted: SandboxApplicantBody,
  row: SandboxApplicant,
  outcome: SandboxEffect["outcome"],
): void {
  const at = now();
  const { id, email, company_id } = row;
  const resume = variants.resumes === "dropped" ? null : (submitted.resume ?? null);
  effects.record({
    at,
    kind: "applicant",
    outcome,
    id,
    email,
    company_id,
    campaign_id: null,
    key: keyIndex,
    resume: resume === null ? null : { bytes: Buffer.byteLength(resume.base64, "base64"), mime_type: resume.mime_type },
  });
  if (!submitted.is_legals_accepted_by_manager)
    effects.send({ at, to: email, kind: "terms", company_id, applicant_id: id });
}

/** `POST /jobboards/applications` (reference 9.3): an existing applicant's candidacy to a campaign that is broadcast. */
export function createApplication(context: RequestContext): SandboxAnswer {
  const { data, variants, refusals } = context;
  const body = readBody(context, applicationBody);
  if ("refusal" in body) return body.refusal;
  const { company_id: company, campaign_id: campaignId, applicant_id: applicantId } = body.value;
  const campaign = data.campaigns.get(campaignId);
  if (campaign?.company_id !== company || !isBroadcast(campaign))
    return refusals.invalid({ campaign_id: ["is not broadcast on this jobboard"] });
  const applicant = data.applicants.get(applicantId);
  if (applicant?.company_id !== company) return refusals.invalid({ applicant_id: ["does not exist"] });

  const existing = data.applicationsOf(applicantId).find((row) => row.campaign_id === campaignId);
  if (existing !== undefined) {
    const refusal = refuseDuplicate(context, variants.duplicateApplication, { campaign_id: existing.id });
    if (refusal !== null) return refusal;
  }
  const isMerged = existing !== undefined && variants.duplicateApplication === "merged";
  const row = isMerged ? existing : insertApplication(context, campaign, applicant);
  const created = existing === undefined ? "created" : "doubled";
  recordApplication(context, applicant, row, isMerged ? "merged" : created);
  return answerCreation(context, "application", row.id, JOBBOARD_APPLICATIONS.describe(row, [], context));
}

/** A survey or a video pitch cannot be passed through the API: such an application stays incomplete (Q15). */
function insertApplication(
  { data, keyIndex }: RequestContext,
  campaign: SandboxCampaign,
  applicant: SandboxApplicant,
): SandboxApplication {
  const row = data.applications.insert({
    company_id: campaign.company_id,
    campaign_id: campaign.id,
    applicant_id: applicant.id,
    current_stage: campaign.stages.find((stage) => stage === "survey" || stage === "pitch") ?? null,
    source: "jobboard",
    tags: [],
    skills: [],
    comments: [],
  });
  data.setCreator(row.id, keyIndex);
  return row;
}

function recordApplication(
  { effects, keyIndex, now, variants }: RequestContext,
  { id: applicantId, email }: SandboxApplicant,
  { id, company_id, campaign_id }: SandboxApplication,
  outcome: SandboxEffect["outcome"],
): void {
  const at = now();
  effects.record({ at, kind: "application", outcome, id, email, company_id, campaign_id, key: keyIndex, resume: null });
  if (variants.applicationMail === "applicant")
    effects.send({ at, to: email, kind: "application", company_id, applicant_id: applicantId });
}
