/** The table of settings: everything that is read from the environment. */
import { isAbsolute } from "node:path";
import { z } from "zod";
import { LANGUAGES } from "../platform/language.ts";
import {
  country,
  cron,
  namesOf,
  oneOf,
  parsed,
  postgresUrl,
  quietHours,
  redisUrl,
  resumeTypes,
  text,
  timezone,
  wholeNumber,
} from "./formats.ts";
import { facts, optional, setting, type SettingFacts } from "./setting.ts";
import { retention } from "./retention.ts";
import { serverSettings } from "./server-settings.ts";
import { noticeSettings } from "./notice-settings.ts";
import { privacySettings } from "./privacy-settings.ts";

/** Each setting with its schema, in the order in which they are shown. */
export const settings = z.object({
  KELIO_ACCOUNT: setting(text(/^[a-z0-9_-]{1,40}$/, "1 to 40 of a-z, 0-9, _ and -"), {
    default: "default",
    meaning: "Short key of this account in every table: 1 to 40 of a-z, 0-9, _ and -",
  }),
  KELIO_ACCOUNT_KIND: setting(oneOf("customer", "jobboard"), {
    default: "customer",
    meaning: "customer (one company and its own data) or jobboard (a partner that sends candidates)",
  }),
  KELIO_ENVIRONMENT: setting(oneOf("sandbox", "production"), {
    default: "sandbox",
    meaning: "sandbox or production: where requests go. Writes to production reach real people",
  }),
  KELIO_PRIVATE_KEY: optional(z.string(), {
    example: "your-private-key",
    secret: true,
    meaning: "The private key that the vendor sent by e-mail (it identifies you; looks like a UUID)",
  }),
  KELIO_SECRET_KEY: optional(z.string(), {
    example: "your-secret-encryption-key",
    secret: true,
    meaning: "The secret encryption key that the vendor sent with it (it signs the tokens)",
  }),
  KELIO_API_URL: optional(z.string(), {
    example: "https://sandbox.talentview.fr/v2",
    meaning:
      "Another base URL of the API, with its path; only together with KELIO_AUDIENCE. Unset: that of KELIO_ENVIRONMENT",
  }),
  KELIO_AUDIENCE: optional(z.string(), {
    example: "https://sandbox.talentview.fr",
    meaning: "The audience of the tokens for KELIO_API_URL: an origin without path. Unset: that of KELIO_ENVIRONMENT",
  }),
  KELIO_TOKEN_SOURCE: setting(oneOf("sign", "endpoint"), {
    default: "sign",
    meaning: "sign (tokens are signed here, which costs no request) or endpoint (they are fetched from POST /jwt)",
  }),
  KELIO_SCOPES: optional(parsed(namesOf, ""), {
    example: "campaigns_read,applications_read",
    meaning: "The scopes granted to your key, separated by commas. Unset: all scopes of its kind",
  }),
  KELIO_REQUESTS_PER_MINUTE: setting(wholeNumber(1), {
    default: "120",
    meaning: "Requests in any rolling minute, all processes together: at most 120, the quota of the vendor",
  }),
  HTTPS_PROXY: optional(z.string(), {
    example: "http://user:password@proxy.example.org:3128",
    secret: true,
    meaning: "The HTTP proxy through which the API is reached, by a tunnel (CONNECT). Unset: HTTP_PROXY",
  }),
  HTTP_PROXY: optional(z.string(), {
    example: "http://proxy.example.org:3128",
    secret: true,
    meaning: "The proxy where HTTPS_PROXY is unset. Unset as well: the API is reached directly",
  }),
  NO_PROXY: optional(z.string(), {
    example: "localhost,.example.org",
    meaning:
      "Hosts that are reached without the proxy, and those below them, or networks such as 10.0.0.0/8, separated by commas; *: all",
  }),
  DATABASE_URL: optional(postgresUrl, {
    example: "postgres://applicant_sync:password@db.example.org:5432/applicant_sync",
    secret: true,
    meaning: "The Postgres to use. Unset: an embedded one is started, with its files in DATA_DIR",
  }),
  DATABASE_PASSWORD: optional(z.string(), {
    example: "your-database-password",
    secret: true,
    meaning: "The password for DATABASE_URL, written as it is, where the URL has none",
  }),
  COPY_TO_URL: optional(postgresUrl, {
    example: "postgres://applicant_sync:password@new-db.example.org:5432/applicant_sync",
    secret: true,
    meaning: "The empty Postgres that database copy-to copies into; only that command reads it",
  }),
  DATA_DIR: setting(
    z.string().refine((path) => !/^~|\$/.test(path), "a path written in full: ~ and $ are not expanded here"),
    {
      default: ".applicant-sync",
      meaning: "Directory of the embedded Postgres, and of the watermark that shows whether a database was restored",
    },
  ),
  AUTO_MIGRATE: setting(oneOf("on", "off"), {
    default: "on",
    meaning: "on (pending migrations are applied before any command that needs the database) or off",
  }),
  REDIS_URL: optional(redisUrl, {
    example: "redis://:password@redis.example.org:6379/0",
    secret: true,
    meaning:
      "The Redis that keeps the queue: redis://, rediss:// (TLS), redis+sentinel://host,host/master-name or redis+cluster://host,host. Unset: the queue is kept in Postgres",
  }),
  CAMPAIGNS_CRON: setting(cron(), {
    default: "0 2 * * *",
    meaning: "When campaigns are synchronised in full: a cron expression, or off",
  }),
  APPLICATIONS_CRON: setting(cron(), {
    default: "10 2 * * *",
    meaning: "When applications are synchronised in full: a cron expression, or off",
  }),
  APPLICANTS_CRON: setting(cron(), {
    default: "20 2 * * *",
    meaning: "When applicants of a customer account are synchronised in full: a cron expression, or off",
  }),
  ORGANISATION_CRON: setting(cron(), {
    default: "30 2 * * *",
    meaning: "When managers, entities and units of a customer account are synchronised: a cron expression, or off",
  }),
  INCREMENTAL_CRON: setting(cron(), {
    default: "*/15 8-19 * * 1-5",
    meaning: "When new rows of campaigns and applications are fetched between full syncs: a cron expression, or off",
  }),
  DETAIL_REQUESTS_PER_RUN: setting(wholeNumber(0, 999_999, "a whole number, 0 to ask for none"), {
    default: "200",
    meaning: "Rows that one run requests one by one where lists bring no embedded data; 0: none",
  }),
  ALLOW_PRODUCTION_WRITES: setting(oneOf("yes", "no"), {
    default: "no",
    meaning: "yes, or no: imports to production are held back. Each creation there may e-mail a real person",
  }),
  KELIO_COMPANY_ID: optional(text(/^[1-9]\d{0,17}$/, "the number of a company"), {
    example: "42",
    meaning: "The company of imports that name none (jobboard accounts). Unset: that of the campaign",
  }),
  DEFAULT_COUNTRY: optional(country, {
    example: "FR",
    meaning:
      "The country of phone numbers that name none, such as 06 42 42 42 42: its name or code. Unset: that of the campaign",
  }),
  ...serverSettings,
  IMPORTS_PER_HOUR: optional(wholeNumber(1), {
    example: "500",
    meaning: "Applicants created in any rolling hour at most. Unset: as many as the quota allows",
  }),
  IMPORTS_PER_DAY: optional(wholeNumber(1), {
    example: "2000",
    meaning: "Applicants created in any rolling day at most. Unset: as many as the quota allows",
  }),
  QUIET_HOURS: setting(quietHours, {
    default: "off",
    meaning: "Hours in which nothing is created, in TIMEZONE: such as 20:00-08:00, or off",
  }),
  SOURCE_APPROVAL: setting(wholeNumber(0), {
    default: "0",
    meaning: "How many imports of a new source, and with them all later ones, wait for `imports release`; 0: none",
  }),
  UNKNOWN_WAIT_SECONDS: setting(wholeNumber(60), {
    default: "600",
    meaning:
      "How long after a creation without an answer a proven absence allows one more; at least 60, longer than a request lasts",
  }),
  RESUME_TYPES: setting(resumeTypes, {
    default: "pdf=pdf,doc=doc,docx=docx,odt=odt,rtf=rtf",
    meaning: "Accepted types of CV files, each with the mime_type that is sent to the API",
  }),
  RESUME_MAX_BYTES: setting(wholeNumber(1, 20_000_000), {
    default: "5000000",
    meaning: "Maximum size of a CV in bytes: at most 20000000",
  }),
  RESUME_RETENTION_DAYS: setting(wholeNumber(0), {
    default: "7",
    meaning: "Days after which the CV of a finished import is erased here",
  }),
  IMPORT_RETENTION_DAYS: setting(wholeNumber(0), {
    default: "30",
    meaning: "Days after which the personal data of a finished or rejected import is erased here",
  }),
  ...privacySettings,
  RETENTION: setting(retention, {
    default: "off",
    meaning:
      "How long people stay in the mirror: off, france, or periods such as refused=3 months, pool=2 years; see docs/retention.md",
  }),
  TIMEZONE: setting(timezone, {
    default: "Europe/Paris",
    meaning: "The time zone of all schedules, of quiet hours and of the times that people read: its IANA name",
  }),
  LANGUAGE: setting(oneOf(...LANGUAGES), {
    default: "en",
    meaning:
      "en or fr: the language of import and of the commands imports …: reports, reasons, next steps, and what is wrong with a file. In the environment, where systems set it as well, fr_FR is fr, and any other value counts as unset",
  }),
  ...noticeSettings,
  HEARTBEAT_FILE: optional(z.string().refine(isAbsolute, "an absolute path"), {
    example: "/tmp/applicant-sync.alive",
    meaning: "A file that `start` writes every 20 seconds while it is well, for a health check. Unset: none",
  }),
  LOG_LEVEL: optional(oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"), {
    example: "debug",
    meaning:
      "The lowest level that is logged: trace, debug, info, warn, error, fatal or silent. Unset: info for start, warn for other commands",
  }),
  LOG_FORMAT: optional(oneOf("pretty", "json"), {
    example: "json",
    meaning: "pretty or json. Unset: pretty on a terminal, json otherwise",
  }),
});

export type Settings = z.infer<typeof settings>;
export type SettingName = keyof Settings;

/** One setting for its readers. */
interface Setting extends SettingFacts {
  readonly name: SettingName;
}

/** The table as data, in its order. */
export const SETTINGS: readonly Setting[] = settings.keyof().options.map((name) => {
  const found = facts.get(settings.shape[name]);
  if (found === undefined) throw new Error(`${name} stands in the table without its meaning.`);
  return { name, ...found };
});

/** The value that was set, cleaned, or the default; undefined where there is neither. */
export type Values = Readonly<Partial<Record<SettingName, string>>>;

/** A wrong setting, and what would be right. */
export interface SettingFault {
  readonly name: SettingName;
  readonly right: string;
}
