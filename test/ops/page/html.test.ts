import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { foreign, html, textOf } from "../../../src/ops/page/html.ts";
import { isCrossOrigin } from "../../../src/ops/page/origin.ts";
import { preferredLanguage } from "../../../src/ops/page/preferred-language.ts";

it("escapes every text, wherever it stands, and no fragment", () => {
  const text = `<b a='1' c="2">&!`;
  const escaped = "&#60;b a&#61;&#39;1&#39; c&#61;&#34;2&#34;&#62;&#38;!";
  expect(textOf(html`<p>${text}</p>`)).toBe(`<p>${escaped}</p>`);
  // ghtml itself would leave a text after an exclamation mark as it is.
  expect(textOf(html`<p>!${text}</p>`)).toBe(`<p>!${escaped}</p>`);
  expect(textOf(html`<p>${[text, html`<i>${text}</i>`]}</p>`)).toBe(`<p>${escaped}<i>${escaped}</i></p>`);
  expect(textOf(html`${null}${false}${0}${17n}${""}`)).toBe("017");
});

it("sets text from outside apart, and shows what cannot be seen", () => {
  expect(textOf(foreign("\u202Eא\u001b[31m\u0000\n"))).toBe(String.raw`<bdi>\u202eא\u001b[31m\u0000\n</bdi>`);
  expect(textOf(foreign(null))).toBe("");
});

it("puts every value of an attribute into quotation marks", async () => {
  const root = "src/ops/page";
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const unquoted = await Promise.all(
    files.map(async (file) => [
      file,
      /<\w[^>`"]*(?:"[^"`]*"[^>`"]*)*=\$\{/.exec(await readFile(join(root, file), "utf8"))?.[0],
    ]),
  );
  expect(unquoted.filter(([, found]) => found !== undefined)).toEqual([]);
});

/** The cases of Go's own test of `http.CrossOriginProtection`, for a server at `example.com`. */
it.each([
  ["POST", { "sec-fetch-site": "same-origin" }, false],
  ["POST", { "sec-fetch-site": "none" }, false],
  ["POST", { "sec-fetch-site": "cross-site" }, true],
  ["POST", { "sec-fetch-site": "same-site" }, true],
  ["POST", { "sec-fetch-site": "cross-site", origin: "https://example.com" }, true],
  ["POST", { "sec-fetch-site": "same-origin", origin: "https://attacker.example" }, false],
  ["POST", {}, false],
  ["POST", { origin: "https://example.com" }, false],
  ["POST", { origin: "http://example.com" }, false],
  ["POST", { origin: "https://attacker.example" }, true],
  ["POST", { origin: "https://example.com:8443" }, true],
  ["POST", { origin: "https://example.com.attacker.example" }, true],
  ["POST", { origin: "https://attacker.example/example.com" }, true],
  ["POST", { origin: "null" }, true],
  ["PUT", { "sec-fetch-site": "cross-site" }, true],
  ["DELETE", { origin: "https://attacker.example" }, true],
  ["GET", { "sec-fetch-site": "cross-site" }, false],
  ["HEAD", { origin: "https://attacker.example" }, false],
  ["OPTIONS", { "sec-fetch-site": "cross-site" }, false],
])("tells whether another origin sent a request: %s %o: %s", (method, headers, expected) => {
  expect(isCrossOrigin(method, { host: "example.com", ...headers })).toBe(expected);
});

it.each([
  [undefined, "en"],
  ["", "en"],
  ["de", "en"],
  ["fr", "fr"],
  ["FR-CA,en;q=0.8", "fr"],
  ["en;q=0.5, fr;q=0.9", "fr"],
  ["de, en;q=0.3, fr;q=0.2", "en"],
  ["fr;q=0, en", "en"],
  ["fra, *;q=0.1", "en"],
] as const)("answers the wish %j in %s", (header, expected) => {
  expect(preferredLanguage(header, "en")).toBe(expected);
});
