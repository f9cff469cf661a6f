import type { ApiErrorKind } from "../../src/api/errors.ts";

/** The codes of failed requests, by their kinds. */
const KINDS: Readonly<Record<ApiErrorKind, true>> = {
  quota: true,
  refused: true,
  "refused-alone": true,
  unauthorised: true,
  "not-found": true,
  invalid: true,
  unreachable: true,
  unreadable: true,
};
export const API_KINDS = Object.keys(KINDS).map((kind) => `api_${kind.replace("-", "_")}`);

/** The special values of fields that the vendor's documentation lists. */
export const VENDOR_CODES = {
  campaign_status: ["online", "standby", "draft", "archived"],
  stage: ["abstract", "agenda", "video", "survey", "pitch", "resume"],
  job_type: [
    "Fixed term contract",
    "Permanent contract",
    "Interim Contract",
    "Professional Contract",
    "Alternating",
    "Freelance",
    "Internship",
    "IVB",
    "Tenured",
    "Other",
  ],
  job_field: ["Public Executive", "Private Executive", "Supervisor"],
  working_time: ["Full time", "Part time", "Part time - Morning", "Part time - Afternoon", "Half time", "Custom"],
  remote_level: ["0", "1", "2", "3"],
  education_level: ["1", "2", "3", "4", "5", "6", "7"],
  locale: ["fr", "en", "es"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
