import type { Setting } from "./settings.ts";

/** The settings of imports: applicants that are pushed into the account. */
export const IMPORT_SETTINGS = [
  {
    name: "ALLOW_PRODUCTION_WRITES",
    meaning: "yes, or no: imports to production wait. Each creation there may e-mail a real person",
    default: "no",
    example: null,
    secret: false,
  },
  {
    name: "KELIO_COMPANY_ID",
    meaning: "The company of imports that name none (jobboard accounts). Unset: that of the campaign",
    default: null,
    example: "42",
    secret: false,
  },
  {
    name: "HTTP_PORT",
    meaning: "Where `start` listens for POST /imports; together with IMPORT_TOKEN. Unset: nowhere",
    default: null,
    example: "8080",
    secret: false,
  },
  {
    name: "HTTP_HOST",
    meaning: "The address it listens on. Outside this machine: behind a proxy that speaks TLS",
    default: "127.0.0.1",
    example: null,
    secret: false,
  },
  {
    name: "IMPORT_TOKEN",
    meaning: "The bearer token of POST /imports: at least 24 characters, such as `openssl rand -hex 32` gives",
    default: null,
    example: "your-import-token",
    secret: true,
  },
  {
    name: "IMPORTS_PER_HOUR",
    meaning: "Applicants created in any rolling hour at most. Unset: as many as the quota allows",
    default: null,
    example: "500",
    secret: false,
  },
  {
    name: "IMPORTS_PER_DAY",
    meaning: "Applicants created in any rolling day at most. Unset: as many as the quota allows",
    default: null,
    example: "2000",
    secret: false,
  },
  {
    name: "QUIET_HOURS",
    meaning: "When nothing is created, by TIMEZONE: 20:00-08:00, or off",
    default: "off",
    example: null,
    secret: false,
  },
  {
    name: "SOURCE_APPROVAL",
    meaning: "How many imports of a new source wait for `imports release`, and all others of it with them; 0: none",
    default: "0",
    example: null,
    secret: false,
  },
  {
    name: "UNKNOWN_WAIT_SECONDS",
    meaning:
      "How long after a creation without an answer a proven absence allows one more; at least 60, longer than a request lives",
    default: "600",
    example: null,
    secret: false,
  },
  {
    name: "RESUME_TYPES",
    meaning: "The kinds of CV that are taken, each with the mime_type that the API is told",
    default: "pdf=pdf,doc=doc,docx=docx,odt=odt,rtf=rtf",
    example: null,
    secret: false,
  },
  {
    name: "RESUME_MAX_BYTES",
    meaning: "The size of a CV at most, in bytes; 20000000 is the largest limit",
    default: "5000000",
    example: null,
    secret: false,
  },
  {
    name: "RESUME_RETENTION_DAYS",
    meaning: "How many days after an import is done its CV is erased here",
    default: "7",
    example: null,
    secret: false,
  },
  {
    name: "IMPORT_RETENTION_DAYS",
    meaning: "How many days after an import is done or rejected its personal data is erased here",
    default: "30",
    example: null,
    secret: false,
  },
] as const satisfies readonly Setting[];
