import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SETTINGS, type SettingName } from "../../src/config/settings.ts";
import { startCli } from "../support/cli.ts";
import { runProgram } from "../support/program.ts";

const SECRET = "hunter2hunter2";
const KEYS = { KELIO_PRIVATE_KEY: "10000000-0000-4000-a000-000000000001", KELIO_SECRET_KEY: SECRET };

/** A wrong value of each setting, none of which may reach a database, a queue or an API. */
const WRONG: Readonly<Record<SettingName, string>> = {
  KELIO_ACCOUNT: "Two Words",
  KELIO_ACCOUNT_KIND: "recruiter",
  KELIO_ENVIRONMENT: "staging",
  KELIO_PRIVATE_KEY: "your-private-key",
  KELIO_SECRET_KEY: "your-secret-encryption-key",
  KELIO_API_URL: "ftp://api.example.org/v2",
  KELIO_AUDIENCE: "https://api.example.org/v2",
  KELIO_TOKEN_SOURCE: "both",
  KELIO_SCOPES: "everything",
  KELIO_REQUESTS_PER_MINUTE: "500",
  HTTPS_PROXY: `socks5://user:${SECRET}@proxy.example.org:1080`,
  HTTP_PROXY: `http://user:${SECRET}#@proxy.example.org:3128`,
  NO_PROXY: "http://intranet.example.org",
  DATABASE_URL: `mysql://user:${SECRET}@db.example.org/x`,
  DATABASE_PASSWORD: "without-a-url",
  DATA_DIR: "~/data",
  COPY_TO_URL: `mysql://root:${SECRET}@db.example.org/x`,
  AUTO_MIGRATE: "maybe",
  REDIS_URL: `http://:${SECRET}@redis.example.org`,
  CAMPAIGNS_CRON: "every day",
  APPLICATIONS_CRON: "61 * * * *",
  APPLICANTS_CRON: "never",
  ORGANISATION_CRON: "0 25 * * *",
  INCREMENTAL_CRON: "sometimes",
  DETAIL_REQUESTS_PER_RUN: "a few",
  ALLOW_PRODUCTION_WRITES: "perhaps",
  KELIO_COMPANY_ID: "Kelio",
  DEFAULT_COUNTRY: "Atlantis",
  HTTP_PORT: "99999",
  HTTP_HOST: "http://localhost",
  IMPORT_TOKEN: "short",
  METRICS_TOKEN: "short",
  OPS_PASSWORD: "secret",
  OPS_VIEWER_PASSWORD: "secret",
  OPS_USER_HEADER: "X User",
  IMPORTS_PER_HOUR: "0",
  IMPORTS_PER_DAY: "lots",
  QUIET_HOURS: "at night",
  SOURCE_APPROVAL: "-1",
  UNKNOWN_WAIT_SECONDS: "5",
  RESUME_TYPES: "pdf",
  RESUME_MAX_BYTES: "5 MB",
  RESUME_RETENTION_DAYS: "never",
  IMPORT_RETENTION_DAYS: "a month",
  PRIVACY_KEY: "short",
  PRIVACY_KEY_PREVIOUS: "short",
  ERASURE_LIST: "~/erasures.jsonl",
  RETENTION: "3 months",
  TIMEZONE: "Paris",
  LANGUAGE: "latin",
  HEARTBEAT_URL: `ftp://example.org/${SECRET}`,
  NOTIFY_URL: `pager+https://example.org/${SECRET}`,
  NOTIFY_SECRET: SECRET,
  SMTP_URL: `smtp://user:${SECRET}#@mail.example.org`,
  NOTIFY_EMAIL: "the team",
  OPS_URL: "applicants.example.org",
  HEARTBEAT_FILE: "alive",
  LOG_LEVEL: "loud",
  LOG_FORMAT: "xml",
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "applicant-sync-settings-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = (args: readonly string[], env: Readonly<Record<string, string>>) => runProgram(args, env, directory);

describe("a wrong setting ends every command with 2, names the variable and no secret", () => {
  it.each(SETTINGS.map(({ name }) => name))("%s", async (name) => {
    // Systems set it to anything: only that of the file is meant for us.
    if (name === "LANGUAGE") await writeFile(join(directory, ".env"), `LANGUAGE=${WRONG[name]}\n`);
    const { code, stdout, stderr } = await run(["sync"], { ...KEYS, [name]: WRONG[name] });
    await rm(join(directory, ".env"), { force: true });
    expect(code).toBe(2);
    expect(stderr).toContain(name);
    expect(stderr).not.toContain(SECRET);
    expect(stdout).toBe("");
  });

  it("all of them at once, in one message", async () => {
    // Which scopes there are depends on the kind, which quota there is on the host.
    const malformed = { KELIO_ACCOUNT_KIND: "customer", KELIO_REQUESTS_PER_MINUTE: "many", KELIO_SECRET_KEY: "" };
    await writeFile(join(directory, ".env"), `LANGUAGE=${WRONG["LANGUAGE"]}\n`);
    const { code, stderr } = await run(["start"], { ...WRONG, ...malformed });
    await rm(join(directory, ".env"));
    expect(code).toBe(2);
    const unnamed = SETTINGS.map(({ name }) => name).filter((name) => !stderr.includes(`${name} is`));
    expect(unnamed).toEqual(["KELIO_ACCOUNT_KIND"]);
    expect(stderr).not.toContain(SECRET);
  });

  it("in the .env of the directory as well", async () => {
    await writeFile(join(directory, ".env"), "TIMEZONE=Atlantis\n");
    const { code, stderr } = await run(["status"], {});
    await rm(join(directory, ".env"));
    expect({ code, named: stderr.includes("TIMEZONE") }).toEqual({ code: 2, named: true });
  });
});

describe("a setting that does not exist", () => {
  it("ends with 2 and the name it was probably meant to be", async () => {
    const { code, stderr } = await run(["status"], { KELIO_ACOUNT: "x" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/KELIO_ACOUNT does not exist: did you mean KELIO_ACCOUNT\?/);
  });
});

describe("missing keys", () => {
  it.each(["start", "sync", "doctor"])("end %s with 2 and the names of both", async (command) => {
    const { code, stderr } = await run([command], {});
    expect(code).toBe(2);
    expect(stderr).toContain("KELIO_PRIVATE_KEY is not set");
    expect(stderr).toContain("KELIO_SECRET_KEY is not set");
  });
});

describe("a wrong argument", () => {
  it.each([["sync", "nonsense"], ["sync", "--nonsense"], ["nonsense"], ["sandbox", "--port", "x"]])(
    "ends with 2 and says what is wrong: %s %s",
    async (...args) => {
      const { code, stdout, stderr } = await run(args.filter(Boolean), KEYS);
      expect(code).toBe(2);
      expect(stderr.length).toBeGreaterThan(0);
      expect(stdout).toBe("");
    },
  );
});

describe("help", () => {
  it.each(["start", "sync", "status", "plan", "doctor", "database", "migrate", "sandbox", "demo", "notify"])(
    "of %s has an example and ends with 0",
    async (command) => {
      const { code, stdout } = await run([command, "--help"], {});
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples?:\\n.*applicant-sync ${command}`));
    },
  );

  it("documents the exit codes", async () => {
    const { code, stdout } = await startCli(["--help"], {}, directory).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Exit codes: 0 done; 1 failed/);
  });
});
