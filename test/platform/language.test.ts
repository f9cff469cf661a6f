import { expect, it } from "vitest";
import { CONDITIONS } from "../../src/ops/state/conditions.ts";
import { fill, type Text } from "../../src/platform/language.ts";
import { counted } from "../../src/platform/text.ts";

const WAITS: Text = {
  en: "{count} {count|import waits|imports wait}.",
  fr: "{count} {count|import attend|imports attendent}.",
};

it("puts the words beside a number that go with it: zero is singular in French alone", () => {
  const said = [0, 1, 2, 1_000_000].map((count) => Object.values(fill(WAITS, { count })));
  expect(said).toEqual([
    ["0 imports wait.", "0 import attend."],
    ["1 import waits.", "1 import attend."],
    ["2 imports wait.", "2 imports attendent."],
    ["1000000 imports wait.", "1000000 imports attendent."],
  ]);
  expect(fill(WAITS, {})).toEqual(WAITS);
  expect([counted(1, "address", "addresses"), counted(0, "worker"), counted(5_130, "row")]).toEqual([
    "1 address",
    "0 workers",
    "5,130 rows",
  ]);
});

it("no condition counts one thing in the plural", () => {
  const facts = { count: 1, absent: 1, known: 1 };
  const texts = Object.values(CONDITIONS).flatMap(({ text, next }) => [fill(text, facts), fill(next, facts)]);
  expect(texts.flatMap(({ en }) => en.match(/\b1 (rows|imports|people|statuses)/g) ?? [])).toEqual([]);
  expect(texts.flatMap(({ fr }) => fr.match(/\b1 [^ ]+s\b/g) ?? [])).toEqual([]);
});
