import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { SETTINGS } from "../../src/config/settings.ts";

const TOKEN = "0123456789abcdef01234567";
const load = (env: Readonly<Record<string, string>>) =>
  loadConfig(env, { keys: false }, { directory: "/srv/sync", terminal: false });

describe("the settings of imports", () => {
  test("are read into what they mean", () => {
    const { imports, http } = load({
      ALLOW_PRODUCTION_WRITES: "yes",
      KELIO_COMPANY_ID: "42",
      QUIET_HOURS: "20:00 - 8:30",
      RESUME_TYPES: "PDF=application/pdf, docx=docx",
      HTTP_PORT: "8080",
      IMPORT_TOKEN: TOKEN,
    });
    expect(imports).toMatchObject({
      allowProductionWrites: true,
      companyId: "42",
      quietHours: { from: 1_200, to: 510 },
      resumeTypes: { pdf: "application/pdf", docx: "docx" },
    });
    expect(http).toMatchObject({ host: "127.0.0.1", port: 8080, importToken: TOKEN, metricsToken: null });
  });

  test.each([
    [{ IMPORT_TOKEN: TOKEN }, /HTTP_PORT is not set: set, because IMPORT_TOKEN is set/],
    [{ METRICS_TOKEN: TOKEN }, /HTTP_PORT is not set: set, because METRICS_TOKEN is set/],
    [{ HTTP_PORT: "8080", IMPORT_TOKEN: "your-import-token" }, /IMPORT_TOKEN is a text of 17 characters, not shown/],
    [{ QUIET_HOURS: "20:00-20:00" }, /QUIET_HOURS is "20:00-20:00": two times of day such as 20:00-08:00/],
    [{ UNKNOWN_WAIT_SECONDS: "30" }, /UNKNOWN_WAIT_SECONDS is "30": a whole number of at least 60/],
  ])("that are wrong are named with what would be right: %o", (env, expected) => {
    expect(() => load(env)).toThrow(expected);
  });

  test("are counted, in the singular too", () => {
    const wrong = { QUIET_HOURS: "20:00-20:00", UNKNOWN_WAIT_SECONDS: "30" };
    expect(() => load({ QUIET_HOURS: wrong.QUIET_HOURS })).toThrow("One setting is wrong. Fix it in the environment");
    expect(() => load(wrong)).toThrow("2 settings are wrong. Fix them in the environment");
  });
});

describe("the settings of the page", () => {
  const OPENED = { HTTP_PORT: "8080", OPS_PASSWORD: "violet-harbour-42" };

  test("are read, and HTTP_PORT alone opens the server with everything else closed", () => {
    expect(load({ HTTP_PORT: "8080" }).http).toEqual({
      host: "127.0.0.1",
      port: 8080,
      importToken: null,
      metricsToken: null,
      page: { password: null, viewerPassword: null, userHeader: null },
    });
    const viewed = { OPS_VIEWER_PASSWORD: "amber harbour é 7", OPS_USER_HEADER: "X-Forwarded-User" };
    expect(load({ ...OPENED, ...viewed }).http?.page).toEqual({
      password: "violet-harbour-42",
      viewerPassword: "amber harbour é 7",
      userHeader: "x-forwarded-user",
    });
  });

  test.each([
    [{ OPS_PASSWORD: OPENED.OPS_PASSWORD }, /HTTP_PORT is not set: set, because OPS_PASSWORD is set/],
    [{ HTTP_PORT: "8080", OPS_VIEWER_PASSWORD: "amber-harbour-7" }, /OPS_PASSWORD is not set: .*OPS_VIEWER_PASSWORD/],
    [{ HTTP_PORT: "8080", OPS_USER_HEADER: "X-User" }, /OPS_PASSWORD is not set: .*OPS_USER_HEADER/],
    [
      { ...OPENED, OPS_VIEWER_PASSWORD: OPENED.OPS_PASSWORD },
      /OPS_VIEWER_PASSWORD .*another password than OPS_PASSWORD/,
    ],
    [{ ...OPENED, OPS_PASSWORD: "short" }, /OPS_PASSWORD is a text of 5 characters, not shown: 12 to 200 characters/],
    [{ ...OPENED, OPS_PASSWORD: "your-password" }, /OPS_PASSWORD .*placeholder/],
    [{ ...OPENED, OPS_USER_HEADER: "X User" }, /OPS_USER_HEADER is "X User": the name of a header/],
    [{ ...OPENED, OPS_USER_HEADER: "Authorization" }, /OPS_USER_HEADER .*a header that holds no secret/],
    [{ ...OPENED, OPS_USER_HEADER: "Cookie" }, /OPS_USER_HEADER .*a header that holds no secret/],
  ])("that are wrong are named with what would be right: %o", (env, expected) => {
    expect(() => load(env)).toThrow(expected);
  });
});

describe("what is generated from the table of settings", () => {
  test(".env.example lists every setting with its meaning and its default (`vitest -u` writes it anew)", async () => {
    const lines = SETTINGS.map(({ name, meaning, default: defaultValue, example, secret }) => {
      const isKey = secret && name.startsWith("KELIO_");
      const assignment = `${name}=${defaultValue?.includes(" ") === true ? `"${defaultValue}"` : (defaultValue ?? example)}`;
      return `# ${meaning}\n${defaultValue === null && !isKey ? "# " : ""}${assignment}\n`;
    });
    const head = "# Copy this file to .env and write your two keys. Everything else may stay as it is.\n";
    await expect([head, ...lines].join("\n")).toMatchFileSnapshot("../../.env.example");
  });

  test("the defaults are valid, and so are the examples of what is no key", () => {
    const values = SETTINGS.map(({ name, default: defaultValue, example }): [string, string] => [
      name,
      defaultValue ?? example ?? "",
    ]);
    const secrets = {
      IMPORT_TOKEN: TOKEN,
      METRICS_TOKEN: TOKEN,
      DATABASE_PASSWORD: "",
      PRIVACY_KEY: `${TOKEN}${TOKEN}`,
      PRIVACY_KEY_PREVIOUS: `${TOKEN}-${TOKEN}`,
      NOTIFY_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
      OPS_PASSWORD: TOKEN,
      OPS_VIEWER_PASSWORD: `${TOKEN}2`,
    };
    expect(() => load({ ...Object.fromEntries(values), ...secrets })).not.toThrow();
  });
});
