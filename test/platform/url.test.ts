import { expect, test } from "vitest";
import { readUrl } from "../../src/platform/url.ts";

test("reads a host with letters beyond ASCII however often it is asked, and calls what is no URL none", () => {
  const hosts = new Set(Array.from({ length: 100_000 }, () => readUrl("https://münchen.example.org/v2")?.hostname));
  expect([...hosts]).toEqual(["xn--mnchen-3ya.example.org"]);
  expect(readUrl("/page?page=2", "http://localhost")?.search).toBe("?page=2");
  expect(["", "no URL", "https://", "https://a b/"].map((text) => readUrl(text))).toEqual([null, null, null, null]);
});
