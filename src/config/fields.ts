import { validate as isCronExpression } from "node-cron";
import { z } from "zod";
import { loginFault } from "./connection-url.ts";
import { parseRedisUrl, REDIS_FORMS } from "./redis-url.ts";

const POSTGRES_FORM = "postgres://user:password@host:5432/database, special characters percent-encoded";

const cron = z
  .string()
  .refine(
    (text) => text === "off" || isCronExpression(text),
    'a cron expression such as "0 2 * * *" (minute hour day month weekday), or off',
  );

/** Each setting alone: what it must be, and what it becomes. The message of an issue says what would be right. */
export const fields = z.object({
  KELIO_ACCOUNT: z.string().regex(/^[a-z0-9_-]{1,40}$/, "1 to 40 of a-z, 0-9, _ and -"),
  KELIO_ACCOUNT_KIND: oneOf("customer", "jobboard"),
  KELIO_ENVIRONMENT: oneOf("sandbox", "production"),
  KELIO_PRIVATE_KEY: z.string().optional(),
  KELIO_SECRET_KEY: z.string().optional(),
  KELIO_API_URL: z.string().optional(),
  KELIO_AUDIENCE: z.string().optional(),
  KELIO_TOKEN_SOURCE: oneOf("sign", "endpoint"),
  KELIO_REQUESTS_PER_MINUTE: z
    .string()
    .regex(/^0*[1-9]\d{0,6}$/, "a whole number of at least 1")
    .transform(Number),
  DATABASE_URL: z
    .string()
    .superRefine((url, context) => {
      const isPostgres = /^postgres(ql)?:\/\/./i.test(url);
      const message = isPostgres ? loginFault(url) : null;
      if (message !== null) context.addIssue({ code: "custom", message });
      else if (!isPostgres || !URL.canParse(url)) context.addIssue({ code: "custom", message: POSTGRES_FORM });
    })
    .optional(),
  DATA_DIR: z.string().refine((path) => !path.startsWith("~"), "a path written in full: nothing expands ~ here"),
  AUTO_MIGRATE: oneOf("on", "off"),
  REDIS_URL: z
    .string()
    .transform((url, context) => {
      const target = parseRedisUrl(url);
      if (target === null) {
        const message = /^rediss?(\+(sentinel|cluster))?:\/\//i.test(url) ? loginFault(url) : null;
        context.addIssue({ code: "custom", message: message ?? REDIS_FORMS });
      }
      return target;
    })
    .optional(),
  CAMPAIGNS_CRON: cron,
  APPLICATIONS_CRON: cron,
  APPLICANTS_CRON: cron,
  ORGANISATION_CRON: cron,
  INCREMENTAL_CRON: cron,
  DETAIL_REQUESTS_PER_RUN: z
    .string()
    .regex(/^\d{1,6}$/, "a whole number, 0 to ask for none")
    .transform(Number),
  ALLOW_PRODUCTION_WRITES: oneOf("yes", "no"),
  KELIO_COMPANY_ID: z
    .string()
    .regex(/^[1-9]\d{0,17}$/, "the number of a company")
    .optional(),
  HTTP_PORT: z
    .string()
    .regex(/^\d{1,5}$/, "a port from 0 to 65535; 0 picks a free one")
    .transform(Number)
    .refine((port) => port <= 65_535, "a port from 0 to 65535; 0 picks a free one")
    .optional(),
  HTTP_HOST: z.string().regex(/^[\w.:-]+$/, "an address of this machine, such as 127.0.0.1 or 0.0.0.0"),
  IMPORT_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{24,}$/, "at least 24 plain characters without a space, such as openssl rand -hex 32 gives")
    .optional(),
  IMPORTS_PER_HOUR: wholeNumber(1).optional(),
  IMPORTS_PER_DAY: wholeNumber(1).optional(),
  QUIET_HOURS: z.string().transform((text, context) => {
    if (text === "off") return null;
    const hours = parseQuietHours(text);
    if (hours === null) context.addIssue({ code: "custom", message: "two times of day such as 20:00-08:00, or off" });
    return hours;
  }),
  SOURCE_APPROVAL: wholeNumber(0),
  UNKNOWN_WAIT_SECONDS: wholeNumber(60),
  RESUME_TYPES: z.string().transform((text, context) => {
    const types = parseResumeTypes(text);
    if (types === null) context.addIssue({ code: "custom", message: "pairs such as pdf=pdf,docx=docx" });
    return types ?? {};
  }),
  RESUME_MAX_BYTES: wholeNumber(1, 20_000_000),
  RESUME_RETENTION_DAYS: wholeNumber(0),
  IMPORT_RETENTION_DAYS: wholeNumber(0),
  TIMEZONE: z.string().refine(isTimezone, "the IANA name of a time zone, such as Europe/Paris"),
  LOG_LEVEL: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  LOG_FORMAT: oneOf("pretty", "json").optional(),
});
export type Fields = z.infer<typeof fields>;

function wholeNumber(least: number, most = 999_999_999) {
  const limit = most === 999_999_999 ? `of at least ${least}` : `from ${least} to ${most}`;
  const message = `a whole number ${limit}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

/** A stretch of the day, in minutes since midnight; it may pass midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

function parseQuietHours(text: string): QuietHours | null {
  const [, fromHour, fromMinute, toHour, toMinute] =
    /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return Number.isNaN(from + to) || from === to ? null : { from, to };
}

function parseResumeTypes(text: string): Readonly<Record<string, string>> | null {
  const pairs = text.split(",").map((pair) => /^\s*([a-z0-9]+)\s*=\s*([\w./+-]+)\s*$/i.exec(pair));
  const entries = pairs.flatMap((pair) => (pair === null ? [] : [[(pair[1] ?? "").toLowerCase(), pair[2] ?? ""]]));
  return entries.length === pairs.length ? Object.fromEntries(entries) : null;
}

function oneOf<const T extends readonly [string, ...string[]]>(...allowed: T) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(allowed, allowed.join(" or ")));
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
