import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/config.ts";

const KEYS = { KELIO_PRIVATE_KEY: "privatekey", KELIO_SECRET_KEY: "secretkey" };

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "applicant-sync-secrets-"));
  await mkdir(join(directory, "folder"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const load = (env: Readonly<Record<string, string>>) =>
  loadConfig({ ...KEYS, ...env }, { keys: true }, { directory, terminal: false });

describe("a secret in a file", () => {
  test.for([
    ["as it is", "fromfile"],
    ["with the end of its line", "fromfile\n"],
    ["with the end of a line of Windows, after a mark of its encoding", "\uFEFFfromfile\r\n"],
  ])("is read %s", async ([, text = ""]) => {
    await writeFile(join(directory, "key"), text);
    expect(load({ KELIO_SECRET_KEY: "", KELIO_SECRET_KEY_FILE: "key" }).api.secretKey).toBe("fromfile");
    expect(load({ KELIO_SECRET_KEY: "", KELIO_SECRET_KEY_FILE: join(directory, "key") }).api.secretKey).toBe(
      "fromfile",
    );
  });

  test.for([
    ["quotation marks", `"p4ss'word"`],
    ["spaces at its ends", " p4ssword "],
    ["the look of a placeholder", "Change-2024!"],
  ])("may have %s, which belong to it", async ([, password = ""]) => {
    await writeFile(join(directory, "password"), `${password}\n`);
    const DATABASE_URL = "postgres://app@db.example.org:5432/sync";
    const { url } = load({ DATABASE_URL, DATABASE_PASSWORD_FILE: "password" }).database;
    expect(decodeURIComponent(new URL(url ?? "").password)).toBe(password);
  });

  test("takes the place of the example in .env", async () => {
    await writeFile(join(directory, "key"), "fromfile\n");
    const env = { KELIO_SECRET_KEY: "your-secret-encryption-key", KELIO_SECRET_KEY_FILE: "key" };
    expect(load(env).api.secretKey).toBe("fromfile");
  });

  test.for([
    ["missing", null, "there is no such file"],
    ["folder", null, "a file, not a directory"],
    ["empty", " \n", "the file is empty"],
    ["two-lines", "topsecret\nother\n", "its only line"],
    ["utf-16", "t\0o\0p\0s\0e\0c\0r\0e\0t\0", "its only line"],
  ] as const)("is refused: %s", async ([name, text, right]) => {
    if (text !== null) await writeFile(join(directory, name), text);
    const refused = () => load({ KELIO_SECRET_KEY: "", KELIO_SECRET_KEY_FILE: name });
    expect(refused).toThrow(`One setting is wrong`);
    expect(refused).toThrow(`KELIO_SECRET_KEY_FILE is "${name}"`);
    expect(refused).toThrow(right);
    expect(refused).not.toThrow("topsecret");
  });

  test("is refused beside the same secret in the environment", async () => {
    await writeFile(join(directory, "key"), "fromfile\n");
    expect(() => load({ KELIO_SECRET_KEY_FILE: "key" })).toThrow("KELIO_SECRET_KEY is set as well");
  });

  test("is known for secrets only", () => {
    expect(() => load({ KELIO_ACCOUNT_FILE: "key" })).toThrow("KELIO_ACCOUNT_FILE does not exist");
  });
});

describe("the password of the database", () => {
  const DATABASE_URL = "postgres://app@db.example.org:5432/sync?sslmode=require";

  test("becomes part of the URL, whatever its characters", () => {
    const { url } = load({ DATABASE_URL, DATABASE_PASSWORD: "p@:/?#%41 é" }).database;
    expect(url).toMatch(/^postgres:\/\/app:.+@db\.example\.org:5432\/sync\?sslmode=require$/);
    expect(decodeURIComponent(new URL(url ?? "").password)).toBe("p@:/?#%41 é");
  });

  test.for([
    ["without a URL", {}],
    ["beside a password in the URL", { DATABASE_URL: "postgres://app:other@db.example.org/sync" }],
    ["for a URL without a user", { DATABASE_URL: "postgres://db.example.org/sync" }],
  ] as const)("is refused %s", ([, env]) => {
    expect(() => load({ ...env, DATABASE_PASSWORD: "hunter2" })).toThrow(/DATABASE_PASSWORD is a text of 7 characters/);
  });
});
