import { WELL_KNOWN_KEYS } from "../../../src/sandbox/requests/keys.ts";

export const ACCOUNT = "bench";

/** Settings of a worker that pulls the applications of a sandbox, once and at once: its schedule has never run. */
export function workerEnvironment(settings: {
  /** Of the sandbox, without `/v2`. */
  readonly origin: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly requestsPerMinute: number;
}): Readonly<Record<string, string>> {
  const [key] = WELL_KNOWN_KEYS;
  return {
    KELIO_ACCOUNT: ACCOUNT,
    KELIO_API_URL: `${settings.origin}/v2`,
    KELIO_AUDIENCE: settings.origin,
    KELIO_PRIVATE_KEY: key.privateKey,
    KELIO_SECRET_KEY: key.secretKey,
    KELIO_REQUESTS_PER_MINUTE: String(settings.requestsPerMinute),
    DATABASE_URL: settings.databaseUrl,
    ...(settings.redisUrl === null ? {} : { REDIS_URL: settings.redisUrl }),
    CAMPAIGNS_CRON: "off",
    APPLICATIONS_CRON: "0 0 1 1 *",
    INCREMENTAL_CRON: "off",
    APPLICANTS_CRON: "off",
    ORGANISATION_CRON: "off",
    LOG_LEVEL: "warn",
    LOG_FORMAT: "json",
  };
}
