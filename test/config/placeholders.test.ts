import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/config.ts";

const load = (env: Readonly<Record<string, string>>) =>
  loadConfig(env, { keys: false }, { directory: "/srv", terminal: false });

test.each(["Change-2024!", "todo+Liste9", "your.Cat#9", "replaced", "<3-you!>", "Votre&Vie"])(
  "a password is no placeholder because of how it begins: %s",
  (password) => {
    const env = { DATABASE_URL: "postgres://app@db.example.org:5432/x", DATABASE_PASSWORD: password };
    expect(decodeURIComponent(new URL(load(env).database.url ?? "").password)).toBe(password);
  },
);

test("a host in brackets is no placeholder", () => {
  expect(load({ NO_PROXY: "[::1]" }).api.proxy).toBeNull();
});
