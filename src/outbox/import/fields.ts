/** One import as a caller writes it, checked field by field. Pure: what needs the database is in add.ts. */
import { z } from "zod";
import { emailKey } from "../../mirror/email-key.ts";
import { nationalNumber } from "./phone.ts";
import { isReservedDomain } from "./reserved-domains.ts";

/** A field that cannot be accepted, and why; the reason holds nothing of what was submitted. */
export interface InputFault {
  readonly field: string;
  readonly reason: string;
}

/** What may be asked of this account. */
export interface InputRules {
  readonly accountKind: "customer" | "jobboard";
  readonly environment: "sandbox" | "production";
  /** The scopes of the key. */
  readonly scopes: readonly string[];
}

const MOST = { name: 200, url: 2_000, key: 200, text: 5_000 } as const;
const COUNTRY = "must be a country's two letters, such as FR";
const ID = "must be a whole number above 0";
const NO_CONTROLS = "must not hold control characters";
const CONTROL = /(?![\n\t])\p{Cc}/u;
// A cell that a spreadsheet would run; such a value is never a person's name.
const FORMULA = /^[\t\r']?[=+@-]\s*[\w(]/;

const YES = new Set(["true", "1", "yes", "y", "oui", "o", "vrai"]);
const NO_WORDS = new Set(["false", "0", "no", "n", "non", "faux"]);

/** Trimmed text; a number of JSON is as good. */
const text = (most: number) =>
  z.preprocess(
    (value) => (typeof value === "number" ? String(value) : value),
    z
      .string("must be text")
      .normalize("NFC")
      .trim()
      .max(most, `must have at most ${most} characters`)
      .refine((value) => !CONTROL.test(value), NO_CONTROLS)
      // Half a surrogate pair: JSON carries it, Postgres refuses it.
      .refine((value) => value.isWellFormed(), "must hold whole characters"),
  );
const word = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z
    .string(`must be ${words.join(" or ")}`)
    .trim()
    .toLowerCase()
    .pipe(z.enum(words, `must be ${words.join(" or ")}`));
/** Empty counts as not submitted, and what is not submitted is null. */
const optional = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (value) => (value === undefined || (typeof value === "string" && value.trim() === "") ? null : value),
    schema.nullable(),
  );

const name = text(MOST.name).refine(
  (value) => !FORMULA.test(value),
  "looks like a formula of a spreadsheet, not like a name",
);
const id = z
  .union([z.string().trim(), z.int(ID)], { error: ID })
  .transform(String)
  .refine((value) => /^[1-9]\d{0,17}$/.test(value), ID);
const flag = z
  .union([z.boolean(), z.string(), z.number()], { error: "must be true or false" })
  .transform((value, context) => {
    const said = String(value).trim().toLowerCase();
    if (YES.has(said)) return true;
    if (NO_WORDS.has(said)) return false;
    context.addIssue({ code: "custom", message: "must be true or false" });
    return z.NEVER;
  });
const url = text(MOST.url).refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  "must be a http(s) URL",
);
const moment = z
  .union([z.string(), z.date()], { error: "must be a date and time such as 2026-11-24T10:00:00Z" })
  .transform((value, context) => {
    const read = readMoment(value);
    if (typeof read !== "string") return read;
    context.addIssue({ code: "custom", message: read });
    return z.NEVER;
  });

// Made once: a file has a million addresses.
const address = z.email();
const email = text(254).transform((value, context) => {
  const key = emailKey(value);
  const [local = "", , ...more] = key.split("@");
  // Spaces around an address mean nothing; one inside is a typing error.
  const hasGap = /\s/.test(value.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "").trim());
  if (more.length === 0 && !hasGap && /^[\x21-\x7e]+$/.test(local) && address.safeParse(key).success) return key;
  const message = /[^\x20-\x7e]/.test(local)
    ? "must have plain letters before the @: the API is not known to accept others"
    : "must be an e-mail address";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const source = z
  .string()
  .trim()
  .regex(/^[\w .:/-]{1,60}$/, "must be 1 to 60 letters, digits, spaces or . : / - _");

/** What is wrong with the name of a source; null: nothing. */
export function faultOfSource(submitted: string): string | null {
  return source.safeParse(submitted).error?.issues[0]?.message ?? null;
}

/** By the names of the API reference (9.4), and ours for the key, the campaign and the evidence of consent. */
const fields = z.strictObject({
  key: optional(text(MOST.key)),
  source: optional(source),
  company_id: optional(id),
  campaign_id: optional(id),
  email,
  first_name: optional(name),
  last_name: optional(name),
  locale: optional(word("fr", "en", "es")),
  phone: optional(text(40)),
  phone_code: optional(text(10)),
  phone_number: optional(text(40)),
  iso_country: optional(
    z
      .string(COUNTRY)
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{2}$/, COUNTRY),
  ),
  avatar_url: optional(url),
  bio_url: optional(url),
  is_partner_newsletter_active: optional(flag),
  is_campaign_alert_active: optional(flag),
  is_legals_accepted_by_manager: optional(flag),
  consent_at: optional(moment),
  consent_how: optional(text(MOST.text)),
  consent_wording: optional(text(MOST.text)),
});

