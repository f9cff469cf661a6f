import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readEnvironment } from "../../src/config/config.ts";

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
