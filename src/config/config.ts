import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { scopesOf, type AccountKind, type Scope } from "../kelio.ts";
import { ENVIRONMENTS, type Environment } from "./api-target.ts";
import { describeFaults, faultsTogether, isExampleKey, scopeList, unknownSettings } from "./faults.ts";
import { fields, type Fields, type QuietHours } from "./fields.ts";
import { UsageError } from "../platform/errors.ts";
import type { RedisTarget } from "./redis-url.ts";
import { SETTINGS, type Values } from "./settings.ts";

export type { RedisTarget } from "./redis-url.ts";
export { SETTINGS } from "./settings.ts";
export type { QuietHours } from "./fields.ts";

/** The settings of the program, checked and deeply frozen. */
export interface Config {
  readonly account: string;
  readonly kind: AccountKind;
  readonly environment: Environment;
  readonly api: {
    /** Without a slash at its end. */
    readonly url: string;
    readonly audience: string;
    /** Null where unset or still the example, which only commands that need no keys allow. */
    readonly privateKey: string | null;
    readonly secretKey: string | null;
    readonly tokenSource: "sign" | "endpoint";
    readonly scopes: readonly Scope[];
    readonly requestsPerMinute: number;
  };
  /** Rows that one run may complete by asking for each, where the lists bring no embedded data. */
  readonly detailsPerRun: number;
  /** `url` null: the embedded Postgres, in `dataDir` (absolute). */
  readonly database: { readonly url: string | null; readonly dataDir: string; readonly autoMigrate: boolean };
  /** Null: the queue lives in the database. */
  readonly redis: RedisTarget | null;
  /** Cron expressions; null: off. */
  readonly schedules: {
    readonly campaigns: string | null;
    readonly applications: string | null;
    readonly applicants: string | null;
    readonly organisation: string | null;
    /** Of the syncs between the full ones, of every resource. */
    readonly incremental: string | null;
    readonly timezone: string;
  };
  readonly imports: ImportConfig;
  /** Where the worker listens; null: nowhere. */
  readonly http: { readonly host: string; readonly port: number; readonly token: string } | null;
  readonly log: { readonly level: string; readonly format: "pretty" | "json" };
}

/** What may be pushed into the account, when, and how long we keep what was pushed. */
export interface ImportConfig {
  readonly allowProductionWrites: boolean;
  /** Of imports that name no company; null: that of their campaign. */
  readonly companyId: string | null;
  /** Applicants created in any rolling hour and day; null: no cap. */
  readonly perHour: number | null;
  readonly perDay: number | null;
  /** By the time zone of the schedules; null: none. */
  readonly quietHours: QuietHours | null;
  readonly sourceApproval: number;
  readonly unknownWaitSeconds: number;
  readonly resumeMaxBytes: number;
  /** By the kind that a file's signature shows: the `mime_type` that is sent to the API. */
  readonly resumeTypes: Readonly<Record<string, string>>;
  readonly resumeRetentionDays: number;
  readonly retentionDays: number;
}

/** From where the command is run. */
interface Invocation {
  /** What `DATA_DIR` is relative to. */
  readonly directory: string;
  /** Whether a person reads the log as it is written. */
  readonly terminal: boolean;
}

/**
 * Turns an environment into a `Config`. `need.keys`: the command calls the API, so both keys must be there.
 * @throws UsageError `invalid_config`, a line for every fault: the variable, what it got (never a secret) and what would be right.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  need: { readonly keys: boolean },
  invocation: Invocation = { directory: process.cwd(), terminal: process.stderr.isTTY },
): Config {
  const values = valuesOf(env);
  const parsed = fields.safeParse(values);
  const issues = parsed.error?.issues ?? [];
  const alone = SETTINGS.flatMap(({ name }) =>
    issues.filter(({ path }) => path[0] === name).map(({ message }) => ({ name, right: message })),
  );
  const faults = [...alone, ...faultsTogether(values, need)];
  const unknown = unknownSettings(env);
  if (!parsed.success || faults.length + unknown.length > 0) {
    throw new UsageError("invalid_config", describeFaults(values, faults, unknown));
  }
  return deepFreeze(assemble(parsed.data, values, invocation));
}

/** `process.env` over the `.env` of `directory`. An empty variable counts as unset, and hides the one of the file. */
export function readEnvironment(directory: string = process.cwd()): Record<string, string | undefined> {
  return { ...readEnvFile(join(directory, ".env")), ...process.env };
}

