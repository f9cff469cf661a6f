import { describe, expect, test } from "vitest";
import { parseEntity, parseManager, parseUnit } from "../../src/api/schemas/organisation.ts";
import { AppError } from "../../src/platform/errors.ts";

const parsers = [
  ["manager", parseManager],
  ["entity", parseEntity],
  ["unit", parseUnit],
] as const;

describe.each(parsers)("a %s", (_, parse) => {
  test("is an id alone, every other field null", () => {
    const { id, ...rest } = parse({ id: 7 });
    expect(id).toBe("7");
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  test("accepts a strange value in any field but the id", () => {
    const fields = Object.keys(parse({ id: 7 })).filter((name) => name !== "id");
    for (const field of fields) {
      for (const value of [[], {}, Number.NaN, "", true]) expect(() => parse({ id: 7, [field]: value })).not.toThrow();
    }
  });

  test("keeps unknown fields, and is refused without an id", () => {
    expect(parse({ id: 7, brand_new: { a: 1 } })).toMatchObject({ brand_new: { a: 1 } });
    expect(() => parse({ name: "Bakery" })).toThrow(AppError);
  });
});

test("the credentials of a manager are text, numbers as the reference lists them too", () => {
  expect([{ credentials: 3 }, { credentials: "3" }, { credentials: { id: 3, name: "HR" } }].map(credentialsOf)).toEqual(
    ["3", "3", "HR"],
  );
});

test("a manager and an entity have their company in any form of the answer", () => {
  const company = { company: { id: 4, slug: "bakery" } };
  const expected = { company_id: "4", company_slug: "bakery" };
  expect(parseManager({ id: 1, ...company })).toMatchObject(expected);
  expect(parseEntity({ id: 1, ...company })).toMatchObject(expected);
});

test.each([
  ["entity_id", { entity_id: 47 }],
  ["what is embedded", { entity: { id: 47, name: "Bakery" } }],
  ["an embed that is an id", { entity: 47 }],
])("a unit has its entity from %s", (_, fields) => {
  expect(parseUnit({ id: 1, ...fields }).entity_id).toBe("47");
});

function credentialsOf(fields: object): string | null {
  return parseManager({ id: 1, ...fields }).credentials;
}
