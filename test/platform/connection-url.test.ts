import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig, readEnvironment } from "../../src/config/config.ts";
import { withClient } from "../../src/database/connect.ts";

const INVOCATION = { directory: "/srv/sync", terminal: false };

const load = (env: Readonly<Record<string, string>>) => loadConfig(env, { keys: false }, INVOCATION);

function faultsOf(env: Readonly<Record<string, string>>): string {
  try {
    load(env);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "";
}

describe("a password that is not percent-encoded in a connection URL", () => {
  const PASSWORDS = [
    "12#34",
    "12/34",
    "12?34",
    "12/3?x=4",
    "1 2 34",
    "12%zz34",
    "12%",
    "Zq#xJ7",
    "Zq/xJ?v9#w",
    "1\t234",
    "#1234",
    "12:/34",
    "12@3/4",
  ];
  const URLS: readonly (readonly [string, (password: string) => string])[] = [
    ["DATABASE_URL", (password) => `postgresql://app:${password}@db.example.org:5432/x`],
    ["REDIS_URL", (password) => `redis://app:${password}@redis.example.org:6379/0`],
    ["REDIS_URL", (password) => `rediss://:${password}@redis.example.org`],
    ["REDIS_URL", (password) => `redis+sentinel://app:${password}@one.example.org,two.example.org:1/main/0`],
    ["REDIS_URL", (password) => `rediss+cluster://app:${password}@one.example.org,two.example.org:1`],
  ];
  test.each(URLS.flatMap(([name, url]) => PASSWORDS.map((password) => [name, url(password), password] as const)))(
    "%s=%s is refused with what to encode, and no part of it is shown",
    (name, url, password) => {
      const faults = faultsOf({ [name]: url });
      expect(faults).toMatch(new RegExp(`${name} is a [a-z+]+:\\/\\/… URL, not shown: .*percent-encoded: .*# as %23`));
      for (const part of password.split(/[#/?\s%@:]+/).filter((text) => text.length > 1)) {
        expect(faults.replaceAll(/%\d\w/g, "")).not.toContain(part);
      }
    },
  );

  test.each([
    ["DATABASE_URL", "postgresql://app:12%2334%2F%3F%40%25%3A%20@db.example.org:5432/x"],
    ["DATABASE_URL", "postgresql://app:p@ss:w,&o=r+d@db.example.org/x?sslmode=require"],
    ["DATABASE_URL", "postgresql:///x?host=/var/run/postgresql&user=me@server"],
    ["REDIS_URL", "redis+sentinel://one.example.org/main?sentinel_password=p@ss"],
  ])("or that can be read in one way only is accepted: %s=%s", (name, url) => {
    expect(() => load({ [name]: url })).not.toThrow();
  });

  test("is refused and not shown where a URL comes another way, too", async () => {
    const connecting = withClient("postgresql://app:Zq#xJ7@db.example.org/x", async () => {});
    await expect(connecting).rejects.toThrow(/# as %23/);
    await expect(connecting).rejects.not.toThrow(/Zq|xJ7/);
  });

  test("is not shown of a URL that may be shown without it", () => {
    const faults = faultsOf({ KELIO_API_URL: "https://user:12 3#4/56@sandbox.talentview.fr/v2" });
    expect(faults).toContain('KELIO_API_URL is "https://***@sandbox.talentview.fr/v2"');
    expect(faults).not.toMatch(/12 3|56/);
  });

  test.each([
    "DATABASE_URL=postgresql://app:Zq#xJ7@db.example.org/x",
    "TIMEZONE=UTC\r\n export KELIO_SECRET_KEY = Zq#xJ7",
  ])("a value of .env that a # cuts off is refused, and not shown: %j", async (text) => {
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-env-"));
    await writeFile(join(directory, ".env"), `${text}\n`);
    expect(() => readEnvironment(directory)).toThrow(/The value of (DATABASE_URL|KELIO_SECRET_KEY) ends at a #/);
    expect(() => readEnvironment(directory)).not.toThrow(/Zq|xJ7/);
    await rm(directory, { recursive: true });
  });
});
