import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { plain, plainJson, plainLines } from "../../src/platform/text.ts";

/** What a terminal may act on, or what may hide or reorder what stands beside it. */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ANY_TEXT = string({ unit: "binary" });
const ZOO = array(
  constantFrom("\u001b]0;x\u0007", "\u001b[2J", "\u009b31m", "\u202e", "\u2066", "\u200b", "\u2028", "\ud800", "a"),
).map((parts) => parts.join(""));

describe("text from outside", () => {
  test.each([
    ["\u001b]0;title\u0007\u001b[2J", String.raw`\u001b]0;title\u0007\u001b[2J`],
    ["\u009b2J\u007f\u0000", String.raw`\u009b2J\u007f\u0000`],
    ["Lea\u202enimda", String.raw`Lea\u202enimda`],
    ["a\u2066b\u2069c\u200bd\u200ee\ufefff", String.raw`a\u2066b\u2069c\u200bd\u200ee\ufefff`],
    ["one\ntwo\rthree\tfour\u2028five", String.raw`one\ntwo\rthree\tfour\u2028five`],
    ["\ud83dx", String.raw`\ud83dx`],
    ["\u{e0041}", String.raw`\u{e0041}`],
    ["Zoé 🙂 李 ", "Zoé 🙂 李 "],
  ])("shows what a terminal would act on as its code, and leaves the rest: %j", (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  test("is cut where it is too long, and not in the middle of a character", () => {
    expect(plain("x".repeat(100_000), 200)).toBe(`${"x".repeat(200)}…`);
    expect(plain(`${"x".repeat(199)}🙂🙂`, 200)).toBe(`${"x".repeat(199)}…`);
    expect(plainLines("x".repeat(100_000)).length).toBeLessThan(10_000);
  });

  test("of several lines keeps them, and nothing else that a terminal acts on", () => {
    expect(plainLines("one\n\u001b[1Atwo\r\n")).toBe("one\n\\u001b[1Atwo\\r\n");
  });

  test("holds nothing dangerous, whatever came", () => {
    assert(
      property(oneof(ANY_TEXT, ZOO), (text) => {
        expect(plain(text)).not.toMatch(DANGEROUS);
        expect(plainLines(text).replaceAll("\n", "")).not.toMatch(DANGEROUS);
      }),
    );
  });

  test("as JSON is read back unchanged, and holds nothing dangerous", () => {
    assert(
      property(oneof(ANY_TEXT, ZOO), (text) => {
        const json = plainJson({ [`key ${text}`]: [text] });
        expect(JSON.parse(json)).toEqual({ [`key ${text}`]: [text] });
        expect(json.replaceAll("\n", "")).not.toMatch(DANGEROUS);
      }),
    );
  });
});
