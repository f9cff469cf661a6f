import { join, resolve } from "node:path";
import { environments, scopesOf, type Scope } from "../api/kelio.ts";
import { UsageError } from "../platform/errors.ts";
import { LANGUAGES } from "../platform/language.ts";
import { extraCaFaults, refuseExtraCaOf } from "./extra-ca.ts";
import { readEnvFile } from "./env-file.ts";
import { describeFaults, unknownSettings } from "./faults.ts";
import { PROXY_VARIABLES, proxyFor } from "./proxy.ts";
import { faultsTogether, isExampleKey, placeholderFaults } from "./rules.ts";
import { withSecretFiles } from "./secret-files.ts";
import { managerOf } from "./supervision.ts";
import { settings, SETTINGS, type Settings, type Values } from "./settings.ts";

/** The settings of the program, checked and deeply frozen. */
export type Config = DeepReadonly<ReturnType<typeof configOf>>;
/** What may be pushed into the account, when, and how long we keep what was pushed. */
export type ImportConfig = Config["imports"];

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** From where the command is run. */
interface Invocation {
  /** What `DATA_DIR` is relative to. */
  readonly directory: string;
  /** Whether a person reads the log as it is written. */
  readonly terminal: boolean;
}

/**
 * Turns an environment into a `Config`. `need.keys`: the command calls the API, so both keys must be there; `need.logLevel`: its
 * level without LOG_LEVEL.
 * @throws UsageError `invalid_config`, a line for every fault: the variable, what it got (never a secret) and what would be right.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  need: { readonly keys: boolean; readonly logLevel?: "info" | "warn" },
  invocation: Invocation = { directory: process.cwd(), terminal: process.stderr.isTTY },
): Config {
  const secrets = withSecretFiles(env, invocation.directory);
  const values = valuesOf(secrets.env, secrets.secrets);
  const parsed = settings.safeParse(values);
  const issues = parsed.error?.issues ?? [];
  const placeholders = placeholderFaults(values);
  const alone = SETTINGS.filter(({ name }) => placeholders.every((fault) => fault.name !== name)).flatMap(({ name }) =>
    issues.filter(({ path }) => path[0] === name).map(({ message }) => ({ name, right: message })),
  );
  const faults = [...placeholders, ...alone, ...faultsTogether(values, need)].filter(
    ({ name }) => !secrets.faults.has(name),
  );
  const unknown = [...secrets.faults.values(), ...unknownSettings(secrets.env), ...extraCaFaults(env)];
  if (!parsed.success || faults.length + unknown.length > 0) {
    throw new UsageError("invalid_config", describeFaults(values, faults, unknown));
  }
  const read = { ...parsed.data, LOG_LEVEL: parsed.data.LOG_LEVEL ?? need.logLevel };
  const config = configOf(read, values, invocation, env);
  deepFreeze(config);
  return config;
}

/** `process.env` over the `.env` of `directory`. An empty variable counts as unset, and hides the one of the file. */
export function readEnvironment(directory: string = process.cwd()): Record<string, string | undefined> {
  const file = readEnvFile(directory, process.env);
  refuseExtraCaOf(join(directory, ".env"), file, process.env);
  const both = { ...withUpperCase(file), ...withUpperCase(process.env) };
  return { ...both, LANGUAGE: languageOf(process.env["LANGUAGE"], file["LANGUAGE"]) };
}

/** Systems set LANGUAGE for all programs, to anything such as `fr_FR:en` or `C`: what the file says is meant for this one. */
function languageOf(system: string | undefined, file: string | undefined): string | undefined {
  if (system === undefined || clean(system) === "" || isLanguage(clean(system))) return system ?? file;
  const tags = system.split(":").map((locale) => locale.replace(/[_.@].*/, ""));
  return file ?? tags.find(isLanguage);
}

function isLanguage(text: string): boolean {
  return LANGUAGES.some((one) => one === text.toLowerCase());
}

