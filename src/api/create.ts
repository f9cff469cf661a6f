import { fieldsOf, unreadable } from "./answer/body.ts";
import { ApiError } from "./errors.ts";
import type { CallContext } from "./request/exchange.ts";
import { id as idSchema } from "./schemas/fields.ts";
import { messagesOf } from "./answer/messages.ts";
import { explanationOf, isHtml, jsonOrText } from "./answer/explanation.ts";
import type { AccountKind } from "./kelio.ts";
import type { Send } from "./request/send.ts";
import type { HttpAnswer } from "./request/transport.ts";

/**
 * The result of a creation that the API answered: created, or refused because it exists already. If the id cannot be read
 * (`id` null), it exists all the same: it must be looked up and never created again (questions Q9 and Q10).
 */
export interface Creation {
  readonly outcome: "created" | "exists";
  readonly id: string | null;
  /** HTTP status. */
  readonly status: number;
}

/** Section 9.4 of the reference. Unknown fields are left out, except the three flags. */
export interface ApplicantBody {
  readonly email: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly locale?: string;
  readonly phone_code?: string;
  readonly phone_number?: string;
  readonly avatar_url?: string;
  readonly iso_country?: string;
  readonly bio_url?: string;
  readonly is_partner_newsletter_active: boolean;
  readonly is_campaign_alert_active: boolean;
  readonly is_legals_accepted_by_manager: boolean;
  /** `base64` without prefix and without line breaks. */
  readonly resume?: { readonly base64: string; readonly mime_type: string };
}

/** The context of a request that creates: `beforeSend` is called just before it is sent, and keeps it from being sent by throwing. */
export interface CreateContext extends CallContext {
  readonly beforeSend: () => void;
}

export interface Creations {
  /** `POST …/applicants` (9.4; customers: without a company). May e-mail the person. */
  createApplicant(company: string | null, applicant: ApplicantBody, context: CreateContext): Promise<Creation>;
  /** `POST /jobboards/applications` (9.3). Not available to customers. */
  createApplication(
    ids: { readonly company: string; readonly campaign: string; readonly applicant: string },
    context: CreateContext,
  ): Promise<Creation>;
}

/**
 * The two creations. Any answer other than 2xx, 409 or a 422 about an existing value throws an `ApiError`, whose `sent` says
 * whether the creation may have had an effect.
 */
export function createCreations(send: Send, kind: AccountKind): Creations {
  const prefix = kind === "jobboard" ? "/jobboards" : "";

  function create(name: "applicant" | "application", body: unknown, context: CreateContext): Promise<Creation> {
    const about = name === "application" ? "offer" : "size";
    const request = { method: "POST", path: `${prefix}/${name}s`, body, reads: isAboutTheValue, about } as const;
    return send(request, context, (answer): Creation => {
      const { status } = answer;
      // An HTML page comes from a proxy in front of the API: what the API did is unknown.
      if (isHtml(answer.text) && status < 300) throw unreadable(request, answer, explanationOf(answer));
      if (status < 300) return { outcome: "created", id: idOf(name, answer), status };
      if (status === 409 || speaksOfExisting(answer.text)) return { outcome: "exists", id: idOf(name, answer), status };
      throw new ApiError("invalid", request, `HTTP ${status}: ${explanationOf(answer)}`, { status, sent: true });
    });
  }

  return {
    createApplicant: (company, applicant, context) =>
      create("applicant", { ...(company === null ? {} : { company_id: wire(company) }), applicant }, context),
    createApplication: ({ company, campaign, applicant }, context) =>
      create(
        "application",
        { company_id: wire(company), campaign_id: wire(campaign), applicant_id: wire(applicant) },
        context,
      ),
  };
}

/** 409 and 422 are about the submitted values, and may say that one exists already. */
function isAboutTheValue(status: number): boolean {
  return status === 409 || status === 422;
}

/** The API writes ids as numbers. */
function wire(id: string): number | string {
  return Number.isSafeInteger(Number(id)) ? Number(id) : id;
}

/** How servers say that a value is already in use, in the languages of accounts (section 16 of the reference). */
const EXISTING = new RegExp(
  `(?<!\\p{L})(?:${[
    "already|taken|duplicated?|exists|unique|in use",
    "déjà|pas disponible|est utilisée?s?",
    "ya (?:está|esta|existe|ha sido|se encuentra)|en uso|no está disponible|existente",
    "bereits|vergeben|già|já|reeds|al in gebruik",
  ].join("|")})(?!\\p{L})`,
  "iu",
);
/** The fields that identify a person or an application. A value in use of any other field does not mean that the person exists. */
const IDENTIFYING =
  /^(?:base|id|e[-_]?mail|mail|user|account|login|person|applicants?|applications?|candidates?|campaigns?)(?:_id|_email)?$/i;
/** If the answer names no field: sentences about these. */
const OTHER_FIELDS =
  /(?<!\p{L})(?:phone|t[ée]l[ée]phone|tel[ée]fono|telefon|avatar|bio|resume|r[ée]sum[ée]|slug|url)(?!\p{L})/iu;

/** Whether a refusal says that the person or application exists, and not that a value is missing or that another value is in use. */
export function speaksOfExisting(text: string): boolean {
  return messagesOf(text)
    .flatMap((message) => message.text.split(/[,;.\n]/).map((sentence) => ({ ...message, text: sentence })))
    .some(
      ({ field, text: said }) =>
        EXISTING.test(said.normalize("NFC")) &&
        (field === null ? !OTHER_FIELDS.test(said.replaceAll("_", " ")) : IDENTIFYING.test(field)),
    );
}

/** The id in the answer to a creation: at the root, under the object's name, under `data`, or both; null: none. */
function idOf(name: "applicant" | "application", { text }: HttpAnswer): string | null {
  const body = fieldsOf(jsonOrText(text));
  const data = fieldsOf(body.data);
  const candidates = [body, fieldsOf(body[name]), data, fieldsOf(data[name])];
  const found = candidates
    .flatMap((candidate) => [candidate["id"], candidate[`${name}_id`]])
    .map((value) => idSchema.safeParse(value))
    .find((read) => read.success && /^\d{1,18}$/.test(read.data));
  return found?.data ?? null;
}
