import { describe, expect, test } from "vitest";
import { readItem, readItems } from "../../src/api/answer/body.ts";

const items = [{ id: 1 }, { id: 2 }];

describe("readItems", () => {
  test.each([
    ["an array alone", items],
    ["an array under data", { data: items, included: [{ id: 9 }] }],
    ["an array under the resource's name", { campaigns: items, tags: [] }],
    ["an array under the resource's name in data", { data: { campaigns: items } }],
    ["the only array there is", { meta: { page: 1 }, results: items, errors: [] }],
    ["an array beside an object named data", { data: { page: 1 }, rows: items }],
  ])("accepts %s", (_, body) => {
    expect(readItems("campaigns", body)).toEqual(items);
  });

  test("accepts an empty list", () => {
    expect(readItems("campaigns", { data: [] })).toEqual([]);
  });

  test.each([
    ["an object without an array", { status: "ok" }],
    ["two arrays, neither of them named", { a: items, b: items }],
    ["a list of errors", { errors: ["unexpected"] }],
    ["a text", "campaigns"],
    ["null", null],
  ])("finds no list in %s", (_, body) => {
    expect(readItems("campaigns", body)).toBeUndefined();
  });
});

describe("readItem", () => {
  const item = { id: 5, campaign: { id: 7 } };
  test.each([
    ["at the root", item],
    ["under the resource's name", { application: item }],
    ["under data", { data: item }],
    ["under the resource's name in data", { data: { application: item } }],
  ])("accepts an object %s", (_, body) => {
    expect(readItem("applications", body)).toEqual(item);
  });

  test.each([
    ["a list", [item]],
    ["an object without an id", { data: {} }],
    ["null", null],
  ])("finds none in %s", (_, body) => {
    expect(readItem("applications", body)).toBeUndefined();
  });
});