/** Other programs read the names of proxies in lower case as well, some of them only so. */
function withUpperCase(environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const lower = PROXY_VARIABLES.flatMap((name) => {
    const value = environment[name.toLowerCase()];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(lower), ...environment };
}

/** Makes TIMEZONE the time zone of this process, in which people read times. */
export function useTimezone({ schedules }: Pick<Config, "schedules">): void {
  process.env["TZ"] = schedules.timezone;
}

/** `secrets` are taken as they are, the others cleaned. */
function valuesOf(env: Readonly<Record<string, string | undefined>>, secrets: Values): Values {
  return Object.fromEntries(
    SETTINGS.flatMap(({ name, default: defaultValue }) => {
      const value = secrets[name] ?? (clean(env[name] ?? "") || defaultValue);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Without the spaces and the pair of quotes that pasting brings along; Docker's `env_file` keeps both. */
function clean(value: string): string {
  return value
    .trim()
    .replace(/^(["'])(.*)\1$/s, "$2")
    .trim();
}

function configOf(
  read: Settings,
  values: Values,
  { directory, terminal }: Invocation,
  env: Readonly<Record<string, string | undefined>>,
) {
  const target = environments[read.KELIO_ENVIRONMENT];
  const scopes: readonly Scope[] = scopesOf(read.KELIO_ACCOUNT_KIND);
  const url = (read.KELIO_API_URL ?? target.url).replace(/\/+$/, "");
  const key = (text: string | undefined) =>
    text === undefined || isExampleKey(text, read.KELIO_API_URL) ? null : text;
  return {
    /** Every setting as it was written, or its default, but for the keys of the example; secrets as well, so it is never printed. */
    settings: Object.fromEntries(Object.entries(values).filter(([, value]) => key(value) !== null)),
    account: read.KELIO_ACCOUNT,
    kind: read.KELIO_ACCOUNT_KIND,
    environment: read.KELIO_ENVIRONMENT,
    api: {
      /** Without a slash at its end. */
      url,
      audience: read.KELIO_AUDIENCE ?? target.audience,
      /** The keys are null where unset or still the example, which only commands that need no keys allow. */
      privateKey: key(read.KELIO_PRIVATE_KEY),
      secretKey: key(read.KELIO_SECRET_KEY),
      tokenSource: read.KELIO_TOKEN_SOURCE,
      scopes: scopes.filter((scope) => read.KELIO_SCOPES?.includes(scope) ?? true),
      requestsPerMinute: read.KELIO_REQUESTS_PER_MINUTE,
      /** Null: the API is reached directly. */
      proxy: proxyFor(url, read),
    },
    /** Rows that one run may request one by one, where the lists bring no embedded data. */
    detailsPerRun: read.DETAIL_REQUESTS_PER_RUN,
    database: {
      /** Null: the embedded Postgres, in `dataDir`. */
      url: read.DATABASE_URL === undefined ? null : withPassword(read.DATABASE_URL, read.DATABASE_PASSWORD),
      /** To be shown: DATABASE_URL as it is, without the password of DATABASE_PASSWORD. */
      urlAsGiven: read.DATABASE_URL ?? null,
      /** The one to copy to; null: none. */
      copyTo: read.COPY_TO_URL ?? null,
      /** Absolute. */
      dataDir: resolve(directory, read.DATA_DIR),
      autoMigrate: read.AUTO_MIGRATE === "on",
    },
    /** Of what people read about imports. */
    language: read.LANGUAGE,
    /** Null: the queue is kept in the database. */
    redis: read.REDIS_URL ?? null,
    /** Cron expressions; null: off. */
    schedules: {
      campaigns: read.CAMPAIGNS_CRON,
      applications: read.APPLICATIONS_CRON,
      applicants: read.APPLICANTS_CRON,
      organisation: read.ORGANISATION_CRON,
      /** The incremental syncs of every resource. */
      incremental: read.INCREMENTAL_CRON,
      timezone: read.TIMEZONE,
    },
    imports: {
      allowProductionWrites: read.ALLOW_PRODUCTION_WRITES === "yes",
      /** The company of imports that name none; null: that of their campaign. */
      companyId: read.KELIO_COMPANY_ID ?? null,
      /** ISO 3166: the country of phone numbers that name none; null: that of their campaign. */
      defaultCountry: read.DEFAULT_COUNTRY ?? null,
      /** Applicants created in any rolling hour and day; null: no cap. */
      perHour: read.IMPORTS_PER_HOUR ?? null,
      perDay: read.IMPORTS_PER_DAY ?? null,
      /** In the time zone of the schedules; null: none. */
      quietHours: read.QUIET_HOURS,
      sourceApproval: read.SOURCE_APPROVAL,
      unknownWaitSeconds: read.UNKNOWN_WAIT_SECONDS,
      resumeMaxBytes: read.RESUME_MAX_BYTES,
      resumeTypes: read.RESUME_TYPES,
      resumeRetentionDays: read.RESUME_RETENTION_DAYS,
      retentionDays: read.IMPORT_RETENTION_DAYS,
    },
    /** How long personal data is kept; null: RETENTION is off. */
    retention: read.RETENTION,
    /** Where the worker listens; null: nowhere. */
    http:
      read.HTTP_PORT === undefined
        ? null
        : {
            host: read.HTTP_HOST,
            port: read.HTTP_PORT,
            /** Of POST /imports; null: closed. */
            importToken: read.IMPORT_TOKEN ?? null,
            /** Of GET /metrics; null: open. */
            metricsToken: read.METRICS_TOKEN ?? null,
            page: {
              /** Null: the page is closed. */
              password: read.OPS_PASSWORD ?? null,
              /** Null: there is no viewer. */
              viewerPassword: read.OPS_VIEWER_PASSWORD ?? null,
              /** The header that names the person, in lower case; null: none. */
              userHeader: read.OPS_USER_HEADER?.toLowerCase() ?? null,
            },
          },
    privacy: {
      /** Null: that of `keyFile`, if it is there. */
      key: read.PRIVACY_KEY ?? null,
      previousKey: read.PRIVACY_KEY_PREVIOUS ?? null,
      /** Made at first need where `makesKey`. Absolute. */
      keyFile: resolve(directory, read.DATA_DIR, "privacy.key"),
      makesKey: read.DATABASE_URL === undefined,
      /** What was erased, outside the database; null: not kept. Absolute. */
      list:
        read.ERASURE_LIST === "off"
          ? null
          : resolve(directory, read.ERASURE_LIST ?? join(read.DATA_DIR, "erasures.jsonl")),
      /** It was named: it should be there. */
      isListNamed: read.ERASURE_LIST !== undefined,
    },
    /** Who is notified of what needs a person; null: nobody by that way. */
    notices: {
      heartbeat:
        read.HEARTBEAT_URL === undefined
          ? null
          : { url: read.HEARTBEAT_URL, proxy: proxyFor(read.HEARTBEAT_URL, read) },
      webhook:
        read.NOTIFY_URL === undefined
          ? null
          : { ...read.NOTIFY_URL, secret: read.NOTIFY_SECRET ?? null, proxy: proxyFor(read.NOTIFY_URL.url, read) },
      email:
        read.SMTP_URL === undefined || read.NOTIFY_EMAIL === undefined
          ? null
          : { server: read.SMTP_URL, to: read.NOTIFY_EMAIL },
      /** The page of the worker, without a slash at its end; null: unknown. */
      pageUrl: read.OPS_URL?.replace(/\/+$/, "") ?? null,
    },
    /** Who watches over the process. */
    supervision: { manager: managerOf(env), heartbeatFile: read.HEARTBEAT_FILE ?? null },
    log: {
      level: read.LOG_LEVEL ?? "info",
      format: read.LOG_FORMAT ?? (terminal ? ("pretty" as const) : ("json" as const)),
    },
  };
}

/** The URL with the password of its own setting, whatever characters that has. */
function withPassword(databaseUrl: string, password: string | undefined): string {
  if (password === undefined) return databaseUrl;
  const url = new URL(databaseUrl);
  url.password = encodeURIComponent(password);
  return url.href;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.values(value).forEach(deepFreeze);
  Object.freeze(value);
}
