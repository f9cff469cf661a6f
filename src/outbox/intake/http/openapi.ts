/** The OpenAPI document of the import routes, generated from the schemas that check requests and answers. */
import { z } from "zod";
import { MEANINGS } from "../../import/field-meanings.ts";
import { FIELD_NAMES, FIELDS } from "../../import/fields.ts";
import { resumeSchema } from "./accept.ts";
import { problemSchema } from "../../../platform/http/problem.ts";
import { answerSchema, noneAcceptedSchema, statusSchema } from "./answer.ts";
import { MOST_ROWS } from "./body.ts";

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
    description: `Each row is checked by itself: a bad one does not hold back the others. At most ${MOST_ROWS} imports and ${bodyLimit} bytes.`,
    security: [{ token: [] }],
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        description: "A repeated request with the same key and the same imports gets the answer of the first one.",
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
      400: problem("The body is not JSON, or Idempotency-Key is malformed."),
      401: problem("No token, or a wrong one."),
      408: problem("The request arrived too slowly."),
      413: problem("The body is too large, or holds too many imports."),
      415: problem("The body is not application/json, or it is compressed."),
      422: problem("No import can be accepted, or Idempotency-Key came with other imports before.", "NoneAccepted"),
      503: problem("The database does not answer, or there are too many requests at once: send it again."),
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

/** What a caller may write. A value that is parsed into another type on the way in has no type of its own in JSON Schema. */
function importSchema(): Json {
  const named = FIELD_NAMES.map((field) => {
    const { schema } = FIELDS[field];
    const { $schema: _, ...shape } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    return [
      field,
      { ...(field === "consent_at" ? { type: ["string", "null"] } : shape), description: MEANINGS[field].en },
    ];
  });
  const resume = {
    ...schemaOf(resumeSchema),
    description: "A resume: base64 with padding, without a data: prefix. Its kind is recognised by its signature.",
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
