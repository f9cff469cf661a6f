import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { resources } from "../../src/sync/resources.ts";
import { UsageError } from "../../src/platform/errors.ts";

const KEYS = { KELIO_PRIVATE_KEY: "0f1e2d3c-1a12-423a-a123-12a34b5c0000", KELIO_SECRET_KEY: "Zq8sWm2nKd4RtYv6Bx" };
const LOCAL = { KELIO_API_URL: "http://127.0.0.1:4010/v2", KELIO_AUDIENCE: "http://127.0.0.1:4010" };
const PRODUCTION = { KELIO_API_URL: "https://api.talentview.fr/v2", KELIO_AUDIENCE: "https://api.talentview.fr" };
const INVOCATION = { directory: "/srv/sync", terminal: false };

const load = (env: Record<string, string>, keys = true) => loadConfig({ ...KEYS, ...env }, { keys }, INVOCATION);

function faultsOf(env: Record<string, string>, keys = true): string {
  try {
    loadConfig({ ...KEYS, ...env }, { keys }, INVOCATION);
  } catch (error) {
    if (error instanceof UsageError && error.code === "invalid_config") return error.message;
    throw error;
  }
  return "";
}

describe("what is accepted", () => {
  test("production is chosen by its name", () => {
    expect(load({ KELIO_ENVIRONMENT: "production" }).api).toMatchObject({
      url: PRODUCTION.KELIO_API_URL,
      audience: PRODUCTION.KELIO_AUDIENCE,
    });
  });

  test("spaces and one pair of quotes around a value are dropped, and an empty value counts as unset", () => {
    const config = load({ KELIO_SECRET_KEY: ` "${KEYS.KELIO_SECRET_KEY}" `, KELIO_ACCOUNT: "''", DATABASE_URL: "  " });
    expect(config.api.secretKey).toBe(KEYS.KELIO_SECRET_KEY);
    expect(config).toMatchObject({ account: "default", database: { url: null } });
  });

  test("named choices may be written in capitals", () => {
    const { kind, log } = load({ KELIO_ACCOUNT_KIND: "Jobboard", LOG_LEVEL: "DEBUG" });
    expect({ kind, level: log.level }).toEqual({ kind: "jobboard", level: "debug" });
  });

  test("a host of this machine may speak http and be asked more than 120 times a minute", () => {
    expect(load({ ...LOCAL, KELIO_REQUESTS_PER_MINUTE: "6000" }).api).toMatchObject({
      url: LOCAL.KELIO_API_URL,
      requestsPerMinute: 6000,
    });
  });

  test("the base URL loses a slash at its end", () => {
    expect(load({ ...LOCAL, KELIO_API_URL: "http://127.0.0.1:4010/v2/" }).api.url).toBe(LOCAL.KELIO_API_URL);
  });

  test("scopes keep the order of the reference, each once", () => {
    const { scopes } = load({ KELIO_SCOPES: "applications_read, campaigns_read,campaigns_read," }).api;
    expect(scopes).toEqual(["campaigns_read", "applications_read"]);
  });

  test.each([
    ["fr", "fr"],
    ["FR", "fr"],
    ["en", "en"],
  ])("the language is en or fr in either case: %s", (LANGUAGE, language) => {
    expect(load({ LANGUAGE }).language).toBe(language);
  });

  test("a schedule that is off is null", () => {
    const off = load({ CAMPAIGNS_CRON: "off", INCREMENTAL_CRON: "off" }).schedules;
    expect(off).toMatchObject({ campaigns: null, applications: "10 2 * * *", incremental: null });
  });

  test("one schedule stands for managers, entities and units", () => {
    const schedules = load({ ORGANISATION_CRON: "0 5 * * 1" }).schedules;
    const expressions = (["managers", "entities", "units"] as const).map((name) => schedules[resources[name].schedule]);
    expect(new Set(expressions)).toEqual(new Set(["0 5 * * 1"]));
  });

  test("commands that read only our database need no keys, and count an example as none", () => {
    const config = loadConfig({ KELIO_PRIVATE_KEY: "your-private-key" }, { keys: false }, INVOCATION);
    expect(config.api).toMatchObject({ privateKey: null, secretKey: null });
  });

  test("a sandbox of this machine accepts any keys, the documented examples included", () => {
    const key = "123ab456-1a12-123a-a123-12a34b5c6789";
    expect(load({ ...LOCAL, KELIO_PRIVATE_KEY: key }).api.privateKey).toBe(key);
  });
});

