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
    expect(http).toEqual({ host: "127.0.0.1", port: 8080, token: TOKEN });
  });

  test.each([
    [{ HTTP_PORT: "8080" }, /IMPORT_TOKEN is not set: set together with HTTP_PORT/],
    [{ IMPORT_TOKEN: TOKEN }, /HTTP_PORT is not set: set together with IMPORT_TOKEN/],
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
    expect(() => load({ ...Object.fromEntries(values), IMPORT_TOKEN: TOKEN, DATABASE_PASSWORD: "" })).not.toThrow();
  });
});
