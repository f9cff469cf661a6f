import { validate as isCronExpression } from "node-cron";
import { z } from "zod";
import { parseRedisUrl, REDIS_FORMS } from "./redis-url.ts";

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
    .refine(
      (url) => /^postgres(ql)?:\/\/./i.test(url) && URL.canParse(url),
      "postgres://user:password@host:5432/database, special characters percent-encoded",
    )
    .optional(),
  DATA_DIR: z.string().refine((path) => !path.startsWith("~"), "a path written in full: nothing expands ~ here"),
  AUTO_MIGRATE: oneOf("on", "off"),
  REDIS_URL: z
    .string()
    .transform((url, context) => {
      const target = parseRedisUrl(url);
      if (target === null) context.addIssue({ code: "custom", message: REDIS_FORMS });
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
  TIMEZONE: z.string().refine(isTimezone, "the IANA name of a time zone, such as Europe/Paris"),
  LOG_LEVEL: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  LOG_FORMAT: oneOf("pretty", "json").optional(),
});
export type Fields = z.infer<typeof fields>;

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