export type InputField = keyof z.infer<typeof fields>;
/** The names that a caller may use, in the order of the reference. */
export const INPUT_FIELDS: readonly InputField[] = fields.keyof().options;

/** The shape of an import, for documents about it. */
export const inputSchema = fields;

/** An import that may be written to the outbox, as its columns store it; what was not submitted is null. */
export type CheckedInput = Omit<z.infer<typeof fields>, "phone">;

export type CheckedImport =
  { readonly ok: true; readonly input: CheckedInput } | { readonly ok: false; readonly faults: readonly InputFault[] };

/**
 * Checks one import: types, lengths, formats, and what the kind of account allows. Texts are trimmed, an e-mail is stored in its
 * comparable form (email-key.ts), a phone becomes country code and national number, as the API wants them. A field of another
 * name is a fault: a typing error must not lose what it was to say.
 */
export function checkImport(submitted: unknown, rules: InputRules, now: () => Date = () => new Date()): CheckedImport {
  const parsed = fields.safeParse(submitted);
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

function faultsOf(issue: z.core.$ZodIssue): readonly InputFault[] {
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: key.slice(0, 60), reason: "is not a field of an import" }));
  }
  if (field === "") return [{ field: "import", reason: "must be an object" }];
  const isMissing = issue.code === "invalid_type" && issue.input === undefined && field === "email";
  return [
    {
      field,
      reason: isMissing || (issue.message === "must be text" && field === "email") ? "is needed" : issue.message,
    },
  ];
}

function accountFaults(
  {
    email: submitted,
    company_id: company,
    campaign_id: campaign,
  }: { email: string; company_id: string | null; campaign_id: string | null },
  { accountKind, environment, scopes }: InputRules,
): readonly InputFault[] {
  const faults: InputFault[] = [];
  if (accountKind === "customer" && company !== null) {
    faults.push({ field: "company_id", reason: "is for jobboard accounts: a customer's key is for its own company" });
  }
  if (accountKind === "customer" && campaign !== null) {
    faults.push({
      field: "campaign_id",
      reason: "is for jobboard accounts: the API offers a customer no creation of applications",
    });
  }
  if (!scopes.includes("applicants_write")) {
    faults.push({ field: "import", reason: "cannot be sent: the key has no scope applicants_write (KELIO_SCOPES)" });
  }
  if (accountKind === "jobboard" && campaign !== null && !scopes.includes("applications_write")) {
    faults.push({
      field: "campaign_id",
      reason: "cannot be applied to: the key has no scope applications_write (KELIO_SCOPES)",
    });
  }
  if (environment === "production" && isReservedDomain(submitted)) {
    faults.push({ field: "email", reason: "is of a domain for examples, tests or throw-away addresses" });
  }
  return faults;
}

/** A moment, or what is wrong with it. */
function readMoment(value: string | Date): Date | string {
  const date = value instanceof Date ? value : readText(value.trim());
  if (date === null || Number.isNaN(date.getTime())) return "must be a date and time such as 2026-11-24T10:00:00Z";
  return date.getUTCFullYear() < 2000 ? "lies before the year 2000" : date;
}

function readText(value: string): Date | null {
  const [, day, time = "00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(value) ?? [];
  if (day === undefined) return null;
  // JavaScript reads the 31st of February as the 3rd of March.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return null;
  return new Date(`${day}T${time}${zone}`);
}
