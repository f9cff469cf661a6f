/** Schemas of single values as callers write them: text, addresses, dates, flags, ids. Their messages are those of faults.ts. */
import { z } from "zod";
import { emailKey } from "../../mirror/email-key.ts";
import { message } from "./faults.ts";

const COUNTRY = message("country");
const ID = message("id");
const MOMENT = message("moment");
const FLAG = message("flag");
const CONTROL = /(?![\n\t])\p{Cc}/u;
/** A value that a spreadsheet would run as a formula; no name of a person looks like this. */
const FORMULA = /^[\t\r']?[=+@-]\s*[\w(]/;

const YES_WORDS = new Set(["true", "1", "yes", "y", "oui", "o", "vrai"]);
const NO_WORDS = new Set(["false", "0", "no", "n", "non", "faux"]);

/** A value that may be left out: an empty one counts as left out, and becomes null. */
export const optional = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (value) => (value === undefined || (typeof value === "string" && value.trim() === "") ? null : value),
    schema.nullable(),
  );

/** Trimmed text of at most `most` characters. JSON may hold a number instead. */
export const text = (most: number) =>
  z.preprocess(
    (value) => (typeof value === "number" ? String(value) : value),
    z
      .string(message("not_text"))
      .normalize("NFC")
      .trim()
      .max(most, message("too_long", { most }))
      .refine((value) => !CONTROL.test(value), message("control_characters"))
      // JSON can carry half a surrogate pair; Postgres refuses it.
      .refine((value) => value.isWellFormed(), message("half_character")),
  );

/** One of these words, in any case. */
export const word = <const T extends readonly [string, ...string[]]>(...words: T) => {
  const wanted = message("not_a_word", { words: words.join(" or "), mots: words.join(" ou ") });
  return z.string(wanted).trim().toLowerCase().pipe(z.enum(words, wanted));
};

export const name = text(200).refine((value) => !FORMULA.test(value), message("formula"));

export const source = z
  .string()
  .trim()
  .regex(/^[\w .:/-]{1,60}$/, message("source"));

export const id = z
  .union([z.string().trim(), z.int(ID)], { error: ID })
  .transform(String)
  .refine((value) => /^[1-9]\d{0,17}$/.test(value), ID);

export const country = z
  .string(COUNTRY)
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{2}$/, COUNTRY);

export const url = text(2_000).refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  message("url"),
);

export const flag = z.union([z.boolean(), z.string(), z.number()], { error: FLAG }).transform((value, context) => {
  const written = String(value).trim().toLowerCase();
  if (YES_WORDS.has(written)) return true;
  if (NO_WORDS.has(written)) return false;
  context.addIssue({ code: "custom", message: FLAG });
  return z.NEVER;
});

// Created once, because a file may hold a million addresses.
const address = z.email();

/** An e-mail address, in the form in which addresses are compared (email-key.ts). */
export const email = text(254).transform((value, context) => {
  const key = emailKey(value);
  const [local = "", , ...more] = key.split("@");
  // Spaces around an address are dropped; a space inside is a typing error.
  const hasGap = /\s/.test(value.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "").trim());
  if (more.length === 0 && !hasGap && /^[\x21-\x7e]+$/.test(local) && address.safeParse(key).success) return key;
  const code = /[^\x20-\x7e]/.test(local) ? "email_letters" : "email";
  context.addIssue({ code: "custom", message: message(code) });
  return z.NEVER;
});

/** A date, or a date and time in ISO 8601; UTC unless it names an offset. */
export const moment = z.union([z.string(), z.date()], { error: MOMENT }).transform((value, context) => {
  const date = value instanceof Date ? value : readMoment(value.trim());
  const isDate = date !== null && !Number.isNaN(date.getTime());
  if (isDate && date.getUTCFullYear() >= 2000) return date;
  context.addIssue({ code: "custom", message: isDate ? message("too_early") : MOMENT });
  return z.NEVER;
});

function readMoment(value: string): Date | null {
  const [, day, time = "00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(value) ?? [];
  if (day === undefined) return null;
  // JavaScript reads 31 February as 3 March.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return null;
  return new Date(`${day}T${time}${zone}`);
}
