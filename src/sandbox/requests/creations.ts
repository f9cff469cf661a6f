/** `POST` of applicants and applications (reference 9.3, 9.4 and 10). */
import { z } from "zod";
import type { SandboxData } from "../data/data.ts";
import type { SandboxApplicant } from "../data/rows.ts";
import { JOBBOARD_APPLICATIONS } from "../resources/applications.ts";
import { APPLICANTS } from "../resources/people.ts";
import { employerOf, isBroadcast } from "../resources/resource.ts";
import type { Variants } from "../variants.ts";
import { emptyAnswer, jsonAnswer, type SandboxAnswer } from "./answer.ts";
import { parseJson, type RequestContext, type SandboxEffect } from "./context.ts";
import { complaintsOf } from "./reads.ts";

/** A field that is left out is null. */
const text = z.string().nullable().default(null);

/** The `applicant` object of `POST /jobboards/applicants` (reference 9.4). Only the e-mail is required. */
const applicant = z.object({
  email: z.email(),
  first_name: text,
  last_name: text,
  locale: z.enum(["fr", "en", "es"]).nullable().default(null),
  phone_code: text,
  phone_number: text,
  avatar_url: text,
  bio_url: text,
  iso_country: text,
  is_partner_newsletter_active: z.boolean().default(false),
  is_campaign_alert_active: z.boolean().default(false),
  is_legals_accepted_by_manager: z.boolean().default(false),
  resume: z.object({ base64: z.base64(), mime_type: z.string().min(1) }).nullish(),
});
const applicantBody = z.object({ company_id: z.coerce.number().int().optional(), applicant });

/** Reference 9.3. */
const applicationBody = z.object({
  company_id: z.coerce.number().int(),
  campaign_id: z.coerce.number().int(),
  applicant_id: z.coerce.number().int(),
});

/** `POST /jobboards/applicants` and `POST /applicants`. E-mails the person unless consent is flagged. */
export function createApplicant(context: RequestContext): SandboxAnswer {
  const { data, variants, refusals, key, now } = context;
  const body = readBody(context, applicantBody);
  if ("refusal" in body) return body.refusal;
  const { resume, is_legals_accepted_by_manager: isAccepted, ...fields } = body.value.applicant;
  // A customer creates for its own company, a jobboard names one.
  const wanted = key.kind === "customer" ? employerOf(key, data) : body.value.company_id;
  const company = data.companies.find(({ id }) => id === wanted);
  if (company === undefined) return refusals.invalid({ company_id: ["is unknown"] });

  const submitted = { ...fields, company_id: company.id, address: null, pools: [] };
  const existing = data.applicantsByEmail(fields.email).find((row) => row.company_id === company.id);
  const outcome = outcomeOf(context, variants.duplicateApplicant, "email", existing);
  if (typeof outcome !== "string") return outcome;
  const row = writeApplicant(data, submitted, existing, outcome);

  const { id, email, company_id } = row;
  const kept = variants.resumes === "dropped" ? null : (resume ?? null);
  const size = kept && { bytes: Buffer.byteLength(kept.base64, "base64"), mime_type: kept.mime_type };
  noteEffect(context, { kind: "applicant", outcome, id, email, company_id, campaign_id: null, resume: size });
  if (!isAccepted) context.mails.push({ at: now(), to: email, kind: "terms", company_id, applicant_id: id });
  return answerCreation(context, "applicant", id, APPLICANTS.describe(row, [], context));
}

function writeApplicant(
  { applicants }: SandboxData,
  submitted: Omit<SandboxApplicant, "id" | "created_at">,
  existing: SandboxApplicant | undefined,
  outcome: SandboxEffect["outcome"],
): SandboxApplicant {
  if (existing !== undefined && outcome === "merged") return existing;
  if (existing !== undefined && outcome === "overwritten") return applicants.edit(existing.id, submitted);
  return applicants.insert(submitted);
}