describe("what is refused, with the name of the variable and what would be right", () => {
  test.each([
    [{ KELIO_ACCOUNT: "My Company" }, /KELIO_ACCOUNT is "My Company": 1 to 40 of a-z/],
    [{ KELIO_ACCOUNT_KIND: "client" }, /KELIO_ACCOUNT_KIND is "client": customer or jobboard/],
    [{ KELIO_ENVIRONMENT: "prod" }, /KELIO_ENVIRONMENT is "prod": sandbox or production/],
    [{ KELIO_TOKEN_SOURCE: "jwt" }, /KELIO_TOKEN_SOURCE is "jwt": sign or endpoint/],
    [{ KELIO_PRIVATE_KEY: "" }, /KELIO_PRIVATE_KEY is not set: the key that the vendor sent/],
    [{ KELIO_PRIVATE_KEY: "your-private-key" }, /KELIO_PRIVATE_KEY .*still the example/],
    [{ KELIO_SECRET_KEY: "abcDEfgH123abCDef12345ABcd" }, /KELIO_SECRET_KEY .*still the example/],
    [{ KELIO_SECRET_KEY: "<secret key>" }, /KELIO_SECRET_KEY .*still the example/],
    [{ KELIO_SECRET_KEY: "Zq8sWm2n Kd4RtYv6" }, /KELIO_SECRET_KEY .*one word/],
    [{ KELIO_SECRET_KEY: KEYS.KELIO_PRIVATE_KEY }, /KELIO_SECRET_KEY .*the same as KELIO_PRIVATE_KEY/],
    [
      { KELIO_PRIVATE_KEY: KEYS.KELIO_SECRET_KEY, KELIO_SECRET_KEY: KEYS.KELIO_PRIVATE_KEY },
      /KELIO_SECRET_KEY .*swap the two/,
    ],
    [{ KELIO_API_URL: LOCAL.KELIO_API_URL }, /KELIO_AUDIENCE is not set: set together with KELIO_API_URL/],
    [{ KELIO_AUDIENCE: LOCAL.KELIO_AUDIENCE }, /KELIO_API_URL is not set: set together with KELIO_AUDIENCE/],
    [
      { ...PRODUCTION, KELIO_ENVIRONMENT: "production", KELIO_AUDIENCE: "https://sandbox.talentview.fr" },
      /KELIO_AUDIENCE is .*: the audience of the production environment/,
    ],
    [PRODUCTION, /KELIO_ENVIRONMENT is "sandbox": production, as KELIO_API_URL is of it/],
    [
      { ...LOCAL, KELIO_AUDIENCE: PRODUCTION.KELIO_AUDIENCE },
      /KELIO_ENVIRONMENT is "sandbox": production, as KELIO_AUDIENCE is of it/,
    ],
    [
      { KELIO_API_URL: "http://sandbox.talentview.fr/v2", KELIO_AUDIENCE: "https://sandbox.talentview.fr" },
      /KELIO_API_URL is .*: .*https:\/\/ \(http:\/\/ only on this machine\)/,
    ],
    [{ ...LOCAL, KELIO_API_URL: "http://ats.example.org/v2" }, /KELIO_API_URL is .*http:\/\/ only on this machine/],
    [{ ...LOCAL, KELIO_API_URL: "https://127.0.0.1:4010/v2?page=1" }, /KELIO_API_URL is/],
    [{ ...LOCAL, KELIO_AUDIENCE: "http://127.0.0.1:4010/" }, /KELIO_AUDIENCE is .*without path or slash/],
    [{ ...LOCAL, KELIO_AUDIENCE: "http://127.0.0.1:4010/v2" }, /KELIO_AUDIENCE is .*without path or slash/],
    [{ KELIO_REQUESTS_PER_MINUTE: "121" }, /KELIO_REQUESTS_PER_MINUTE is "121": at most 120/],
    [
      {
        KELIO_REQUESTS_PER_MINUTE: "121",
        KELIO_API_URL: "https://sandbox.kelio-ats.com./v2",
        KELIO_AUDIENCE: "https://sandbox.kelio-ats.com",
      },
      /KELIO_REQUESTS_PER_MINUTE is "121": at most 120/,
    ],
    [{ KELIO_REQUESTS_PER_MINUTE: "0" }, /KELIO_REQUESTS_PER_MINUTE is "0": a whole number/],
    [{ KELIO_REQUESTS_PER_MINUTE: "1.5" }, /KELIO_REQUESTS_PER_MINUTE is "1.5": a whole number/],
    [{ KELIO_SCOPES: "campaigns_read,applications_write" }, /KELIO_SCOPES .*a customer key has no applications_write/],
    [
      { KELIO_ACCOUNT_KIND: "jobboard", KELIO_SCOPES: "applicants_read" },
      /KELIO_SCOPES .*a jobboard key has no applicants_read/,
    ],
    [{ KELIO_ACCOUNT_KIND: "foo", KELIO_SCOPES: "nope,managers_read" }, /\(a key of either kind has no nope\)/],
    [{ KELIO_API_URL: "x", KELIO_REQUESTS_PER_MINUTE: "500" }, /KELIO_REQUESTS_PER_MINUTE is "500": at most 120/],
    [{ KELIO_SCOPES: "," }, /KELIO_SCOPES is ",": some of campaigns_read/],
    [{ DATABASE_URL: "mysql://db.example.org/x" }, /DATABASE_URL is a mysql:\/\/… URL, not shown: postgres:\/\//],
    [{ DATA_DIR: "$HOME/data" }, /a path written in full: ~ and \$ are not expanded here/],
    [{ DATA_DIR: "~/data" }, /DATA_DIR is "~\/data": a path written in full/],
    [{ AUTO_MIGRATE: "yes" }, /AUTO_MIGRATE is "yes": on or off/],
    [{ REDIS_URL: "http://redis.example.org" }, /REDIS_URL is a http:\/\/… URL, not shown: redis:\/\//],
    [{ CAMPAIGNS_CRON: "0 25 * * *" }, /CAMPAIGNS_CRON is "0 25 \* \* \*": a cron expression/],
    [{ APPLICATIONS_CRON: "0 0 30 2 *" }, /APPLICATIONS_CRON is/],
    [{ APPLICANTS_CRON: "61 * * * *", ORGANISATION_CRON: "daily" }, /APPLICANTS_CRON is[^]*ORGANISATION_CRON is/],
    [{ INCREMENTAL_CRON: "*/15 8-24 * * 1-5" }, /INCREMENTAL_CRON is .*a cron expression/],
    [{ DETAIL_REQUESTS_PER_RUN: "-1" }, /DETAIL_REQUESTS_PER_RUN is "-1": a whole number, 0 to ask for none/],
    [{ TIMEZONE: "Europe/Pariss" }, /TIMEZONE is "Europe\/Pariss": the IANA name/],
    [{ LOG_LEVEL: "verbose" }, /LOG_LEVEL is "verbose": trace or debug/],
    [{ LOG_FORMAT: "xml" }, /LOG_FORMAT is "xml": pretty or json/],
    [{ KELIO_SCOPE: "campaigns_read" }, /KELIO_SCOPE does not exist: did you mean KELIO_SCOPES\?/],
    [{ FIRST_N_APPROVAL: "5" }, /FIRST_N_APPROVAL is now called SOURCE_APPROVAL: rename it/],
    [{ KELIO_QUOTA_OF_THE_NIGHT: "3" }, /KELIO_QUOTA_OF_THE_NIGHT does not exist: remove it/],
    [
      { KELIO_ACCOUNT: "changeme" },
      /KELIO_ACCOUNT is "changeme": a value of your own, or nothing: this is still a pla/,
    ],
    [
      { DATABASE_URL: "postgres://app:<password>@db:5432/x" },
      /^One setting .*\n.*DATABASE_URL is .*still a placeholder$/,
    ],
    [{ DATABASE_URL: "postgresql://a,b/db" }, /not shown: one with a single host: the primary/],
    [{ DATABASE_URL: "postgresql://app:pw@a:5432,b:5433/db" }, /not shown: one with a single host: the primary/],
    [{ COPY_TO_URL: "postgresql:///db?user=app&host=a%2Cb" }, /not shown: one with a single host: the primary/],
    [{ DATABASE_URL: "postgres://app:changeme@db:5432/x" }, /still a placeholder/],
    [{ REDIS_URL: "redis://:xxx@db:6379" }, /still a placeholder/],
    [{ REDIS_URL: "redis://:[votre mot de passe]@db:6379" }, /still a placeholder/],
    [{ HTTP_PORT: "8080", IMPORT_TOKEN: "your-token-of-more-than-24-characters" }, /still a placeholder/],
  ])("%j", (env: Record<string, string>, expected) => {
    expect(faultsOf(env)).toMatch(expected);
  });

  test("every fault is reported at once, in the order of the table", () => {
    const faults = faultsOf({
      KELIO_ACCOUNT: "A",
      TIMEZONE: "x",
      KELIO_SECRET_KEY: "",
      KELIO_ACOUNT: "b",
      REDIS_URL: "y",
    });
    expect(faults.split("\n  ").map((line) => line.split(" ")[0])).toEqual([
      "5",
      "KELIO_ACCOUNT",
      "KELIO_SECRET_KEY",
      "REDIS_URL",
      "TIMEZONE",
      "KELIO_ACOUNT",
    ]);
  });

  test("no value of a secret is shown, nor that of a variable that does not exist", () => {
    const secret = "hunter2-hunter2";
    const faults = faultsOf({
      KELIO_PRIVATE_KEY: `${secret} ${secret}`,
      KELIO_SECRET_KEY: `${secret} `.repeat(2),
      KELIO_SECRT_KEY: secret,
      DATABASE_URL: `root:${secret}@db.example.org`,
      REDIS_URL: `redis://:${secret}@/x`,
      KELIO_API_URL: `https://user:${secret}@sandbox.talentview.fr/v2`,
      KELIO_AUDIENCE: "https://sandbox.talentview.fr",
    });
    expect(faults.split("\n")).toHaveLength(7);
    expect(faults).not.toContain(secret);
  });
});
