/** Checks one import as a caller wrote it. Pure: what needs the database is in intake/add.ts. */
import type { z } from "zod";
import type { AccountKind } from "../../api/kelio.ts";
import { FAULTS } from "./fault-texts.ts";
import { isShortForm } from "../../platform/countries.ts";
import { fault, reasonOfMessage, type FaultCode, type InputFault } from "./faults.ts";
import { FIELD_NAMES, inputSchema, whyLeftOut, type CheckedInput } from "./fields.ts";
import { isoMoment } from "./moment.ts";
import { isNothing } from "./nothing.ts";
import { nationalNumber } from "./phone.ts";
import { isReservedDomain } from "./reserved-domains.ts";
import type { Unacceptable } from "./resume.ts";
import { source } from "./values.ts";
import type { Text } from "../../platform/language.ts";

/** What the account and its key allow. */
export interface InputRules {
  readonly accountKind: AccountKind;
  readonly environment: "sandbox" | "production";
  /** The scopes of the key. */
  readonly scopes: readonly string[];
  /** IANA name of the zone of times without an offset; by default UTC. */
  readonly timezone?: string | undefined;
  /** ISO 3166: where a national phone number is read whose person's country is not known. By default it is refused. */
  readonly home?: string | null;
  /** Whether people wrote the values into a sheet. Programs write codes of countries that are short forms there, such as NC. */
  readonly isSheet?: boolean;
}

export type CheckedImport =
  | { readonly ok: true; readonly input: CheckedInput; readonly notes: readonly InputFault[] }
  | { readonly ok: false; readonly faults: readonly InputFault[] };

/**
 * Checks one import: types, lengths, formats, and what the kind of account allows. Texts are trimmed, an e-mail address is stored in
 * the form in which addresses are compared (email-key.ts), and a phone becomes country code and national number, as the API wants it.
 * `notes`: what a person should know about how it was read, and what was left out.
 */
export function checkImport(submitted: unknown, rules: InputRules, now: () => Date = () => new Date()): CheckedImport {
  const parsed = inputSchema.safeParse(readable(submitted, rules));
  if (!parsed.success) return { ok: false, faults: parsed.error.issues.flatMap(faultsOf) };
  const { phone, ...rest } = parsed.data;
  const { phone_code: code, phone_number: rawNumber, iso_country: country } = rest;
  const number = nationalNumber({ phone, code, number: rawNumber, country, home: rules.home ?? null });
  const faults = [
    ...("reason" in number ? [number] : []),
    ...accountFaults(rest, rules),
    ...(rest.consent_at !== null && rest.consent_at > now() ? [fault("consent_at", "in_the_future")] : []),
  ];
  if (faults.length > 0 || "reason" in number) return { ok: false, faults };
  const { notes, ...parts } = number;
  return { ok: true, input: { ...rest, ...parts }, notes: [...notes, ...leftOut(submitted, parsed.data)] };
}

/** Dates in ISO 8601, and no country whose code means something else in a sheet. */
function readable(submitted: unknown, { timezone = "UTC", isSheet = false }: InputRules): unknown {
  const at = valueOf(submitted, "consent_at");
  const country = valueOf(submitted, "iso_country");
  const isMoment = typeof at === "string" && !isNothing(at);
  const isNoCountry = isSheet && typeof country === "string" && isShortForm(country);
  if (typeof submitted !== "object" || (!isMoment && !isNoCountry)) return submitted;
  return {
    ...submitted,
    ...(isMoment ? { consent_at: isoMoment(at, timezone) } : {}),
    ...(isNoCountry ? { iso_country: null } : {}),
  };
}

/** What was submitted, and was not understood well enough to be kept. */
function leftOut(submitted: unknown, read: Readonly<Record<string, unknown>>): readonly InputFault[] {
  return FIELD_NAMES.filter((field) => read[field] === null && !isBlank(valueOf(submitted, field))).map((field) =>
    fault(field, whyLeftOut(field)),
  );
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "string" && value.trim() === "");
}

function valueOf(submitted: unknown, field: string): unknown {
  return typeof submitted === "object" && submitted !== null ? Reflect.get(submitted, field) : undefined;
}

export type CheckedPair<R> =
  | { readonly input: CheckedInput; readonly resume: R | null; readonly notes: readonly InputFault[] }
  | { readonly faults: readonly InputFault[] };

/** Joins the checks of an import and of its resume (null: it has none). It is accepted only if both are. */
export function withResume<R extends object>(checked: CheckedImport, resume: R | Unacceptable | null): CheckedPair<R> {
  const isBad = resume !== null && "reason" in resume;
  if (checked.ok && !isBad) return { input: checked.input, resume, notes: checked.notes };
  const faults = checked.ok ? [] : checked.faults;
  return { faults: isBad ? [...faults, { field: "resume", reason: resume.reason }] : faults };
}

/** Returns what is wrong with the name of a source; null if it is accepted. */
export function faultOfSource(submitted: string): Text | null {
  const issue = source.safeParse(submitted).error?.issues[0];
  return issue === undefined ? null : reasonOfMessage(issue.message);
}

/** Returns whether this is the name of a field, and not a text of the caller's own. */
export function isFieldName(text: string): boolean {
  return text === "resume" || FIELD_NAMES.some((field) => field === text);
}

function faultsOf(issue: z.core.$ZodIssue): readonly InputFault[] {
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => fault(key.slice(0, 60), "unknown_field"));
  }
  if (field === "") return [fault("import", "not_an_object")];
  const isMissing = issue.code === "invalid_type" && issue.input === undefined;
  const reason = reasonOfMessage(issue.message);
  const isNeeded = field === "email" && (isMissing || reason.en === FAULTS.not_text.en);
  return [isNeeded ? fault(field, "required") : { field, reason }];
}

type Named = Pick<CheckedInput, "email" | "company_id" | "campaign_id">;

/** What an account, its key or its environment does not allow. */
const RULES: readonly (readonly [field: string, FaultCode, isBroken: (input: Named, rules: InputRules) => boolean])[] =
  [
    [
      "company_id",
      "company_of_customer",
      ({ company_id: id }, { accountKind }) => id !== null && accountKind === "customer",
    ],
    [
      "campaign_id",
      "campaign_of_customer",
      ({ campaign_id: id }, { accountKind }) => id !== null && accountKind === "customer",
    ],
    ["import", "no_applicants_scope", (_, { scopes }) => !scopes.includes("applicants_write")],
    [
      "campaign_id",
      "no_applications_scope",
      ({ campaign_id: id }, { accountKind, scopes }) =>
        id !== null && accountKind === "jobboard" && !scopes.includes("applications_write"),
    ],
    [
      "email",
      "reserved_domain",
      ({ email }, { environment }) => environment === "production" && isReservedDomain(email),
    ],
  ];

function accountFaults(input: Named, rules: InputRules): readonly InputFault[] {
  return RULES.filter((rule) => rule[2](input, rules)).map(([field, code]) => fault(field, code));
}
