import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { scopesOf } from "../../src/api/kelio.ts";

const KEYS = { KELIO_PRIVATE_KEY: "0f1e2d3c-1a12-423a-a123-12a34b5c0000", KELIO_SECRET_KEY: "Zq8sWm2nKd4RtYv6Bx" };
const INVOCATION = { directory: "/srv/sync", terminal: false };

const load = (env: Record<string, string>) => loadConfig({ ...KEYS, ...env }, { keys: true }, INVOCATION);

describe("what is used when nothing but the keys is set", () => {
  test("the sandbox, all scopes of a customer, 120 requests, the embedded Postgres, nightly schedules and one of working hours", () => {
    expect(load({})).toEqual({
      settings: expect.objectContaining({ TIMEZONE: "Europe/Paris", SOURCE_APPROVAL: "0" }),
      account: "default",
      kind: "customer",
      environment: "sandbox",
      api: {
        url: "https://sandbox.talentview.fr/v2",
        audience: "https://sandbox.talentview.fr",
        privateKey: KEYS.KELIO_PRIVATE_KEY,
        secretKey: KEYS.KELIO_SECRET_KEY,
        tokenSource: "sign",
        scopes: scopesOf("customer"),
        requestsPerMinute: 120,
        proxy: null,
      },
      detailsPerRun: 200,
      database: { url: null, urlAsGiven: null, copyTo: null, dataDir: "/srv/sync/.applicant-sync", autoMigrate: true },
      language: "en",
      redis: null,
      schedules: {
        campaigns: "0 2 * * *",
        applications: "10 2 * * *",
        applicants: "20 2 * * *",
        organisation: "30 2 * * *",
        incremental: "*/15 8-19 * * 1-5",
        timezone: "Europe/Paris",
      },
      imports: {
        allowProductionWrites: false,
        companyId: null,
        defaultCountry: null,
        perHour: null,
        perDay: null,
        quietHours: null,
        sourceApproval: 0,
        unknownWaitSeconds: 600,
        resumeMaxBytes: 5_000_000,
        resumeTypes: { pdf: "pdf", doc: "doc", docx: "docx", odt: "odt", rtf: "rtf" },
        resumeRetentionDays: 7,
        retentionDays: 30,
      },
      retention: null,
      privacy: {
        key: null,
        previousKey: null,
        keyFile: "/srv/sync/.applicant-sync/privacy.key",
        makesKey: true,
        list: "/srv/sync/.applicant-sync/erasures.jsonl",
        isListNamed: false,
      },
      http: null,
      notices: { heartbeat: null, webhook: null, email: null, pageUrl: null },
      supervision: { manager: null, heartbeatFile: null },
      log: { level: "info", format: "json" },
    });
  });

  test("a terminal gets pretty lines", () => {
    expect(loadConfig({}, { keys: false }, { ...INVOCATION, terminal: true }).log.format).toBe("pretty");
  });

  test("the configuration is frozen to the bottom", () => {
    const config = load({ REDIS_URL: "redis+cluster://one.example.org,two.example.org" });
    expect([config, config.api, config.api.scopes, config.schedules, config.redis].every(Object.isFrozen)).toBe(true);
  });
});
