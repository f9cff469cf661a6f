/** How the value of a setting is written and what it becomes. The message of each schema says what would be right. */
import { validate as isCronExpression } from "node-cron";
import { z } from "zod";
import { countryCode } from "../platform/countries.ts";
import { loginFault, postgresUrlFault } from "../platform/connection-url.ts";
import { parseRedisUrl, REDIS_FORMS } from "../platform/redis-url.ts";
import { readUrl } from "../platform/url.ts";

const POSTGRES_FORM = "postgres://user:password@host:5432/database, special characters percent-encoded";

/** One of several words, in either case. */
export function oneOf<const T extends readonly [string, ...string[]]>(...allowed: T) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(allowed, allowed.join(" or ")));
}

/** A text that matches `pattern`; `wanted` says what that is. */
export function text(pattern: RegExp, wanted: string) {
  return z.string().regex(pattern, wanted);
}

/** A token that a program sends. */
export const bearerToken = text(
  /^[\x21-\x7e]{24,}$/,
  "at least 24 plain characters without a space, such as openssl rand -hex 32 prints",
);

/** A password that a browser asks for. */
export const pagePassword = text(/^\P{Cc}{12,200}$/u, "12 to 200 characters, such as openssl rand -base64 18 prints");

/** A text that `read` turns into something; undefined: it cannot, and `wanted` says what would be right. */
export function parsed<T>(read: (text: string) => T | undefined, wanted: string | ((text: string) => string)) {
  return z.string().transform((value, context): T => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: "custom", message: typeof wanted === "string" ? wanted : wanted(value) });
    return z.NEVER;
  });
}

/** A whole number without a sign. */
export function wholeNumber(least: number, most = 999_999_999, wanted?: string) {
  const limits = most === 999_999_999 ? `of at least ${least}` : `from ${least} to ${most}`;
  return parsed(
    (value) => {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
      return number >= least && number <= most ? number : undefined;
    },
    wanted ?? `a whole number ${limits}`,
  );
}

/** A cron expression; `off` becomes null. */
export function cron() {
  return parsed(
    (value) => (value === "off" ? null : isCronExpression(value) ? value : undefined),
    'a cron expression such as "0 2 * * *" (minute hour day month weekday), or off',
  );
}

/** The names of a list separated by commas, without spaces and empty entries. */
export function namesOf(list: string): readonly string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

export const postgresUrl = z.string().superRefine((url, context) => {
  const isPostgres = /^postgres(ql)?:\/\/./i.test(url);
  const fault = isPostgres ? postgresUrlFault(url) : null;
  const message = fault ?? (isPostgres && readUrl(url) !== null ? null : POSTGRES_FORM);
  if (message !== null) context.addIssue({ code: "custom", message });
});

export const redisUrl = parsed(
  (url) => parseRedisUrl(url) ?? undefined,
  (url) => (/^rediss?(\+(sentinel|cluster))?:\/\//i.test(url) ? loginFault(url) : null) ?? REDIS_FORMS,
);

/** `France` or `fra` becomes `FR`. */
export const country = parsed((name) => countryCode(name) ?? undefined, "a country by its name or code, such as FR");

export const timezone = z.string().refine(isTimezone, "the IANA name of a time zone, such as Europe/Paris");

/** Part of the day, in minutes since midnight; it may pass midnight. */
interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** `20:00-08:00`; `off` becomes null. */
export const quietHours = parsed(
  (hours) => (hours === "off" ? null : parseQuietHours(hours)),
  "two times of day such as 20:00-08:00, or off",
);

/** `pdf=application/pdf,docx=docx`: by the kind that a file's signature shows, the `mime_type` that is sent to the API. */
export const resumeTypes = parsed(parseResumeTypes, "pairs such as pdf=pdf,docx=docx");

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function parseQuietHours(hours: string): QuietHours | undefined {
  const [, fromHour, fromMinute, toHour, toMinute] =
    /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/.exec(hours) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return Number.isNaN(from + to) || from === to ? undefined : { from, to };
}

function parseResumeTypes(list: string): Readonly<Record<string, string>> | undefined {
  const pairs = list.split(",").map((pair) => /^\s*([a-z0-9]+)\s*=\s*([\w./+-]+)\s*$/i.exec(pair));
  const entries = pairs.flatMap((pair) => (pair === null ? [] : [[(pair[1] ?? "").toLowerCase(), pair[2] ?? ""]]));
  return entries.length === pairs.length ? Object.fromEntries(entries) : undefined;
}
