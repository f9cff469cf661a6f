import { IMPORT_SETTINGS } from "./import-settings.ts";

/** One setting of the program, as docs/configuration.md, `.env.example` and the faults of `config.ts` show it. */
export interface Setting {
  readonly name: string;
  /** What it decides and what is allowed: one line that stands alone. */
  readonly meaning: string;
  /** The value used when it is unset, as one would write it; null: none, and `meaning` says what happens then. */
  readonly default: string | null;
  /** What to write where there is no default; refused as a value of a key. */
  readonly example: string | null;
  /** Its value may hold a secret: it is never printed. */
  readonly secret: boolean;
}

/** Every setting, in the order in which a reader meets them. Nothing else is read from the environment. */
export const SETTINGS = [
  {
    name: "KELIO_ACCOUNT",
    meaning: "Short key of this account in every table: 1 to 40 of a-z, 0-9, _ and -",
    default: "default",
    example: null,
    secret: false,
  },
  {
    name: "KELIO_ACCOUNT_KIND",
    meaning: "customer (one company and its own data) or jobboard (a partner that sends candidates)",
    default: "customer",
    example: null,
    secret: false,
  },
  {
    name: "KELIO_ENVIRONMENT",
    meaning: "sandbox or production: where requests go. Writes to production reach real people",
    default: "sandbox",
    example: null,
    secret: false,
  },
  {
    name: "KELIO_PRIVATE_KEY",
    meaning: "The private key that the vendor sent by e-mail (it identifies you; looks like a UUID)",
    default: null,
    example: "your-private-key",
    secret: true,
  },
  {
    name: "KELIO_SECRET_KEY",
    meaning: "The secret encryption key that the vendor sent with it (it signs the tokens)",
    default: null,
    example: "your-secret-encryption-key",
    secret: true,
  },
  {
    name: "KELIO_API_URL",
    meaning:
      "Another base URL of the API, with its path; only together with KELIO_AUDIENCE. Unset: that of KELIO_ENVIRONMENT",
    default: null,
    example: "https://sandbox.talentview.fr/v2",
    secret: false,
  },
  {
    name: "KELIO_AUDIENCE",
    meaning: "The audience of the tokens for KELIO_API_URL: an origin without path. Unset: that of KELIO_ENVIRONMENT",
    default: null,
    example: "https://sandbox.talentview.fr",
    secret: false,
  },
  {
    name: "KELIO_TOKEN_SOURCE",
    meaning: "sign (tokens signed here, costs no request) or endpoint (asked from POST /jwt)",
    default: "sign",
    example: null,
    secret: false,
  },
  {
    name: "KELIO_SCOPES",
    meaning: "The scopes granted to your key, separated by commas. Unset: all of its kind",
    default: null,
    example: "campaigns_read,applications_read",
    secret: false,
  },
  {
    name: "KELIO_REQUESTS_PER_MINUTE",
    meaning: "Requests in any rolling minute, all processes together: at most 120, the quota of the vendor",
    default: "120",
    example: null,
    secret: false,
  },
  {
    name: "DATABASE_URL",
    meaning: "The Postgres to use. Unset: one is started for you, its files in DATA_DIR",
    default: null,
    example: "postgres://applicant_sync:password@db.example.org:5432/applicant_sync",
    secret: true,
  },
  {
    name: "DATA_DIR",
    meaning: "Where the Postgres that is started for you keeps its files, and a worker how far its imports have come",
    default: ".applicant-sync",
    example: null,
    secret: false,
  },
  {
    name: "AUTO_MIGRATE",
    meaning: "on (pending migrations are applied before any command that needs the database) or off",
    default: "on",
    example: null,
    secret: false,
  },
  {
    name: "REDIS_URL",
    meaning:
      "The Redis to keep the queue in: redis://, rediss:// (TLS), redis+sentinel://host,host/master-name or redis+cluster://host,host. Unset: the queue lives in Postgres",
    default: null,
    example: "redis://:password@redis.example.org:6379/0",
    secret: true,
  },
  {
    name: "CAMPAIGNS_CRON",
    meaning: "When campaigns are synchronised: a cron expression, or off",
    default: "0 2 * * *",
    example: null,
    secret: false,
  },
  {
    name: "APPLICATIONS_CRON",
    meaning: "When applications are synchronised: a cron expression, or off",
    default: "10 2 * * *",
    example: null,
    secret: false,
  },
  {
    name: "APPLICANTS_CRON",
    meaning: "When the whole applicants of a customer are synchronised: a cron expression, or off",
    default: "20 2 * * *",
    example: null,
    secret: false,
  },
  {
    name: "ORGANISATION_CRON",
    meaning: "When managers, entities and units of a customer are synchronised: a cron expression, or off",
    default: "30 2 * * *",
    example: null,
    secret: false,
  },
  {
    name: "INCREMENTAL_CRON",
    meaning: "When what is new is fetched between the full syncs: a cron expression, or off",
    default: "*/15 8-19 * * 1-5",
    example: null,
    secret: false,
  },
  {
    name: "DETAIL_REQUESTS_PER_RUN",
    meaning: "Rows that a run completes one by one where the lists bring no embedded data; 0: none",
    default: "200",
    example: null,
    secret: false,
  },
  ...IMPORT_SETTINGS,
  {
    name: "TIMEZONE",
    meaning: "The time zone of all schedules, by its IANA name",
    default: "Europe/Paris",
    example: null,
    secret: false,
  },
  {
    name: "LOG_LEVEL",
    meaning: "The least grave line that is logged: trace, debug, info, warn, error, fatal or silent",
    default: "info",
    example: null,
    secret: false,
  },
  {
    name: "LOG_FORMAT",
    meaning: "pretty or json. Unset: pretty on a terminal, json otherwise",
    default: null,
    example: "json",
    secret: false,
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]["name"];
/** The value that was set, cleaned, or the default; undefined where there is neither. */
export type Values = Readonly<Partial<Record<SettingName, string>>>;

/** A wrong setting, and what would be right. */
export interface SettingFault {
  readonly name: SettingName;
  readonly right: string;
}
