/** Schemas of single values as callers write them: text, addresses, dates, flags, ids. Their messages are those of faults.ts. */
import { z } from "zod";
import { emailKey } from "../../platform/email-key.ts";
import { comparable, tidy } from "../../platform/comparable.ts";
import { countryCode } from "../../platform/countries.ts";
import { languageCode } from "../../platform/languages.ts";
import { message, type FaultCode } from "./faults.ts";
import { isLink } from "./link.ts";
import { isDayNumber, isTwoDates } from "./moment.ts";
import { isNothing } from "./nothing.ts";
import { isShortened } from "./phone-text.ts";
import { readUrl } from "../../platform/url.ts";

const ID = message("id");
const MOMENT = message("moment");
const FLAG = message("flag");
const CONTROL = /(?![\n\t])\p{Cc}/u;
/** A value that a spreadsheet would run as a formula; no name of a person looks like this. */
const FORMULA = /^[\t\r']?(?:=|[+@-]\s*[\w(])/;
/** What a web page writes for a letter, such as `&eacute;` or `&#233;`. */
const ENTITY = /&(?:#\d{2,5}|#x[\da-f]{2,5}|[a-z]{2,8});/i;
/** A letter that a conversion to another encoding replaced. */
const LOST_LETTER = /\p{L}\?\p{L}/u;
/** The languages that the API knows. */
const LANGUAGES = ["fr", "en", "es"] as const;

const YES_WORDS = new Set(
  "true 1 1.0 1,0 yes y oui o vrai on ok accepté acceptée j'accepte j’accepte coché cochée checked x ✓ ✔ ☑ ✅".split(
    " ",
  ),
);
const NO_WORDS = new Set("false 0 0.0 0,0 no n non faux off refusé refusée refus décoché unchecked ☐".split(" "));

/** Refuses a value, with the message of a fault. */
export function refuse(context: z.RefinementCtx, text: string): never {
  context.addIssue({ code: "custom", message: text });
  return z.NEVER;
}

/** A value that may be left out: an empty one, or one that says that there is none, becomes null. */
export const optional = <S extends z.ZodType>(schema: S, isNone: (value: unknown) => boolean = isNothing) =>
  z.preprocess((value) => (value === undefined || isNone(value) ? null : value), schema.nullable());

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

/** A text of one line, as `tidy` writes it. */
export const line = (most: number) =>
  z.preprocess((value) => (typeof value === "string" && !CONTROL.test(value) ? tidy(value) : value), text(most));

/** The 0 that a spreadsheet makes of an empty cell is no name. */
const ZERO = /^[0\p{P}\p{S}\s]*$/u;
const NO_NAMES: readonly (readonly [RegExp, FaultCode])[] = [
  [FORMULA, "formula"],
  [/^#/, "spreadsheet_error"],
  [LOST_LETTER, "lost_letter"],
  [ENTITY, "html_entity"],
  [/^\P{L}*$|[@<>{}[\]\\%]|:\/\//u, "no_name"],
];

export const name = line(200).transform((value, context) => {
  if (ZERO.test(value) && !FORMULA.test(value)) return null;
  const code = NO_NAMES.find((one) => one[0].test(value))?.[1];
  if (code === undefined) return value;
  return refuse(context, message(code));
});

/** A label that people choose: any text of one line. */
export const source = z
  .unknown()
  .refine((value) => typeof value !== "string" || !/\p{Cc}/u.test(value), message("control_characters"))
  .pipe(line(200))
  .refine((value) => value !== "", message("required"));

const ID_DIGITS = /^[1-9]\d{0,17}$/;

export const id = z.union([z.string(), z.int(ID)], { error: ID }).transform((value, context) => {
  const submitted = String(value);
  const written = ID_DIGITS.test(submitted) || typeof value === "number" ? submitted : numberOf(submitted);
  if (ID_DIGITS.test(written)) return written;
  return refuse(context, isShortened(written) ? message("number_shortened") : ID);
});

/**
 * A whole number as spreadsheets and SAP show it: `1 127`, `1’127`, `127,00`, `N° 127`, `0000127`. Not `1.127`, which may be a fraction.
 */
function numberOf(written: string): string {
  return tidy(written.normalize("NFKC"))
    .replace(/^(?:['#]|n[°o]\.?)\s*(?=\d)/i, "")
    .replace(/^0+(?=[1-9])|\s*[;,]+$/g, "")
    .replaceAll(/(?<=\d)[’'](?=\d{3}(\D|$))/g, " ")
    .replace(/^(\d{1,3}( \d{3})+|\d+)[.,]0{1,2}$/, "$1")
    .replace(/^\d{1,3}( \d{3})+$/, (grouped) => grouped.replaceAll(" ", ""));
}

/** A country by its name or code; null: none that is known. */
export const country = line(200).transform(countryCode);

/** A language by its name or tag; null: none that the API knows. */
export const language = line(200).transform((value) => {
  const code = languageCode(value, LANGUAGES);
  return LANGUAGES.find((one) => one === code) ?? null;
});

export const url = text(2_000)
  .transform((value) => (/^[a-z]+:/i.test(value) || !isLink(value) ? value : `https://${value}`))
  .refine((value) => /^https?:$/.test(readUrl(value)?.protocol ?? ""), message("url"));

export const flag = z.union([z.boolean(), z.string(), z.number()], { error: FLAG }).transform((value, context) => {
  const written = comparable(String(value));
  if (YES_WORDS.has(written)) return true;
  if (NO_WORDS.has(written)) return false;
  return refuse(context, FLAG);
});

/** What nearly all cells hold: nothing stands around the address. */
const BARE = /^[\w.+-]+@[\w.-]*\w$/;
// Created once, because a file may hold a million addresses.
const address = z.email();

/**
 * An address without what people, mail programs and spreadsheets put around it: a name, a label, `mailto:`, `<` and `>`, quotation marks,
 * a final `;`.
 */
function bareAddress(written: string): string {
  return written
    .replace(/^[^<>@]*\s<([^<>]*)>[\s;,]*$/su, "$1")
    .replace(/^[^()@]*\s\(([^()]*@[^()]*)\)$/su, "$1")
    .replace(/\s\([^()@]*\)$/u, "")
    .replace(/^(?:e-?mail|mail|courriel)\s*:\s*/iu, "")
    .replace(/^[\s"'‘“«<]*mailto:([^?]*).*$/isu, "$1")
    .replace(/^[\s"'‘“«<]+/u, "")
    .replace(/[\s"'’”»>;,]+$/u, "");
}

/** The address of a cell that holds it twice, as a mail program copies it: `lea@example.org <lea@example.org>`. */
function onlyOne(written: string): string {
  const parts = written.split(/[\s;,/|<>[\]()]+|mailto:/i).filter((part) => part !== "");
  const [first = written, ...others] = new Set(parts.map((part) => part.toLowerCase()));
  return parts.length > 1 && others.length === 0 ? first : written;
}

/** The one address that somebody gave who was asked for one, whether or not mail can reach it; null: there is none, or more text. */
export function addressIn(written: string): string | null {
  const value = bareAddress(onlyOne(written.trim()));
  const shown = value.normalize("NFKC").replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, "");
  return /^[^\s<>()[\]",;@]+@[^\s<>()[\]",;@]+$/u.test(shown.trim()) ? value : null;
}

/** An e-mail address, in the form in which addresses are compared (email-key.ts). */
export const email = text(254).transform((written, context) => {
  const isBare = BARE.test(written);
  const value = isBare ? written : bareAddress(onlyOne(written));
  const key = emailKey(value);
  const [local = "", , ...more] = key.split("@");
  // Spaces around an address are dropped; a space inside is a typing error.
  const hasGap = !isBare && /\s/.test(value.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "").trim());
  if (more.length === 0 && !hasGap && /^[\x21-\x7e]+$/.test(local) && address.safeParse(key).success) return key;
  const isSeveral = value.split(/[\s;,/|]+/).filter((part) => part.includes("@")).length > 1;
  const code = isSeveral
    ? "email_several"
    : value.includes("@") && /[^\x20-\x7e]/.test(local)
      ? "email_letters"
      : "email";
  return refuse(context, message(code));
});

/** A date, or a date and time (moment.ts says in which spellings); in TIMEZONE unless it names an offset. */
export const moment = z.union([z.string(), z.date()], { error: MOMENT }).transform((value, context) => {
  const date = value instanceof Date ? value : readMoment(value.trim());
  const isDate = date !== null && !Number.isNaN(date.getTime());
  if (isDate && date.getUTCFullYear() >= 2000) return date;
  return refuse(context, isDate ? message("too_early") : whyNoMoment(String(value)));
});

function whyNoMoment(value: string): string {
  if (isDayNumber(value)) return message("day_number");
  return isTwoDates(value) ? message("two_dates") : MOMENT;
}

function readMoment(value: string): Date | null {
  const [, day, time = "00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(value) ?? [];
  if (day === undefined) return null;
  // JavaScript reads 31 February as 3 March.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return null;
  return new Date(`${day}T${time}${zone}`);
}
