/** The OpenAPI document of the import routes, made from the schemas that check and answer. */
import { z } from "zod";
import { inputSchema, type InputField } from "../../import/fields.ts";
import { answerSchema, noneAcceptedSchema, problemSchema, statusSchema } from "./answer.ts";
import { MOST_ROWS } from "./body.ts";
import { resumeSchema } from "./rows.ts";

const MEANING: Readonly<Record<InputField, string>> = {
  key: "Your own name for this import: the same key is the same import, for good. Without one, company, e-mail and campaign say which it is.",
  source: "Where it comes from, such as the name of a form. `http` if left out.",
  company_id: "Jobboard accounts: the company. The campaign's if left out.",
  campaign_id: "Jobboard accounts: the campaign to apply to. None: only the applicant is created.",
  email: "The person's address. Needed.",
  first_name: "First name.",
  last_name: "Last name.",
  locale: "fr, en or es.",
  phone:
    "A telephone number as people write it, such as +33 6 42 42 42 42. Either this or phone_code and phone_number.",
  phone_code: "Country code, such as 33.",
  phone_number: "The number without its country code.",
  iso_country: "A country's two letters.",
  avatar_url: "http(s) URL of a picture.",
  bio_url: "http(s) URL of a profile.",
  is_partner_newsletter_active: "Whether the person subscribes to the partners' newsletter. No if left out.",
  is_campaign_alert_active: "Whether the person subscribes to alerts. No if left out.",
  is_legals_accepted_by_manager:
    "Whether the person agreed to the vendor's terms with you. Reported to the vendor only with all three consent_ fields; otherwise the vendor e-mails the person.",
  consent_at: "When the person agreed: a date and time in ISO 8601.",
  consent_how: "How, such as the name of a form.",
  consent_wording: "What the person agreed to, or where the wording stands.",
};

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const problem = (description: string, schema = "Problem"): Json => ({
  description,
  content: { "application/problem+json": { schema: ref(schema) } },
});

/** OpenAPI 3.1. `bodyLimit` in bytes. */
export function openapiDocument({ bodyLimit }: { readonly bodyLimit: number }): Json {
  return {
    openapi: "3.1.0",
    info: { title: "applicant-sync", version: "1", description: "Applicants to be created, each once." },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "IMPORT_TOKEN" } },
      schemas: schemas(),
    },
    paths: {
      "/imports": { post: post(bodyLimit) },
      "/imports/{id}": { get: get() },
      "/health": {
        get: {
          summary: "Whether the worker and its database are up.",
          responses: {
            200: { description: "They are." },
            503: problem("The database does not answer, or the kill switch cannot be read."),
          },
        },
      },
    },
  };
}

function post(bodyLimit: number): Json {
  const one = ref("Import");
  const many = { type: "array", minItems: 1, maxItems: MOST_ROWS, items: one };
  const batch = { type: "object", properties: { imports: many }, required: ["imports"], additionalProperties: false };
  return {
    summary: "Queue one import or many.",
    description: `Each row is checked by itself: bad ones keep no good one back. At most ${MOST_ROWS} imports and ${bodyLimit} bytes.`,
    security: [{ token: [] }],
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        description:
          "The same key and the same imports get the answer of the first time, whatever happened in between.",
        schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,200}$" },
      },
    ],
    requestBody: { required: true, content: { "application/json": { schema: { oneOf: [one, many, batch] } } } },
    responses: {
      202: {
        description: "At least one import is in the outbox.",
        headers: {
          "Idempotency-Replayed": {
            description: "true: this is the answer of an earlier request.",
            schema: { type: "string" },
          },
        },
        content: { "application/json": { schema: ref("ImportAnswer") } },
      },
      400: problem("The body is not JSON, or Idempotency-Key is none."),
      401: problem("No token, or a wrong one."),
      408: problem("The request arrived too slowly."),
      413: problem("The body is too large, or holds too many imports."),
      415: problem("The body is not application/json as it is."),
      422: problem("No import can be accepted, or Idempotency-Key came with other imports before.", "NoneAccepted"),
      503: problem("The database does not answer, or too much comes in at once: send it again."),
    },
  };
}

function get(): Json {
  return {
    summary: "What became of an import. Nothing in it is personal.",
    security: [{ token: [] }],
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", pattern: "^[1-9][0-9]{0,17}$" } }],
    responses: {
      200: { description: "The import.", content: { "application/json": { schema: ref("ImportStatus") } } },
      401: problem("No token, or a wrong one."),
      404: problem("There is no import of this id."),
      503: problem("The database does not answer: send it again."),
    },
  };
}

function schemas(): Json {
  return {
    Import: importSchema(),
    ImportAnswer: schemaOf(answerSchema),
    ImportStatus: schemaOf(statusSchema),
    Problem: schemaOf(problemSchema),
    NoneAccepted: schemaOf(noneAcceptedSchema),
  };
}

/** As a caller may write it: what is trimmed and turned on the way in has no type of its own in JSON Schema. */
function importSchema(): Json {
  const { properties = {} } = z.toJSONSchema(inputSchema, { io: "input", unrepresentable: "any" });
  const named = Object.entries(properties).map(([name, schema]) => {
    const meaning = Object.entries(MEANING).find(([field]) => field === name)?.[1];
    const shape = name === "consent_at" ? { type: ["string", "null"] } : schema;
    return [name, { ...(typeof shape === "boolean" ? {} : shape), description: meaning }];
  });
  const resume = {
    ...schemaOf(resumeSchema),
    description: "A CV: base64 with padding, without a data: prefix. Its kind is known by its signature.",
  };
  return {
    type: "object",
    properties: { ...Object.fromEntries(named), resume },
    required: ["email"],
    additionalProperties: false,
  };
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}
