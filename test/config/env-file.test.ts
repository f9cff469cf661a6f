import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { loadConfig, readEnvironment } from "../../src/config/config.ts";
import { envFileWarnings } from "../../src/config/env-file.ts";

describe("the environment", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("process.env stands over .env, and an empty variable hides the one of the file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-env-"));
    await writeFile(
      join(directory, ".env"),
      "\uFEFFKELIO_ACCOUNT=file\r\nTIMEZONE=CET # comment\r\nREDIS_URL='redis://h'\r\n",
    );
    vi.stubEnv("TIMEZONE", "UTC");
    vi.stubEnv("REDIS_URL", "");
    expect(readEnvironment(directory)).toMatchObject({ KELIO_ACCOUNT: "file", TIMEZONE: "UTC", REDIS_URL: "" });
    await rm(directory, { recursive: true });
  });

  test("no .env is fine, one that cannot be read is an error that names it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-env-"));
    expect(readEnvironment(directory)).toMatchObject({ PATH: process.env["PATH"] });
    await mkdir(join(directory, ".env"));
    expect(() => readEnvironment(directory)).toThrow(`${join(directory, ".env")} cannot be read`);
    await rm(directory, { recursive: true });
  });
});

/** A directory with this `.env`. */
async function withEnvFile(content: string | Uint8Array, mode = 0o600): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-env-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, ".env"), content);
  await chmod(join(directory, ".env"), mode);
  return directory;
}

