import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CONDITIONS } from "../../src/ops/state/conditions.ts";
import { fill, type Text } from "../../src/platform/language.ts";
import { counted } from "../../src/platform/text.ts";

const filesBelow = (root: string) =>
  readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => join(root, path));
const SOURCES = filesBelow("src").filter((path) => path.endsWith(".ts") && !path.startsWith("src/generated"));

/** Where these files match a pattern; `name` is its first group. */
function foundIn(files: readonly string[], pattern: RegExp) {
  return files.flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(pattern)].map(([text, name = ""]) => ({ path, text, name })),
  );
}

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

it("puts no French word that loses its vowel before a word that may begin with one: “de unités”, “que offre”", () => {
  const before = /(?<![\p{L}'’])(?:de|que|jusque|lorsque|puisque) \$?\{([^{}]*)\}/gu;
  // Numbers, and words that are chosen by one.
  const isNumber = /^(count|seconds|most|id|row\.applicantId|row\.campaignId|count\|sa\|leur|"email": …)$/;
  expect(SOURCES.length).toBeGreaterThan(400);
  expect(foundIn(SOURCES, before).filter(({ name }) => !isNumber.test(name))).toEqual([]);
});

it("calls a worker “processus” in French, also in the docs", () => {
  const pages = filesBelow("docs/fr");
  expect(pages.length).toBeGreaterThan(2);
  expect(
    foundIn([...SOURCES, ...pages], /\b(?:un|le|les|aucun|des|du|tout|chaque)\sworkers?\b|\bworkers? arrêté/gu),
  ).toEqual([]);
});