/** `POST /jobboards/applications`: an existing applicant's candidacy to a campaign that is broadcast. */
export function createApplication(context: RequestContext): SandboxAnswer {
  const { data, variants, refusals, keyIndex, now } = context;
  const body = readBody(context, applicationBody);
  if ("refusal" in body) return body.refusal;
  const { company_id, campaign_id, applicant_id } = body.value;
  const campaign = data.campaigns.get(campaign_id);
  if (campaign?.company_id !== company_id || !isBroadcast(campaign))
    return refusals.invalid({ campaign_id: ["is not broadcast on this jobboard"] });
  const person = data.applicants.get(applicant_id);
  if (person?.company_id !== company_id) return refusals.invalid({ applicant_id: ["does not exist"] });

  const existing = data.applicationsOf(applicant_id).find((row) => row.campaign_id === campaign_id);
  const outcome = outcomeOf(context, variants.duplicateApplication, "campaign_id", existing);
  if (typeof outcome !== "string") return outcome;
  // A survey or a video pitch cannot be passed through the API: such an application stays incomplete (Q15).
  const current_stage = campaign.stages.find((stage) => stage === "survey" || stage === "pitch") ?? null;
  const submitted = { company_id, campaign_id, applicant_id, current_stage, source: "jobboard" };
  const isMerged = existing !== undefined && outcome === "merged";
  const row = isMerged ? existing : data.applications.insert({ ...submitted, tags: [], skills: [], comments: [] });
  if (!isMerged) data.setCreator(row.id, keyIndex);

  const { id } = row;
  const { email } = person;
  noteEffect(context, { kind: "application", outcome, id, email, company_id, campaign_id, resume: null });
  if (variants.applicationMail === "applicant")
    context.mails.push({ at: now(), to: email, kind: "application", company_id, applicant_id });
  return answerCreation(context, "application", id, JOBBOARD_APPLICATIONS.describe(row, [], context));
}

/** The body in the expected shape, or the refusal of another one. */
function readBody<Shape extends z.ZodType>(
  { body, refusals }: RequestContext,
  shape: Shape,
): { readonly value: z.infer<Shape> } | { readonly refusal: SandboxAnswer } {
  const parsed = shape.safeParse(parseJson(body));
  if (parsed.success) return { value: parsed.data };
  const complaints = complaintsOf(parsed.error);
  const lacksAll = "base" in complaints || "applicant" in complaints;
  return { refusal: lacksAll ? refusals.malformed(complaints) : refusals.invalid(complaints) };
}

/** How Rails says that a value is in use, by language. */
const DUPLICATE_TEXTS: Readonly<Record<Variants["duplicateText"], string>> = {
  en: "has already been taken",
  fr: "n'est pas disponible",
  "fr-used": "est déjà utilisé(e)",
  es: "ya está en uso",
};

/** How a row is created, or the refusal of a duplicate, in the chosen variant of Q10. `existing` has the same value of `parameter`. */
function outcomeOf(
  { variants, refusals }: RequestContext,
  variant: Variants["duplicateApplicant"],
  parameter: string,
  existing: { readonly id: number } | undefined,
): SandboxEffect["outcome"] | SandboxAnswer {
  if (existing === undefined) return "created";
  if (variant === "merged" || variant === "overwritten" || variant === "doubled") return variant;
  if (variants.duplicateNoticedBy === "database") return refusals.invalid({ base: ["Internal Server Error"] }, 500);
  const extra = variant === "refused-409-with-id" ? { id: existing.id } : {};
  const complaints = { [parameter]: [DUPLICATE_TEXTS[variants.duplicateText]] };
  return refusals.invalid(complaints, variant === "refused-422" ? 422 : 409, extra);
}

function noteEffect({ effects, keyIndex, now }: RequestContext, effect: Omit<SandboxEffect, "at" | "key">): void {
  effects.push({ at: now(), key: keyIndex, ...effect });
}

/** The answer to a creation in the chosen variant of Q9. */
function answerCreation(
  { variants, render }: RequestContext,
  name: "applicant" | "application",
  id: number,
  object: object,
): SandboxAnswer {
  if (variants.creationAnswer === "empty") return emptyAnswer(variants.creationStatus);
  const whole = render(object);
  const bodies: Record<Exclude<Variants["creationAnswer"], "empty">, unknown> = {
    object: whole,
    id: render({ id }),
    named: { [name]: whole },
    data: { data: whole },
    "data-named": { data: { [name]: whole } },
    silent: { message: "Created" },
  };
  return jsonAnswer(variants.creationStatus, bodies[variants.creationAnswer]);
}