describe("a .env file", () => {
  const LINES = `
# comment
KELIO_ACCOUNT=plain
export KELIO_SECRET_KEY="with # and = inside"
  TIMEZONE = 'CET'  # comment
DATA_DIR=two words
KELIO_PRIVATE_KEY=a=b
HTTP_HOST=
TLS_CERTIFICATE="-----BEGIN
not a line of its own
-----END"
`;
  const READ = {
    KELIO_ACCOUNT: "plain",
    KELIO_SECRET_KEY: "with # and = inside",
    TIMEZONE: "CET",
    DATA_DIR: "two words",
    KELIO_PRIVATE_KEY: "a=b",
    HTTP_HOST: "",
  };
  const marked = `\uFEFF${LINES}`;

  test.each([
    ["LF", Buffer.from(LINES)],
    ["CRLF", Buffer.from(LINES.replaceAll("\n", "\r\n"))],
    ["CR", Buffer.from(LINES.replaceAll("\n", "\r"))],
    ["UTF-8 with a mark", Buffer.from(marked)],
    ["UTF-16, as PowerShell writes it", Buffer.from(marked, "utf16le")],
    ["UTF-16, the other way round", Buffer.from(marked, "utf16le").swap16()],
  ])("is read in %s", async (_, bytes) => {
    expect(readEnvironment(await withEnvFile(bytes))).toMatchObject(READ);
  });

  test.each([
    ["KELIO_ACCOUNT=a\n\nKELIO_ACCOUNT=b\n", /KELIO_ACCOUNT is set twice, to different values \(lines 1, 3\)/],
    ["export KELIO_ACCOUNT=a\nKELIO_ACCOUNT='a'\n", /KELIO_ACCOUNT is set twice/],
    ["KELIO_SECRET_KEY: hunter2\nKELIO_ACCOUNT=b\n", /Line 1 is not NAME=value/],
    ["KELIO_ACCOUNT=b\nKELIO_SECRET_KEY hunter2", /Line 2 is not NAME=value/],
    ["KELIO ACCOUNT=b\n", /Line 1 is not NAME=value/],
    ['KELIO_SECRET_KEY="hunter2\nKELIO_ACCOUNT=b\n', /KELIO_SECRET_KEY opens a quotation mark that nothing closes/],
    ['KELIO_SECRET_KEY="hunter2\nKELIO_ACCOUNT="b"\n', /KELIO_SECRET_KEY opens a quotation mark that nothing closes/],
    ["KELIO_SECRET_KEY=“hunter2”\n", /KELIO_SECRET_KEY is in typographic quotation marks/],
    ["DATABASE_URL=postgres://u:hunter2#x@h/d\n", /DATABASE_URL ends at a #/],
    [Buffer.from("KELIO_SECRET_KEY=hunter2", "utf16le"), /cannot be read\. Make it a text file in UTF-8/],
    [Buffer.from("TIMEZONE=\xe9hunter2", "latin1"), /cannot be read\. Make it a text file in UTF-8/],
  ])("that would lose something without a word is refused: %j", async (content, expected) => {
    const directory = await withEnvFile(content);
    expect(() => readEnvironment(directory)).toThrow(expected);
    expect(() => readEnvironment(directory)).not.toThrow(/hunter2/);
  });

  test.skipIf(process.platform === "win32")(
    "that all users can read, or that repeats itself, is reported",
    async () => {
      const secret = "KELIO_SECRET_KEY=hunter2\n";
      const lines = await Promise.all([
        withEnvFile(secret, 0o644).then(envFileWarnings),
        withEnvFile(secret, 0o640).then(envFileWarnings),
        withEnvFile("TIMEZONE=CET\nKELIO_SECRET_KEY=your-secret-encryption-key\n", 0o644).then(envFileWarnings),
        withEnvFile(secret.repeat(2), 0o600).then(envFileWarnings),
      ]);
      expect(lines).toEqual([
        [expect.stringMatching(/every user of this machine can read it\. Run: chmod 600 /)],
        [],
        [],
        [expect.stringMatching(/sets KELIO_SECRET_KEY twice \(lines 1, 2\)/)],
      ]);
    },
  );

  test("that misspells a setting is reported, and other names are left to other programs", async () => {
    const names = [
      "IMPORT_PER_DAY=1",
      "datadir=x",
      "TIMEZONE=CET",
      "SMTP_HOST=h",
      "ftp_proxy=p",
      "COMPOSE_PROJECT_NAME=c",
    ];
    expect(envFileWarnings(await withEnvFile(names.join("\n"), 0o600))).toEqual([
      expect.stringContaining("IMPORT_PER_DAY is no setting. Did you mean IMPORTS_PER_DAY?"),
      expect.stringContaining("datadir is no setting. Did you mean DATA_DIR?"),
    ]);
  });

  test("that is a copy of .env.example changes nothing", async () => {
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-env-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await copyFile(new URL("../../.env.example", import.meta.url), join(directory, ".env"));
    for (const logLevel of ["info", "warn"] as const) {
      const load = (from: string) => loadConfig(readEnvironment(from), { keys: false, logLevel });
      expect(load(directory)).toEqual(load(join(directory, "none")));
    }
    expect(envFileWarnings(directory)).toEqual([]);
  });

  test("may choose the language over what the system set for all programs", async () => {
    const directory = await withEnvFile("LANGUAGE=fr\n");
    for (const system of ["en_US:en", "de", "C", "C.UTF-8", "POSIX", "de_DE.UTF-8:de"]) {
      vi.stubEnv("LANGUAGE", system);
      expect(readEnvironment(directory)["LANGUAGE"]).toBe("fr");
    }
    vi.stubEnv("LANGUAGE", "en");
    expect(readEnvironment(directory)["LANGUAGE"]).toBe("en");
    vi.unstubAllEnvs();
  });

  test.each([
    ["fr_FR:fr:en", "fr"],
    ["de:fr_CA.UTF-8", "fr"],
    ["en_GB:en", "en"],
    ["de_DE.UTF-8:de", undefined],
    ["C", undefined],
    ["POSIX", undefined],
    [" FR ", " FR "],
    ["", ""],
  ])("need not be there for LANGUAGE=%s, as systems set it for all programs", async (system, language) => {
    vi.stubEnv("LANGUAGE", system);
    expect(readEnvironment(await withEnvFile("TIMEZONE=Europe/Paris\n"))["LANGUAGE"]).toBe(language);
    vi.unstubAllEnvs();
  });
});