function readEnvFile(path: string): Record<string, string | undefined> {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, ""); // Some editors begin a file with U+FEFF.
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    const message = `${path} cannot be read. Make it a text file that this user may read, or remove it.`;
    throw new UsageError("unreadable_env_file", message, { cause: error });
  }
  refuseCutValues(path, text);
  return parseEnv(text);
}

/** An unquoted `#` begins a comment, so that a password with one would lose its end, and its beginning be read as a port. */
function refuseCutValues(path: string, text: string): void {
  const cut = SETTINGS.map(({ name }) => name).filter(
    (name) =>
      process.env[name] === undefined &&
      new RegExp(`^\\s*(export\\s+)?${name}\\s*=\\s*[^\\s"'\`#]\\S*#`, "m").test(text),
  );
  if (cut.length === 0) return;
  const message = `${path}: the value of ${cut.join(" and of ")} ends at a #, which begins a comment there. Put the value in double quotes; in a URL, write %23 for #.`;
  throw new UsageError("cut_setting", message);
}

function valuesOf(env: Readonly<Record<string, string | undefined>>): Values {
  return Object.fromEntries(
    SETTINGS.flatMap(({ name, default: defaultValue }) => {
      const value = clean(env[name] ?? "") || defaultValue;
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

function assemble(settings: Fields, values: Values, invocation: Invocation): Config {
  const target = ENVIRONMENTS[settings.KELIO_ENVIRONMENT];
  const scopes: readonly Scope[] = scopesOf(settings.KELIO_ACCOUNT_KIND);
  const granted = values.KELIO_SCOPES === undefined ? scopes : scopeList(values.KELIO_SCOPES);
  const key = (text: string | undefined) =>
    text === undefined || isExampleKey(text, settings.KELIO_API_URL) ? null : text;
  const schedule = (text: string) => (text === "off" ? null : text);
  return {
    account: settings.KELIO_ACCOUNT,
    kind: settings.KELIO_ACCOUNT_KIND,
    environment: settings.KELIO_ENVIRONMENT,
    api: {
      url: (settings.KELIO_API_URL ?? target.url).replace(/\/+$/, ""),
      audience: settings.KELIO_AUDIENCE ?? target.audience,
      privateKey: key(settings.KELIO_PRIVATE_KEY),
      secretKey: key(settings.KELIO_SECRET_KEY),
      tokenSource: settings.KELIO_TOKEN_SOURCE,
      scopes: scopes.filter((scope) => granted.includes(scope)),
      requestsPerMinute: settings.KELIO_REQUESTS_PER_MINUTE,
    },
    detailsPerRun: settings.DETAIL_REQUESTS_PER_RUN,
    database: {
      url: settings.DATABASE_URL ?? null,
      dataDir: resolve(invocation.directory, settings.DATA_DIR),
      autoMigrate: settings.AUTO_MIGRATE === "on",
    },
    redis: settings.REDIS_URL ?? null,
    schedules: {
      campaigns: schedule(settings.CAMPAIGNS_CRON),
      applications: schedule(settings.APPLICATIONS_CRON),
      applicants: schedule(settings.APPLICANTS_CRON),
      organisation: schedule(settings.ORGANISATION_CRON),
      incremental: schedule(settings.INCREMENTAL_CRON),
      timezone: settings.TIMEZONE,
    },
    imports: {
      allowProductionWrites: settings.ALLOW_PRODUCTION_WRITES === "yes",
      companyId: settings.KELIO_COMPANY_ID ?? null,
      perHour: settings.IMPORTS_PER_HOUR ?? null,
      perDay: settings.IMPORTS_PER_DAY ?? null,
      quietHours: settings.QUIET_HOURS,
      sourceApproval: settings.SOURCE_APPROVAL,
      unknownWaitSeconds: settings.UNKNOWN_WAIT_SECONDS,
      resumeMaxBytes: settings.RESUME_MAX_BYTES,
      resumeTypes: settings.RESUME_TYPES,
      resumeRetentionDays: settings.RESUME_RETENTION_DAYS,
      retentionDays: settings.IMPORT_RETENTION_DAYS,
    },
    http:
      settings.HTTP_PORT === undefined || settings.IMPORT_TOKEN === undefined
        ? null
        : { host: settings.HTTP_HOST, port: settings.HTTP_PORT, token: settings.IMPORT_TOKEN },
    log: { level: settings.LOG_LEVEL, format: settings.LOG_FORMAT ?? (invocation.terminal ? "pretty" : "json") },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
