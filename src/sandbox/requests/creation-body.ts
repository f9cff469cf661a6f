import { z } from "zod";

import type { SandboxAnswer } from "./answer.ts";
import { employerOf } from "../resources/companies.ts";
import type { RequestContext } from "./context.ts";
import { complaintsOf } from "./list.ts";

const text = z.string().nullish();

/** The `applicant` object of `POST /jobboards/applicants` (reference 9.4). Only the e-mail is required. */
const applicant = z.object({
  email: z.email(),
  first_name: text,
  last_name: text,
  locale: z.enum(["fr", "en", "es"]).nullish(),
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
export const applicantBody = z.object({ company_id: z.coerce.number().int().optional(), applicant });
export type SandboxApplicantBody = z.infer<typeof applicant>;

/** Reference 9.3. */
export const applicationBody = z.object({
  company_id: z.coerce.number().int(),
  campaign_id: z.coerce.number().int(),
  applicant_id: z.coerce.number().int(),
});

/** The body in the expected shape, or the refusal of another one. */
export function readBody<Shape extends z.ZodType>(
  { body, refusals }: Pick<RequestContext, "body" | "refusals">,
  shape: Shape,
): { readonly value: z.infer<Shape> } | { readonly refusal: SandboxAnswer } {
  const parsed = shape.safeParse(parseJson(body));
  if (parsed.success) return { value: parsed.data };
  const complaints = complaintsOf(parsed.error);
  const lacksAll = "base" in complaints || "applicant" in complaints;
  return { refusal: lacksAll ? refusals.malformed(complaints) : refusals.invalid(complaints) };
}

/** The company a creation is for: a customer's own, or the one a jobboard names; undefined if there is none such. */
export function companyFor({ key, data }: RequestContext, named: number | undefined): number | undefined {
  const company = key.kind === "customer" ? employerOf(key, data) : named;
  return data.companies.some(({ id }) => id === company) ? company : undefined;
}

export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
