/** Checks one import as a caller wrote it. Pure: what needs the database is in intake/add.ts. */
import type { z } from "zod";
import type { AccountKind } from "../../kelio.ts";
import { FIELD_NAMES, inputSchema, type CheckedInput, type InputFault } from "./fields.ts";
import { nationalNumber } from "./phone.ts";
import { isReservedDomain } from "./reserved-domains.ts";
import type { Unacceptable } from "./resume.ts";
import { source } from "./values.ts";

/** What the account and its key allow. */
export interface InputRules {
  readonly accountKind: AccountKind;
  readonly environment: "sandbox" | "production";
  /** The scopes of the key. */
  readonly scopes: readonly string[];
}

export type CheckedImport =
  { readonly ok: true; readonly input: CheckedInput } | { readonly ok: false; readonly faults: readonly InputFault[] };

/**
 * Checks one import: types, lengths, formats, and what the kind of account allows. Texts are trimmed, an e-mail address is stored in
 * the form in which addresses are compared (email-key.ts), and a phone becomes country code and national number, as the API wants it.
 */
export function checkImport(submitted: unknown, rules: InputRules, now: () => Date = () => new Date()): CheckedImport {
  const parsed = inputSchema.safeParse(submitted);
  if (!parsed.success) return { ok: false, faults: parsed.error.issues.flatMap(faultsOf) };
  const { phone, ...rest } = parsed.data;
  const number = nationalNumber({ phone, code: rest.phone_code, number: rest.phone_number, country: rest.iso_country });
  const faults = [
    ...("reason" in number ? [number] : []),
    ...accountFaults(rest, rules),
    ...(rest.consent_at !== null && rest.consent_at > now()
      ? [{ field: "consent_at", reason: "lies in the future" }]
      : []),
  ];
  if (faults.length > 0 || "reason" in number) return { ok: false, faults };
  return { ok: true, input: { ...rest, ...number } };
}

export type CheckedPair<R> =
  { readonly input: CheckedInput; readonly resume: R | null } | { readonly faults: readonly InputFault[] };

/** Joins the checks of an import and of its resume (null: it has none). It is accepted only if both are. */
export function withResume<R extends object>(checked: CheckedImport, resume: R | Unacceptable | null): CheckedPair<R> {
  const isBad = resume !== null && "reason" in resume;
  if (checked.ok && !isBad) return { input: checked.input, resume };
  const faults = checked.ok ? [] : checked.faults;
  return { faults: isBad ? [...faults, { field: "resume", reason: resume.reason }] : faults };
}

/** Returns what is wrong with the name of a source; null if it is accepted. */
export function faultOfSource(submitted: string): string | null {
  return source.safeParse(submitted).error?.issues[0]?.message ?? null;
}

/** Returns whether this is the name of a field, and not a text of the caller's own. */
export function isFieldName(text: string): boolean {
  return text === "resume" || FIELD_NAMES.some((field) => field === text);
}

function faultsOf(issue: z.core.$ZodIssue): readonly InputFault[] {
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: key.slice(0, 60), reason: "is not a field of an import" }));
  }
  if (field === "") return [{ field: "import", reason: "must be an object" }];
  const isMissing = issue.code === "invalid_type" && issue.input === undefined;
  const isNeeded = field === "email" && (isMissing || issue.message === "must be text");
  return [{ field, reason: isNeeded ? "is needed" : issue.message }];
}

function accountFaults(
  { email, company_id: company, campaign_id: campaign }: Pick<CheckedInput, "email" | "company_id" | "campaign_id">,
  { accountKind, environment, scopes }: InputRules,
): readonly InputFault[] {
  const isJobboard = accountKind === "jobboard";
  const rules: readonly (readonly [isBroken: boolean, field: string, reason: string])[] = [
    [
      !isJobboard && company !== null,
      "company_id",
      "is for jobboard accounts: a customer's key is for its own company",
    ],
    [
      !isJobboard && campaign !== null,
      "campaign_id",
      "is for jobboard accounts: the API offers a customer no creation of applications",
    ],
    [
      !scopes.includes("applicants_write"),
      "import",
      "cannot be sent: the key has no scope applicants_write (KELIO_SCOPES)",
    ],
    [
      isJobboard && campaign !== null && !scopes.includes("applications_write"),
      "campaign_id",
      "cannot be applied to: the key has no scope applications_write (KELIO_SCOPES)",
    ],
    [
      environment === "production" && isReservedDomain(email),
      "email",
      "is of a domain for examples, tests or throw-away addresses",
    ],
  ];
  return rules.flatMap(([isBroken, field, reason]) => (isBroken ? [{ field, reason }] : []));
}
