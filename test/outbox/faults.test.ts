import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { checkImport } from "../../src/outbox/import/check.ts";
import { FAULTS } from "../../src/outbox/import/fault-texts.ts";
import { describeFaults, message, reasonOfMessage } from "../../src/outbox/import/faults.ts";

const rules = { accountKind: "customer", environment: "sandbox", scopes: ["applicants_write"] } as const;

it.each(Object.entries(FAULTS))("is reported in English and in French, about the same facts: %s", (_, { en, fr }) => {
  expect(fr).not.toBe(en);
  const facts = (text: string) => new Set([...text.matchAll(/\{\w+\}/g)].map(String));
  expect(facts(fr)).toEqual(facts(en));
});

it("is reported in either language by every check of a value", () => {
  const checked = checkImport(
    {
      email: "léa@example.org",
      first_name: "=1+1",
      key: "k".repeat(201),
      phone: "0",
      consent_at: "1999-01-01",
      extra: 1,
    },
    rules,
  );
  const faults = checked.ok ? [] : checked.faults;
  expect(faults.length).toBeGreaterThan(4);
  expect(faults.filter(({ reason }) => reason.en === reason.fr)).toEqual([]);
  expect(
    describeFaults(
      faults.filter(({ field }) => field === "key"),
      "fr",
    ),
  ).toBe("key doit avoir au plus 200 caractères");
});

it("survives as the message of a schema", () => {
  expect(reasonOfMessage(message("too_long", { most: 200 }))).toEqual({
    en: "must have at most 200 characters",
    fr: "doit avoir au plus 200 caractères",
  });
});

it("has a row for every code, and every row is used", async () => {
  const names = (await readdir("src/outbox", { recursive: true })).filter((name) => name.endsWith(".ts"));
  const sources = await Promise.all(names.map((name) => readFile(`src/outbox/${name}`, "utf8")));
  const used = sources.filter((source) => !source.includes("export const FAULTS")).join("\n");
  expect(Object.keys(FAULTS).filter((code) => !used.includes(`"${code}"`) && !used.includes(`FAULTS.${code}`))).toEqual(
    [],
  );
});
